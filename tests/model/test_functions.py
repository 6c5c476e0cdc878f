"""Functions of agents/ and model/ are short and simple enough to be read by somebody who doubts them."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES = 60


def too_long(text: str) -> dict[str, int]:
    """Functions of more than LINES lines, docstring and decorators included."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            lines = (node.end_lineno or first) - first + 1
            if lines > LINES:
                found[node.name] = lines
    return found


def test_none_is_long() -> None:
    for storey in ("agents", "model"):
        for path in (ROOT / storey).rglob("*.py"):
            assert too_long(path.read_text(encoding="utf-8")) == {}, path


def test_a_long_one_is_noticed() -> None:
    body = "    x = 1\n" * (LINES - 2)
    assert too_long(f"@rule\ndef f():\n{body}") == {}
    assert too_long(f"@rule\ndef f():\n{body}    y = 2\n") == {"f": LINES + 1}


def test_none_is_tangled(tmp_path: Path) -> None:
    """Cyclomatic complexity, as Ruff counts it; the limit stands in pyproject.toml."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "C901", "--quiet"]
    done = subprocess.run([*command, "agents", "model"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    branches = "".join(f"    if x == {k}:\n        return {k}\n" for k in range(16))
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "tangled.py").write_text(f"def f(x):\n{branches}", encoding="utf-8")
    config = ["--config", "lint.mccabe.max-complexity=15"]
    done = subprocess.run([*command, *config, "model"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "C901" in done.stdout
