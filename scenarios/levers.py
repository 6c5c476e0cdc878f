"""Levers: what a foundation can decide, each a number with unit, range, resting value, gain and cost (levers.toml).

A strategy is lever settings and nothing else: the model never learns its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInput, OutOfRange, UnknownName, Where
from evidence.data_file import NAME, DataFile, Field
from evidence.quantities import MARKS, check_range, check_trust
from scenarios.language import N_, say
from scenarios.refused import in_short

if TYPE_CHECKING:
    from engine.record import Record

FILE = Path(__file__).parent / "levers.toml"

GROUPS = (
    "money and timing",
    "whose design",
    "where the money goes",
    "sites",
    "learn the system's challenges",
    "set an example",
    "coalition of the willing",
    "start small, conditions",
    "credit",
    "convene and campaign",
)

FIELDS = {
    "rest": Field("number", "the value at which the lever does nothing", required=True),
    "low": Field("number", "lowest value", required=True),
    "high": Field("number", "highest value", required=True),
    "unit": Field("text", "what one of it is", required=True),
    "meaning": Field("text", "what a foundation does when it raises this", required=True),
    "gain": Field("text", "what is won", required=True),
    "cost": Field("text", "what it costs, in money, time or goodwill", required=True),
    "acts": Field("list", "steps of the month (1-11) in which it acts", required=True),
    "mark": Field("text", "how well the lever's effect is known", required=True, one_of=MARKS),
    "source": Field("text", "keys of evidence/sources.toml; '' only with mark 'assumption'", required=True),
    "group": Field("text", "where it stands on screen", required=True, one_of=GROUPS),
    "jump": Field("text", "why an outcome jumps where this goes through its range, and where", default=""),
}

# Levers that share out one whole: what they do not claim goes to `rest`.
WHOLES = {
    ("design_blueprint", "design_users"): N_("the providers' own design"),
    ("site_willingness", "site_prestige", "site_need", "site_outside"): N_("lottery"),
    (
        "share_places",
        "share_involvement",
        "share_training",
        "share_bridge",
        "share_implementation",
        "share_spotlight",
        "share_top_up",
        "share_homes",
    ): N_("money that stays unspent"),
}
GRANT_SHARES = ("share_places", "share_involvement", "share_training", "share_bridge", "share_implementation")

# Levers that are no more, and what to write instead.
GONE = {
    "grant_size": N_(
        "Write grants_per_provider, grants a year for each provider: the size of a grant follows from the place's "
        "money.  In Dublin at 1% of spend 1 makes grants of about EUR 145,000, 2 half as large, 0.1 ten times"
    ),
}


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing a foundation can decide.  `acts` are steps of the month."""

    name: str
    rest: float
    low: float
    high: float
    unit: str
    meaning: str
    gain: str
    cost: str
    acts: tuple[int, ...]
    mark: str
    source: str
    group: str
    jump: str


def read_levers(path: Path) -> dict[str, Lever]:
    """The levers of one file, in its order, checked."""
    file = DataFile(path)
    levers = {}
    for name in file.data:
        read = file.read(FIELDS, name)
        if not NAME.fullmatch(name):
            raise BadInput(f"'{name}' cannot be a name", where=file.where(name), allowed="small letters, digits and _")
        check_range(name, read["rest"], read["low"], read["high"], file.where(name, "rest"))
        check_trust(read["mark"], read["source"], read["low"], read["high"], file.where(name, "source"))
        acts = read.pop("acts")
        if not acts or any(type(step) is not int or not 1 <= step <= 11 for step in acts):
            raise BadInput(f"'acts' is {acts}", where=file.where(name, "acts"), allowed="steps of the month, 1 to 11")
        levers[name] = Lever(name=name, acts=tuple(acts), **read)
    return levers


@cache
def load_levers() -> dict[str, Lever]:
    """All levers by name, in the order of the screen."""
    return read_levers(FILE)


def at_rest() -> dict[str, float]:
    """Every lever at its resting value."""
    return {name: lever.rest for name, lever in load_levers().items()}


def known_lever(name: str, where: Where | str | None = None) -> Lever:
    """The lever of this name; UnknownName, or what to write instead of one that is no more."""
    if name in GONE:
        raise BadInput(say("There is no lever '{name}' any more", name=name), where=where, do=say(GONE[name]))
    if name not in load_levers():
        raise UnknownName("lever", name, load_levers(), where=where)
    return load_levers()[name]


def check_lever(name: str, value: float, where: Where | str | None = None) -> float:
    """`value` as a float if there is such a lever and it can stand there."""
    lever = known_lever(name, where)
    if not lever.low <= value <= lever.high:
        raise OutOfRange(name, value, lever.low, lever.high, unit=lever.unit, where=where)
    if lever.unit == "months" and value != int(value):
        raise BadInput(say("'{name}' is {value}", name=name, value=in_short(value)), where=where,
                       allowed=say("whole months"))  # fmt: skip
    return float(value)


def check_wholes(settings: Mapping[str, float], where: Where | str | None = None) -> None:
    """Shares of one whole add up to 1 at most."""
    for names, rest in WHOLES.items():
        total = sum(settings.get(name, 0.0) for name in names)
        if total > 1 + 1e-9:
            parts = " + ".join(f"{name} {in_short(settings[name])}" for name in names if settings.get(name))
            raise BadInput(
                say("{sum} = {total} is more than the whole", sum=parts, total=in_short(total)),
                where=where,
                allowed=say("a sum of at most 1 (the rest is {rest})", rest=say(rest)),
                do=say("Lower one of them"),
            )


def lever_record() -> Record:
    """The levers as a record of float64 fields: one row a month is what the model sees of a strategy."""
    return _record(tuple((name, (v.meaning, v.unit, v.low, v.high)) for name, v in load_levers().items()))


@lru_cache(maxsize=8)
def _record(fields: tuple[tuple[str, tuple[str, str, float, float]], ...]) -> Record:
    """The record of fields (name, (meaning, unit, low, high)): kept, because it is the same for every run."""
    from engine.record import number, record  # numpy: only when a model is built

    return record("Levers", **{name: number(*what) for name, what in fields})
