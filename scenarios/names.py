"""Names: where the data file behind a name lies, whether it ships with Unfreeze or is somebody's own.

Whoever starts a server may offer files of their own by name (`offer`); a link can name those and no others.
"""

import os
from functools import cache
from pathlib import Path

from engine.errors import BadInput, UnknownName

FOLDERS = {
    "strategy": "strategies",
    "worldview": "worldviews",
    "domain": "domains",
    "place": "places",
}
HERE = Path(__file__).parent
OFFERED = "UNFREEZE_OWN_"  # and the kind: in the environment, for server processes


@cache
def shipped(kind: str) -> tuple[str, ...]:
    """Names of all strategies, worldviews, domains or places that ship with Unfreeze, in alphabetical order."""
    return tuple(sorted(path.stem for path in (HERE / FOLDERS[kind]).glob("*.toml")))


def ships(kind: str, path: Path) -> bool:
    """Whether this file is one of ours, and not somebody's own, whatever it is called."""
    return path.absolute().parent == HERE / FOLDERS[kind]


def offered(kind: str) -> dict[str, Path]:
    """Files of somebody's own by the names under which this server offers them; its processes share the environment."""
    text = os.environ.get(OFFERED + kind.upper(), "")
    return {Path(path).stem: Path(path) for path in text.split(os.pathsep) if path}


def offer(kind: str, path: str) -> str:
    """Offer this file by name to whoever opens a link here; returns the name.  A shipped name is not covered up."""
    full = Path(path).absolute()
    if plain_name(full.stem) in shipped(kind) or offered(kind).get(full.stem, full) != full:
        raise BadInput(f"There is another {kind} called '{full.stem}'", do="Give the file another name")
    files = {**offered(kind), full.stem: full}
    os.environ[OFFERED + kind.upper()] = os.pathsep.join(map(str, files.values()))
    return full.stem


def known(kind: str) -> tuple[str, ...]:
    """Names of all that ship and all that are offered."""
    return (*shipped(kind), *offered(kind))


def known_name(kind: str, name: str) -> str:
    """The name of something known, however it is written; UnknownName suggests the nearest.  Opens no file."""
    name = name.strip()
    if name in offered(kind):
        return name
    if plain_name(name) not in shipped(kind):
        raise UnknownName(kind, plain_name(name)[:60], known(kind))
    return plain_name(name)


def typed_name(kind: str, name: str) -> str:
    """What somebody types to mean this: a name that ships, else the file."""
    return str(offered(kind).get(name, name))


def find(kind: str, name: str | os.PathLike[str]) -> Path:
    """The file of a known name, or the file itself if `name` is a path; UnknownName suggests the nearest.

    Shipped names come first, however they are written: `user-centred` and `User centred` are user_centred.
    Something is taken for a path if it has a folder or an ending in it, or lies in the working folder.
    """
    text = os.fspath(name)
    if is_file(kind, text):
        return Path(text)
    found = known_name(kind, text)
    return offered(kind).get(found, HERE / FOLDERS[kind] / f"{found}.toml")


def is_file(kind: str, text: str, beside: Path = Path()) -> bool:
    """Whether this means a file and is no known name; `beside`: the folder in which a bare name is looked for."""
    if plain_name(text) in shipped(kind) or text in offered(kind):
        return False
    return text.lower().endswith(".toml") or "/" in text or os.sep in text or _exists(text, beside)


def parts(text: str, beside: Path = Path()) -> list[str]:
    """`carrier+practice_1_learn` as its names; a file whose name has a + in it is one."""
    return [text] if _exists(text, beside) else [part.strip() for part in text.split("+")]


def plain_name(text: str) -> str:
    """`User-Centred ` as names are written: user_centred."""
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def _exists(text: str, beside: Path) -> bool:
    try:
        return text != "" and (beside / text).exists() and not (beside / text).is_dir()
    except (OSError, ValueError):
        return False
