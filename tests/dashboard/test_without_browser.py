"""On a machine without a browser the browser tests are skipped, and say how to get one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("named", [None, "/nowhere/chromium"])
def test_they_are_skipped_and_say_how_to_get_one(named: str | None, tmp_path: Path) -> None:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("UNFREEZE_BROWSER", "PYTEST"))
    }
    environment |= {"PATH": str(tmp_path)} | ({"UNFREEZE_BROWSER": named} if named else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/dashboard/test_browser.py",
               "-k", "test_a_page_opens or test_a_broken_link"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 skipped" in done.stdout
    assert "no browser on this machine" in done.stdout
    assert "apt-get install chromium" in done.stdout
