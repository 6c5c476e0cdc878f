"""Make a calibration the one that ships: its sample, its manifest, its figures and its tables.

    python -m tools.ship_calibration unfreeze-results/calibration

Writes evidence/plausible/, from where everything draws it, docs/images/calibration_*.png, and the tables in
docs/calibration.md, which stand between `<!-- report -->` and `<!-- end -->`.  The prose around them is written by
hand and must be read again.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from engine.whole_file import whole_file
from scenarios.plausible import FOLDER, read_sample

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "calibration.md"
SLOT = re.compile(r"(<!-- report -->\n).*?(<!-- end -->)", re.S)


def main(arguments: list[str]) -> int:
    """Copy what the calibration in this folder wrote to where it ships."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    made = Path(arguments[0])
    read_sample(made)  # whole, and what its manifest says
    figures = sorted(made.glob("calibration_*.png"))
    for path in [made / "sample.parquet", made / "manifest.json", *figures]:
        folder = ROOT / "docs" / "images" if path in figures else FOLDER
        with whole_file(folder / path.name, "wb") as file:
            file.write(path.read_bytes())
    report = (made / "report.md").read_text(encoding="utf-8")
    with whole_file(PAGE) as file:
        file.write(SLOT.sub(lambda slot: slot[1] + "\n" + report + "\n" + slot[2], PAGE.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
