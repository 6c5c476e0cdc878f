"""Draws of a calibration in few files, to be kept in git and taken up again on another machine.

    python -m tools.packed_draws pack DIR       # docs/calibration/ from the folder of `unfreeze calibrate`
    python -m tools.packed_draws unpack DIR     # the folder again, file by file, from docs/calibration/

Hours of draws do not fit one sitting.  What is packed is every file of the folder as it is: tables one after
the other (a column `file` names each row's), settings, emulators, proposals and what was set aside as they are.  A
later step lives the first candidates once more and refuses draws of other rules.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import polars as pl

from engine.whole_file import whole_file
from runs.store import write_table

PACKED = Path(__file__).resolve().parent.parent / "docs" / "calibration"
TABLE = re.compile(r"(draws-\w+-\d+|again-\w+)-\d{6}\.parquet")
AS_IT_IS = re.compile(r"(?!manifest).+\.(json|npz)|proposal-\w+\.parquet")
FILE = "file"


def pack(folder: Path, packed: Path = PACKED) -> list[str]:
    """Every file of the folder, in few; their names."""
    packed.mkdir(parents=True, exist_ok=True)
    tables: dict[str, list[Path]] = {}
    for file in sorted(folder.iterdir()):
        table = TABLE.fullmatch(file.name)
        if table:
            tables.setdefault(f"{table[1]}.parquet", []).append(file)
        elif AS_IT_IS.fullmatch(file.name):
            _copy(file, packed / file.name)
    for name, files in tables.items():
        rows = [pl.read_parquet(one).with_columns(pl.lit(one.name).alias(FILE)) for one in files]
        write_table(pl.concat(rows), packed / name)
    return sorted([*tables, *(file.name for file in folder.iterdir() if AS_IT_IS.fullmatch(file.name))])


def unpack(folder: Path, packed: Path = PACKED) -> list[str]:
    """The folder as it was packed; what is there already stays.  The names of what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in sorted(packed.iterdir()):
        if AS_IT_IS.fullmatch(file.name):
            if not (folder / file.name).exists():
                _copy(file, folder / file.name)
                written.append(file.name)
        elif file.suffix == ".parquet":
            for (name,), rows in pl.read_parquet(file).partition_by(FILE, as_dict=True, maintain_order=True).items():
                if not (folder / str(name)).exists():
                    write_table(rows.drop(FILE), folder / str(name))
                    written.append(str(name))
    return written


def _copy(file: Path, to: Path) -> None:
    with file.open("rb") as source, whole_file(to, "wb") as stream:
        shutil.copyfileobj(source, stream)


def main(arguments: list[str]) -> int:
    """Pack or unpack."""
    if len(arguments) != 2 or arguments[0] not in ("pack", "unpack"):
        print(__doc__, file=sys.stderr)
        return 2
    done = {"pack": pack, "unpack": unpack}[arguments[0]](Path(arguments[1]))
    print(f"{len(done)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
