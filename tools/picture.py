"""The README's picture: `comparison.png` of the README's first command, in fewer colours so that it loads fast.

python -m tools.picture
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from cli.main import run

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "comparison.png"
COLOURS = 200


def main() -> int:
    """Compare, and keep the picture."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "compare"
        code = run(["compare", "--out", str(out)])
        if code == 0:
            picture = Image.open(out / "comparison.png").convert("RGB").resize((1760, 1536), Image.Resampling.LANCZOS)
            picture.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
