"""What a study looks for once its design has run: [[analysis.search]] of its file, or `study append --propose`.

tipping   at which value of a factor one strategy stops doing better than another (bisection)
target    at which value of a factor a result reaches a number (bisection)
tuned     which row is best (Optuna)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from analysis.contrasts import DIRECTION
from engine.errors import BadInput, MissingField, UnknownName
from evidence.data_file import DataFile, Field
from studies.factors import CHOICE, DUMMY, Factor

if TYPE_CHECKING:
    from studies.description import Description

TIPPING, TARGET, TUNED = HOWS = ("tipping", "target", "tuned")
STEPS, TRIALS = 8, 32  # a range is halved 8 times: to a 256th

SEARCH = {
    "how": Field("text", "what is looked for", required=True, one_of=HOWS),
    "factor": Field("text", "tipping and target: what goes from its low to its high end", default=""),
    "of": Field("text", "the column; by default the first that is analysed", default=""),
    "strategy": Field("text", "under which strategy", default=""),
    "against": Field("text", "less the same under this strategy", default=""),
    "place": Field("text", "where", default=""),
    "worldview": Field("text", "in which worldview", default=""),
    "target": Field("number", "target: what is to be reached"),
    "steps": Field("whole", "tipping and target: how often a range is halved", default=STEPS, low=1, high=30),
    "trials": Field("whole", "tuned: how many rows are tried", default=TRIALS, low=1, high=10_000),
    "larger": Field("truth", "tuned: whether more is better; by default as the measure has it"),
    "seed": Field("whole", "tuned: of Optuna", default=1, low=0, high=2**31 - 1),
}


class LookedAt(TypedDict, total=False):
    """Which number a search looks at, by name: words of SEARCH."""

    factor: str
    of: str
    strategy: str
    against: str
    place: str
    worldview: str


class SearchWords(LookedAt, total=False):
    """What a search is told besides what is looked for: the other words of SEARCH, and where other factors are."""

    target: float
    steps: int
    trials: int
    larger: bool
    seed: int
    at: Mapping[str, Any]


AT = "at"  # where the other factors are: { contact = 0.1 }; one that is not named stays as it is


@dataclass(frozen=True)
class Search:
    """One search, checked."""

    how: str
    factor: str
    of: str
    strategy: str
    against: str
    place: str
    worldview: str
    target: float
    steps: int
    trials: int
    larger: bool
    seed: int
    at: Mapping[str, Any] = field(default_factory=dict)

    @property
    def proposer(self) -> str:
        """Who proposes its rows."""
        return "optuna" if self.how == TUNED else f"{self.how} of {self.factor}"

    @property
    def what(self) -> str:
        """What is looked at, in words."""
        less = f" less {self.against}" if self.against else ""
        where = "".join(f", {one}" for one in (self.place, self.worldview) if one)
        return f"{self.of}{f', {self.strategy}' if self.strategy else ''}{less}{where}"

    @property
    def most(self) -> int:
        """Rows at most."""
        return self.trials if self.how == TUNED else self.steps + 2


def read_searches(file: DataFile, said: Description, number: int) -> tuple[Search, ...]:
    """All of a file; BadInput names the line."""
    if number and said.kind in ("practices", "calibrated"):
        raise BadInput(f"A study of {said.kind} has all its rows", where=file.where("analysis", "search"),
                       do="Search in a study with [vary]")  # fmt: skip
    return tuple(_search(file, said, ("analysis", "search", i)) for i in range(number))


def _search(file: DataFile, said: Description, keys: tuple[str | int, ...]) -> Search:
    found = file.read(SEARCH, *keys, skip=[AT])
    found["of"] = found["of"] or said.of[0]
    if found["of"] not in said.columns():
        raise UnknownName("column", found["of"][:60], said.columns(), where=file.where(*keys, "of"))
    _choose(file, found, said, keys)
    if found["how"] == TUNED:
        _check_tuned(file, found, said, keys)
    else:
        _check_bisected(file, found, said, keys)
    at = file.table(*keys, AT) if AT in file.table(*keys) else {}
    for name, value in at.items():
        _check_at(file, said, name, value, (*keys, AT, name))
    if found["factor"] in at:
        raise BadInput(f"'{found['factor']}' is what goes from low to high", where=file.where(*keys, AT),
                       do="Leave it out")  # fmt: skip
    found["target"], found["larger"] = found["target"] or 0.0, bool(found["larger"])
    return Search(**found, at=dict(at))


def _choose(file: DataFile, found: dict[str, Any], said: Description, keys: tuple[str | int, ...]) -> None:
    """Strategy, place and worldview: those that are named, or the only ones."""
    for name, known in (("strategy", said.strategies), ("place", said.places), ("worldview", said.worldviews)):
        if found[name] and found[name] not in known:
            raise UnknownName(f"{name} of this study", found[name][:60], known, where=file.where(*keys, name))
        if not found[name] and len(known) > 1:
            raise MissingField(name, meaning=f"one of {', '.join(known)}", where=file.where(*keys))
    if found["against"] and (found["against"] not in said.strategies or found["against"] == found["strategy"]):
        others = [one for one in said.strategies if one != found["strategy"]]
        raise UnknownName("other strategy of this study", found["against"][:60], others,
                          where=file.where(*keys, "against"))  # fmt: skip


def _check_bisected(file: DataFile, found: dict[str, Any], said: Description, keys: tuple[str | int, ...]) -> None:
    factor = factor_of(said.factors, found["factor"], file.where(*keys, "factor"))
    if factor.values or factor.kind == CHOICE or factor.shares:
        why = "shares a whole with others" if factor.shares else "has a few values, and nothing between them"
        raise BadInput(f"'{factor.name}' {why}", where=file.where(*keys, "factor"),
                       do="Name a factor with low and high")  # fmt: skip
    if found["how"] == TARGET and found["target"] is None:
        raise MissingField("target", meaning=SEARCH["target"].meaning, where=file.where(*keys))
    if found["how"] == TIPPING and (not found["against"] or found["target"] is not None):
        raise BadInput("A tipping point is of two strategies, and is where their difference is 0",
                       where=file.where(*keys), do="Name strategy and against, and no target")  # fmt: skip


def _check_tuned(file: DataFile, found: dict[str, Any], said: Description, keys: tuple[str | int, ...]) -> None:
    if found["factor"] or found["target"] is not None:
        name = "factor" if found["factor"] else "target"
        raise BadInput(f"'{name}' is of tipping and target", where=file.where(*keys, name), do="Leave it out")
    if any(one.shares for one in said.factors):
        raise BadInput("Levers that share a whole are not tuned one by one", where=file.where(*keys),
                       do="Give each a range, or tune the others")  # fmt: skip
    sign = DIRECTION.get(found["of"] if said.function else found["of"].rpartition("_m")[0], 0)
    if found["larger"] is None and not sign:
        raise BadInput(f"Nobody says whether more of {found['of']} is better", where=file.where(*keys),
                       do="Add larger = true or larger = false")  # fmt: skip
    found["larger"] = sign > 0 if found["larger"] is None else found["larger"]


def _check_at(file: DataFile, said: Description, name: str, value: Any, keys: tuple[str | int, ...]) -> None:
    factor = factor_of(said.factors, name, file.where(*keys))
    if factor.values:
        if value not in factor.values:
            raise UnknownName(name, str(value)[:60], [str(one) for one in factor.values], where=file.where(*keys))
    else:
        file.value(Field("number", "where it is", low=factor.low, high=factor.high), *keys)


def factor_of(factors: Sequence[Factor], name: str, where: Any = None) -> Factor:
    """The factor of this name."""
    for one in factors:
        if one.name == name and one.kind != DUMMY:
            return one
    raise UnknownName("factor of this study", name[:60], [o.name for o in factors if o.kind != DUMMY], where=where)
