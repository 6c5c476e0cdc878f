"""What is refused, in the language of the process: what is wrong, where, what is allowed, what to do.

Engine and evidence know no language, and the text of the engine is part of the edition of the rules: their sentences
are known by their templates here.  What this package and those above it refuse is said when it is raised.
"""

import re
from functools import cache

from engine.errors import UnfreezeError, visible
from scenarios.language import ENGLISH, N_, say, spoken

# In the order in which they are tried.
BELOW = (
    N_("There is no strategy called '{name}'"),
    N_("There is no worldview called '{name}'"),
    N_("There is no place called '{name}'"),
    N_("There is no lever called '{name}'"),
    N_("There is no parameter called '{name}'"),
    N_("There is no lever or parameter called '{name}'"),
    N_("Did you mean '{name}'?"),
    N_("{names}, ... ({count} in all)"),
    N_("one of {count} names"),
    N_("'{name}' is {value}, which is out of range"),
    N_("'{name}' is {value}, which is none of its choices"),
    N_("'{name}' is {value}, and it is counted"),
    N_("'{name}' is a context: no rule reads it, so setting it would change nothing"),
    N_("'{name}' is a target: no rule reads it, so setting it would change nothing"),
    N_("Set an input; 'unfreeze list parameters' names them all"),
    N_("{low} to {high}"),
    N_("{low} to {high} ({unit})"),
    N_("{low} or more"),
    N_("{low} or more ({unit})"),
    N_("Or {value}, which switches it off"),
    N_("'{name}' is '{typed}', which may be {one} or {other}"),
    N_("'{name}' is '{typed}'"),
    N_("'{name}' is {typed}"),
    N_("'{name}' has {count} letters"),
    N_("a whole number ({unit})"),
    N_("a whole number from {low} to {high}"),
    N_("a whole number"),
    N_("a finite number"),
    N_("a number without its unit, such as 0.5"),
    N_("a number without groups of three"),
    N_("field '{field}, from month {month}'"),
    N_("field '{field}'"),
)
NUMBERS = ("value", "low", "high", "count")  # gaps that hold a number of ours
NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?")
GAP = re.compile(r"\\{(\w+)\\}")  # of an escaped template


def refused(error: UnfreezeError) -> str:
    """The error as a person reads it; in English as it says itself."""
    if spoken().language == ENGLISH:
        return str(error)
    what, allowed, do = (_sentence(part) for part in (error.what, error.allowed, error.do))
    where = _sentence(str(error.where or ""))
    parts = [f"{where}: {what}" if where else what, say("Allowed: {allowed}", allowed=allowed) if allowed else "", do]
    return visible(" ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part))


def in_short(value: float) -> str:
    """A number to six digits, as `g` writes it, with the language's decimal mark."""
    text = f"{value:g}"
    if spoken().locale == ENGLISH or "e" in text or "n" in text:
        return text
    return spoken().number(value, len(text.partition(".")[2]))


def _sentence(text: str) -> str:
    """A sentence of a lower storey in the language of the process; any other as it stands."""
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return say(template, **{name: _filled(name, part) for name, part in found.groupdict().items()})
    return text


def _filled(name: str, text: str) -> str:
    if name in NUMBERS and "e" not in text:
        text = text.replace(",", "").removesuffix(".0")
        return spoken().number(float(text), len(text.partition(".")[2]))
    return say(text) if name == "unit" else text


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Of each template what its sentences look like."""
    return [(template, re.compile(GAP.sub(_gap, re.escape(template)), re.DOTALL)) for template in BELOW]


def _gap(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{NUMBER.pattern if found[1] in NUMBERS else '.+'})"
