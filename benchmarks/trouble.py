"""What one visitor's heavy work costs another, and how long a page takes to come back after its server's death.

    python -m benchmarks.trouble            # two cores, some two minutes, a real browser
    python -m benchmarks.trouble --write    # also writes benchmarks/trouble.md

One visitor has twelve tabs of 20,000 people each, and moves a lever in all of them at once, again and again.  A second
visitor opens the default comparison beside them and moves a lever of its own every ten seconds: when does the first
answer come?  Then a server is killed under a page, a lever is moved while there is none, and another is started: how
long is it from when that one answers until the page stands with the change made?
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import threading
import time
from collections.abc import Sequence

from benchmarks.dashboard import QUIET, serve
from benchmarks.sessions import Visitor
from benchmarks.speed import ROOT, machine

PORT = 8933
TABS, HEAVY = 12, "?people=20000"
SMALL = "?people=500&months=80"
FIRST, BACK = 2.0, 5.0  # seconds at most: the second visitor's first answer, a page that is back (issue 14)
RESULTS = ROOT / "benchmarks" / "trouble.md"


def beside(port: int, times: int = 6, every: float = 10.0) -> tuple[float | None, list[float], list[int]]:
    """Seconds until a second visitor's page is open, and until the first answer to each of its moves; and moves that
    each of the heavy tabs has made until then."""
    tabs = [Visitor(i, port, HEAVY) for i in range(TABS)]
    tabs[0].open(300)
    for one in tabs[1:]:
        one.cookie = tabs[0].cookie  # one browser, and so one visitor
    ends = time.monotonic() + times * every + 60
    works = [threading.Thread(target=one.work, args=(ends,), daemon=True) for one in tabs]
    for work in works:
        work.start()
    time.sleep(every)
    second = Visitor(TABS, port)
    second.open()
    for i in range(times):
        second.change("listening", 0.5 + 0.37 * i, every)
    firsts = [first if first is not None else float("inf") for first, _ in second.changes]
    moves = [len(one.changes) for one in tabs if not one.trouble]
    for one in (second, *tabs):
        one.leave()
    return second.opened, firsts, moves


def back(port: int, times: int = 5) -> tuple[list[float], list[float]]:
    """Seconds from a server's death until a page says so, and from when another answers until the page stands with
    what was changed meanwhile."""
    from playwright.sync_api import sync_playwright

    said, stood = [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        server = serve(port)
        page.goto(f"http://localhost:{port}/{SMALL}")
        for i in range(times):
            page.wait_for_selector('#replicates[data-complete="yes"]')
            server.kill()
            server.wait()
            began = time.monotonic()
            page.wait_for_selector("#away")
            said.append(time.monotonic() - began)
            page.fill("#scene-seed", str(100 + i))
            page.keyboard.press("Enter")
            page.wait_for_selector("#away-waiting:not(:empty)")
            server = serve(port)
            began = time.monotonic()
            page.wait_for_url(f"**seed={100 + i}**")
            page.wait_for_selector("#chart-secure_people[data-rev]")
            stood.append(time.monotonic() - began)
        server.terminate()
        server.wait()
        browser.close()
    return said, stood


def told(
    opened: float | None,
    firsts: Sequence[float],
    moves: Sequence[int],
    said: Sequence[float],
    stood: Sequence[float],
    load: float,
) -> str:
    """The table, and what it belongs to."""
    quiet = f"The load was {load:.1f} before it began: the machine was {'' if load < QUIET else 'NOT '}quiet."
    lines = ["# One visitor's work, and a server's death", "",
             f"Written by `python -m benchmarks.trouble --write` on: {machine()}.", quiet, "",
             f"{TABS} tabs of one visitor with 20,000 people each, a lever moved in all of them at once and again when "
             f"answered ({len(moves)} of them at work at the end, {sum(moves)} moves); beside them a second visitor, "
             f"whose page opened in {opened or float('inf'):.2f} s.  Then a server that is killed, and another in its "
             "place.", "", "| what | median | longest | n | target, longest | met |",
             "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, times, most in (("second visitor's first answer", firsts, FIRST),
                              ("page says that its server is gone", said, None),
                              ("page is back with what was changed", stood, BACK)):  # fmt: skip
        met = "" if most is None else "yes" if max(times) <= most else "NO"
        lines.append(f"| {name} | {statistics.median(times):.2f} s | {max(times):.2f} s | {len(times)} | "
                     f"{'' if most is None else f'at most {most:.0f} s'} | {met} |")  # fmt: skip
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write benchmarks/trouble.md")
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    server = serve(PORT)
    try:
        warm = Visitor(-1, PORT)
        warm.open(300)  # the compiler, and the default's own runs
        warm.leave()
        heavy = beside(PORT)
    finally:
        server.terminate()
        server.wait()
    text = told(*heavy, *back(PORT), load)
    print(text)
    if chosen.write:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
