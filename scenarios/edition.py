"""Which edition of rules and figures this is: a link or a result that was kept says whether they are still the same."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = ("engine", "agents", "model")  # whose text determines digits; evidence does so through the parameters


@cache
def rules_hash(root: Path = ROOT) -> str:
    """A hash of the text of the rules, whatever the ends of lines and the separators of folders."""
    digest = hashlib.blake2b(digest_size=12)
    files = {path.relative_to(root).as_posix(): path for package in RULES for path in (root / package).rglob("*.py")}
    for name in sorted(files):
        digest.update(f"{name}\0".encode() + files[name].read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def data_hash(files: Sequence[str] = ()) -> str:
    """A hash of the text of all shipped data files, and of somebody's own."""
    shipped = sorted(path for folder in ("evidence", "scenarios") for path in (ROOT / folder).rglob("*")
                     if path.suffix in (".toml", ".json", ".parquet"))  # fmt: skip
    digest = hashlib.blake2b(digest_size=12)
    for path in shipped:
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    for name in sorted(set(files)):
        digest.update(b"own\0" + Path(name).read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


@cache
def edition() -> str:
    """Eight letters for the rules and the shipped figures."""
    return hashlib.blake2b((rules_hash() + data_hash()).encode(), digest_size=4).hexdigest()
