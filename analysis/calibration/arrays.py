"""Records of arrays as files: read back, they have the same digits."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from engine.whole_file import whole_file


def keep(record: Any, file: Path) -> None:
    """Write a dataclass whose fields are arrays, whole or not at all."""
    with whole_file(file, "wb") as stream:
        np.savez(stream, **{one.name: getattr(record, one.name) for one in fields(record)})


def kept[Record](kind: type[Record], file: Path) -> Record:
    """What `keep` wrote of a record of this kind."""
    with np.load(file) as found:
        return kind(**{one.name: found[one.name] for one in fields(kind)})  # type: ignore[arg-type]
