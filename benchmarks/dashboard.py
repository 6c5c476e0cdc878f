"""How long a person waits: key press on a lever to the first redrawn chart, in a real browser on this machine.

    python -m benchmarks.dashboard                    # the default place, 20 presses
    python -m benchmarks.dashboard --people 500       # what is left when the model costs almost nothing

Starts a server of its own.  Reports the middle and the 95th percentile of
    first    from the key press until every chart shows the new scenario (4 replicates of each strategy)
    full     until all 32 replicates are in
    past     first answer after a change that needs a new burn-in (another seed)
Needs chromium (Debian: apt-get install chromium) and the packages of the extra 'test'.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

PORT = 8931
CHARTS = ("lasting_places", "secure_share", "cost_per_secure_month")
# Runs in the page just before the press: milliseconds until every chart is new and `done` replicates are in.
TIMED = """([done, patience]) => new Promise((resolve, reject) => {
  const began = performance.now();
  const charts = CHARTS.map((name) => document.getElementById('chart-' + name));
  const before = charts.map((chart) => chart.dataset.rev);
  const ready = () => {
    const status = document.getElementById('replicates');
    const number = status ? Number(status.dataset.replicates) : 0;
    if (charts.some((chart, i) => chart.dataset.rev === before[i])) return false;
    return number >= done;
  };
  const look = () => {
    if (ready()) return requestAnimationFrame(() => resolve(performance.now() - began));
    if (performance.now() - began > patience) return reject(new Error('no answer in time'));
    setTimeout(look, 4);
  };
  look();
})""".replace("CHARTS", str(list(CHARTS)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, help="simulate a copy of this size; by default as many as there are")
    parser.add_argument("--presses", type=int, default=20)
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for one answer")
    chosen = parser.parse_args(arguments)
    server = serve()
    try:
        found = measured(chosen.people, chosen.presses, chosen.patience)
    finally:
        server.kill()
        server.wait()
    size = "real size" if chosen.people is None else f"{chosen.people} people"
    print(f"{chosen.presses} presses, {size}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, times in found.items():
        middle, late = statistics.median(times), sorted(times)[max(0, round(0.95 * len(times)) - 1)]
        print(f"{name:>6}   p50 {middle:7.0f} ms   p95 {late:7.0f} ms   of {len(times)}")


def serve() -> subprocess.Popen[bytes]:
    """A server of our own, ready."""
    command = [sys.executable, "-m", "cli", "dashboard", "--no-open", "--port", str(PORT)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/readyz", timeout=1).close()
            return server
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("The server did not answer in half a minute.")


def measured(people: int | None, presses: int, patience: float) -> dict[str, list[float]]:
    """Milliseconds by what was waited for."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {"first": [], "full": [], "past": []}
    query = "" if people is None else f"?people={people}"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://localhost:{PORT}/{query}")
        wait = int(1000 * max(patience, 180))  # the first answer of all waits for the compiler
        page.wait_for_selector('#replicates[data-replicates="32"]', timeout=wait)
        for i in range(presses):
            page.focus("#levers-listening")
            direction = "ArrowLeft" if i < presses // 2 else "ArrowUp"
            if i == presses // 2:
                _reset(page, wait)
            found["first"].append(_timed(page, direction, 4, patience))
        for _ in range(max(2, presses // 5)):
            page.focus("#levers-independence")
            found["full"].append(_timed(page, "ArrowLeft", 32, patience))
        for i in range(max(2, presses // 5)):
            page.fill("#scene-seed", str(1000 + 100 * i))
            found["past"].append(_timed(page, "Enter", 4, patience))
        browser.close()
    return found


def _reset(page: Any, wait: int) -> None:
    """Back to where the strategy has it, and a little higher than before, so that nothing is remembered."""
    page.fill("#levers-listening-n", "2.5")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    page.wait_for_selector("#replicates", timeout=wait)
    page.focus("#levers-listening")


def _timed(page: Any, key: str, replicates: int, patience: float) -> float:
    """One key press, timed in the page by its own clock from just before the press."""
    page.evaluate("window.__answer = null")
    watch = "(a) => { window.__answer = (" + TIMED + ")(a); }"
    page.evaluate(watch, [replicates, 1000 * patience])
    page.keyboard.press(key)
    return float(page.evaluate("window.__answer"))


if __name__ == "__main__":
    main()
