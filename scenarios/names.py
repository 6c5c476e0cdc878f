"""Names: where the data file behind a name lies, whether it ships with Unfreeze or is somebody's own."""

import os
from functools import cache
from pathlib import Path

from engine.errors import UnknownName

FOLDERS = {
    "strategy": "strategies",
    "worldview": "worldviews",
    "domain": "domains",
    "place": "places",
}
HERE = Path(__file__).parent


@cache
def shipped(kind: str) -> tuple[str, ...]:
    """Names of all strategies, worldviews, domains or places that ship with Unfreeze, in alphabetical order."""
    return tuple(sorted(path.stem for path in (HERE / FOLDERS[kind]).glob("*.toml")))


def find(kind: str, name: str | os.PathLike[str]) -> Path:
    """The file of a shipped name, or the file itself if `name` is a path; UnknownName suggests the nearest.

    Shipped names come first, however they are written: `user-centred` and `User centred` are user_centred.
    Something is taken for a path if it has a folder or an ending in it, or lies in the working folder.
    """
    text = os.fspath(name)
    plain = text.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in shipped(kind):
        return HERE / FOLDERS[kind] / f"{plain}.toml"
    if text.lower().endswith(".toml") or "/" in text or os.sep in text or _exists(text):
        return Path(text)
    raise UnknownName(kind, plain, shipped(kind))


def _exists(text: str) -> bool:
    try:
        return text != "" and Path(text).exists()
    except (OSError, ValueError):
        return False
