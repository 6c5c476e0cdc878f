"""Study files that somebody spoilt: signs, lines and values changed, with luck that can be repeated."""

from __future__ import annotations

import contextlib
import io
import random
import re
from pathlib import Path

from cli.main import run as cli
from studies.templates import template

KINDS = ("sobol", "morris", "halton", "lhs", "grid", "one_at_a_time", "practices", "table", "calibrated")
VALUES = (
    "-1", "0", "1e400", "nan", "inf", "true", '""', '"x"', "[]", "{}", "99999999999999999999", "1.5", '"../x"',
    "[1, 1]", '["homes", "homes"]', "{ low = 1 }", "{ low = 2, high = 1 }", "{ whole = true }", "[[]]",
    '"\\u0000"', "2020-01-01", '"status_quo"', '["nobody"]', "{ values = [0, 1] }", "-0.0", "1_000", '"real"',
)  # fmt: skip
SIGNS = "abc=[]{}\"'#\n.,-019 \t\x00é€"


def mutated(number: int) -> str:
    """A file with one to four mistakes."""
    luck = random.Random(number)
    text = template(luck.choice(KINDS), "mutated")
    for _ in range(luck.randint(1, 4)):
        text = luck.choice((_sign, _line, _value, _name, _twice))(text, luck)
    return text


def _sign(text: str, luck: random.Random) -> str:
    at = luck.randrange(len(text))
    return text[:at] + luck.choice(("", luck.choice(SIGNS))) + text[at + luck.randint(0, 1) :]


def _line(text: str, luck: random.Random) -> str:
    lines = text.splitlines()
    del lines[luck.randrange(len(lines))]
    return "\n".join(lines) + "\n"


def _twice(text: str, luck: random.Random) -> str:
    lines = text.splitlines()
    lines.insert(luck.randrange(len(lines)), luck.choice(lines))
    return "\n".join(lines) + "\n"


def _value(text: str, luck: random.Random) -> str:
    found = list(re.finditer(r"^(\S+ = )(.*?)(\s+#.*)?$", text, re.M))
    one = luck.choice(found) if found else None
    return text if one is None else text[: one.start(2)] + luck.choice(VALUES) + text[one.end(2) :]


def _name(text: str, luck: random.Random) -> str:
    found = list(re.finditer(r"[a-z_]{3,}", text))
    one = luck.choice(found)
    other = luck.choice(found)[0]
    return text[: one.start()] + other + text[one.end() :]


def checked(number: int, folder: Path) -> str:
    """ "" if `study check` does with such a file what it should; else what is wrong with its answer."""
    path = folder / "mutated.toml"
    path.write_bytes(mutated(number).encode())
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = cli(["study", "check", str(path), "--no-runs"])
    except BaseException as error:
        return f"{number}: {error!r}"
    errors = said.getvalue()
    if code == 0:
        return ""
    if code != 2 or "Traceback" in errors:
        return f"{number}: exit code {code}: {errors}"
    return "" if re.search(r"\.(toml|csv):\d+", errors) else f"{number}: no file and line: {errors}"
