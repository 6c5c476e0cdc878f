"""What all tests share: one browser, and time enough.

A busy machine is no failed property: how fast a rule is, benchmarks/ measure.
"""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
os.environ.pop("COLUMNS", None)  # a process of several that share the tests is told a width that no reader has
NO_BROWSER = (
    "no browser on this machine: install Chromium (Debian, Ubuntu: apt-get install chromium; others: "
    "https://www.chromium.org), or name a browser of its kind in UNFREEZE_BROWSER"
)


def browser_path() -> str | None:
    """The browser that the machine has, or None; UNFREEZE_BROWSER names another."""
    named = os.environ.get("UNFREEZE_BROWSER")
    names = (named,) if named else ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, files with slow tests come first: one that began last would be waited
    for."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """`unfreeze compare` writes its tables only: drawing takes longer than running."""
    import cli.compare
    from runs.store import write_tables

    monkeypatch.setattr(cli.compare, "write", lambda compared, folder: write_tables(compared.results, folder))


def seldom(page: Any) -> Any:
    """This page, whose waits for a function look twenty times a second: Playwright's own look at every frame, and so
    have a browser that nothing happens in draw all the time (a twelfth of a core)."""
    page.wait_for_function = partial(page.wait_for_function, polling=50)
    return page


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a process: Playwright starts once only."""
    if browser_path() is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        yield found
        found.close()
