"""The README's picture of the dashboard: its first page, once all replicates are there.  It takes a browser.

python -m tools.dashboard_picture
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "dashboard.png"
PORT, COLOURS, WIDTH, HEIGHT = 8799, 128, 1440, 900
READY = "() => document.querySelector('#replicates')?.dataset.complete === 'yes'"


def main() -> int:
    """Start the dashboard, look at it, keep the picture in fewer colours so that it loads fast."""
    server = subprocess.Popen([sys.executable, "-m", "cli", "dashboard", "--no-open", "--port", str(PORT)])
    try:
        address = f"http://localhost:{PORT}/"
        for _ in range(300):
            try:
                urllib.request.urlopen(address + "readyz", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            page.goto(address)
            page.wait_for_function(READY, timeout=120_000)
            page.wait_for_timeout(500)
            found = Image.open(BytesIO(page.screenshot())).convert("RGB")
            browser.close()
    finally:
        server.terminate()
        server.wait()
    found.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
