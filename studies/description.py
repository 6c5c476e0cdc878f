"""A study's file, read: what is run, which design, what varies, what is kept, and where.  Every complaint has its line.

format = 1                                       [runs]  places, strategies, worldviews, people, months, replicates,
title = "..."                                            seed, seeds, set; or `model`, a function of one's own
[design]  kind, size, seed, dummy, levels ...    [vary]  name = {} or with low, high, values, scale, whole
[keep]    measures, months, courses, events, fans        [store] to, part   [analysis] wanted, of, against, [[search]]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName, Where
from engine.typed import several
from evidence.data_file import DataFile, Field
from evidence.quantities import check_value, find_quantity, load_quantities
from evidence.units import is_counted
from model.measures import HEADLINE
from runs.ensemble import MOST_REPLICATES
from runs.summary import columns
from scenarios.choice import check_set_once, read_choice
from scenarios.levers import WHOLES, check_lever, load_levers
from scenarios.names import is_file, known_name, parts
from scenarios.places import Place, find_place
from scenarios.scenario import FEWEST, LARGEST_SEED, LONGEST, MONTHS, MOST, NOBODY
from scenarios.settings import Settings, own_lever, read_settings
from scenarios.strategy import Strategy, find_strategy, phases_with, with_practices
from scenarios.worldviews import find_worldview
from studies.designs import GIVEN, KINDS, SAMPLED, rows_in
from studies.factors import (
    CHOICE,
    DUMMY,
    FREE,
    LEVER,
    PARAMETER,
    PRACTICE,
    SCALES,
    Factor,
)
from studies.functions import Function, find_function
from studies.ranges import lever_factor, parameter_factor
from studies.searches import Search, read_searches

FORMAT = 1
MOST_ROWS = 10_000_000
PRACTICES = ("practice_1_learn", "practice_2_example", "practice_3_willing", "practice_4_start_small",
             "practice_5_credit")  # fmt: skip
ANALYSES = ("sobol", "morris", "shapley", "boxes", "robustness", "replicates")
SECTIONS = ("runs", "design", "vary", "keep", "store", "analysis")

TOP = {
    "format": Field("whole", "the form of this file", required=True, low=FORMAT, high=FORMAT),
    "title": Field("title", "what the study is called", required=True),
}
RUNS = {
    "places": Field("list", "names, or files beside this one"),
    "strategies": Field("list", "names, files, or user_centred,listening=4"),
    "worldviews": Field("list", "names, or files"),
    "people": Field("whole", 'how many to simulate, or "real"', low=FEWEST, high=MOST),
    "months": Field("whole", "how long each run is", default=MONTHS, low=1, high=LONGEST),
    "replicates": Field("whole", "how often each row is run, or { least, most, until }", default=1, low=1,
                        high=MOST_REPLICATES),
    "seed": Field("whole", "of the first replicate", default=1, low=0, high=LARGEST_SEED),
    "seeds": Field("text", "whether all rows have the same seeds", default="common", one_of=("common", "independent")),
    "set": Field("list", 'the same in all runs: ["contact=0"]', default=[]),
    "model": Field("text", "a function of one's own instead of the model, as package.module:name", default=""),
}  # fmt: skip
REPLICATES = {
    "least": Field("whole", "of every row", required=True, low=2, high=MOST_REPLICATES),
    "most": Field("whole", "of any row", required=True, low=2, high=MOST_REPLICATES),
    "until": Field("text", 'such as "secure_people within 20"', required=True),
}
DESIGN = {
    "kind": Field("text", "how rows are chosen", required=True, one_of=KINDS),
    "size": Field("whole", "samples, trajectories or parameter sets", low=1, high=MOST_ROWS),
    "seed": Field("whole", "of the design", default=1, low=0, high=LARGEST_SEED),
    "dummy": Field("truth", "with a factor that does nothing", default=False),
    "levels": Field("whole", "of a grid's factors without values; of Morris' grid (even)", default=4, low=2, high=100),
    "file": Field("text", "of kind table: a CSV or Parquet file beside this one", default=""),
    "sample": Field("text", "of kind calibrated: the folder of a calibrated sample", default=""),
    "practices": Field("list", "of kind practices: which", default=list(PRACTICES)),
    "room": Field(
        "truth",
        "of kind practices: what a practice needs of a whole, the strategy's other shares of it give up",
        default=False,
    ),
}
VARY = {
    "low": Field("number", "from"),
    "high": Field("number", "to"),
    "values": Field("list", "one of these"),
    "scale": Field("text", "how it is spread", one_of=SCALES),
    "whole": Field("truth", "shares a whole with the others that say so", default=False),
}
KEEP = {
    "measures": Field("list", "names of measures", default=list(HEADLINE)),
    "months": Field("list", "months at which they are kept; by default the last"),
    "courses": Field("truth", "the measures in every month, in months/", default=False),
    "events": Field("truth", "what happened, in events/", default=False),
    "fans": Field("truth", "mean and spread of the measures in every month, in fans/", default=False),
}
STORE = {
    "to": Field("text", "a folder beside this file, or an address such as s3://bucket/folder", default=""),
    "part": Field("whole", "runs in a part", default=200, low=1, high=100_000),
}
ANALYSIS = {
    "wanted": Field("list", "what the report shows; by default what the design allows"),
    "of": Field("list", "columns to analyse; by default every measure in the last month kept"),
    "against": Field("text", "a strategy from which the others differ", default=""),
    "search": Field("list", "tables [[analysis.search]]: what is looked for once the design has run", default=[]),
}


@dataclass(frozen=True, slots=True)
class Until:
    """More replicates, from `least` to `most`, until the mean of `measure` is known within `within` in every row."""

    least: int
    most: int
    measure: str = ""
    within: float = 0.0


@dataclass(frozen=True)
class Description:
    """Everything a study's file says, checked.  `base`: the folder it lies in."""

    file: DataFile
    base: Path
    title: str
    places: tuple[str, ...]
    strategies: tuple[str, ...]
    worldviews: tuple[str, ...]
    people: int | None
    months: int
    until: Until
    seed: int
    seeds: Literal["common", "independent"]
    settings: Settings
    function: Function | None
    kind: str
    size: int
    design_seed: int
    levels: int
    table: Path | None
    sample: Path | None
    practices: tuple[str, ...]
    factors: tuple[Factor, ...]
    measures: tuple[str, ...]
    kept: tuple[int, ...]
    courses: bool
    events: bool
    fans: bool
    to: str
    part: int
    wanted: tuple[str, ...]
    of: tuple[str, ...]
    against: str
    searches: tuple[Search, ...] = ()
    room: bool = False
    left: Mapping[tuple[str, ...], float] = field(default_factory=dict)

    @property
    def data(self) -> Mapping[str, Any]:
        """As it stands in the file."""
        return self.file.data

    @cached_property
    def dummy(self) -> bool:
        """Whether one of the factors does nothing."""
        return any(one.kind == DUMMY for one in self.factors)

    @property
    def rows(self) -> int:
        """How many rows the design has, of kinds other than `table` and `calibrated` before it is made."""
        return rows_in(self.kind, self.factors, self.size, self.levels)

    def columns(self, months: int | None = None) -> list[str]:
        """Names of the columns with what was measured."""
        if self.function is not None:
            return list(self.measures)
        return [f"{name}_m{month}" for name in self.measures for month in self.months_kept(months)]

    def months_kept(self, months: int | None = None) -> tuple[int, ...]:
        """The months at which measures are kept, in runs of this length."""
        last = self.months if months is None else months
        return tuple(one for one in self.kept if one <= last) or (last,)


def read(path: str | Path) -> Description:
    """The study that this file describes."""
    return describe(DataFile(Path(path)))


class Said(DataFile):
    """What a program says instead of a file."""

    def __init__(self, data: Mapping[str, Any], base: Path, name: str = "the study") -> None:
        self.path, self.shown, self.text, self.data, self._lines = base / name, name, "", dict(data), {}

    def where(self, *keys: str | int) -> Where:
        """The field: there are no lines."""
        return Where(self.shown, None, ".".join(str(key) for key in keys) or None)


def of_data(data: Mapping[str, Any], base: Path) -> Description:
    """The same from what such a file says, as a dictionary."""
    return describe(Said(data, base))


def strategy_of(word: str, practices: tuple[str, ...] = (), room: bool = False) -> Strategy:
    """A strategy as one word (user_centred,listening=4), with practices added to what the word says; room: made for
    them, where they need it."""
    base = read_choice(word, files=True).strategy()
    return with_practices(base, [find_strategy(one) for one in practices], room) if practices else base


@contextmanager
def at(file: DataFile, *keys: str | int) -> Iterator[None]:
    """Whatever is wrong here is wrong in this line of the file, unless another file is named."""
    try:
        yield
    except BadInput as error:
        there = error.where.file if isinstance(error.where, Where) else None
        if there is None:
            error.where = file.where(*keys)
        raise


def describe(file: DataFile) -> Description:
    """A study from its file, checked."""
    top = file.read(TOP, skip=SECTIONS)
    runs = _runs(file)
    design = file.read(DESIGN, "design") if "design" in file.data else _missing(file, "design", "[design] kind = ...")
    base = file.path.parent
    places = [_found(file, find_place, name, "places", i) for i, name in enumerate(runs["places"])]
    factors = _factors(file, design, runs, places)
    if design["dummy"]:
        factors.append(Factor(DUMMY, DUMMY, meaning="does nothing"))
    _check_design(file, design, factors)
    keep, store = _section(file, KEEP, "keep"), _section(file, STORE, "store")
    measures, kept = _kept(file, keep, runs)
    found = Description(
        file, base, top["title"], tuple(runs["places"]), tuple(runs["strategies"]), tuple(runs["worldviews"]),
        runs["people"], runs["months"], _until(file, runs, measures), runs["seed"], runs["seeds"], runs["settings"],
        runs["function"], design["kind"], design["size"] or 1, design["seed"], design["levels"],
        base / design["file"] if design["file"] else None, base / design["sample"] if design["sample"] else None,
        tuple(design["practices"]) if design["kind"] == "practices" else (), tuple(factors), measures, kept,
        keep["courses"], keep["events"], keep["fans"], store["to"], store["part"], (), (), "", (), design["room"],
        _left(file, factors, runs["strategies"], runs["settings"]),
    )  # fmt: skip
    return _analysed(file, found)


def _section(file: DataFile, fields: Mapping[str, Field], name: str) -> dict[str, Any]:
    return file.read(fields, name) if name in file.data else {n: one.default for n, one in fields.items()}


def _missing(file: DataFile, name: str, do: str) -> Any:
    raise MissingField(name, meaning=f"a table [{name}]", where=file.where(), do=f"Add {do}")


def _texts(file: DataFile, found: Any, *keys: str) -> list[str]:
    """A list of texts, each once."""
    if not isinstance(found, list) or not found or not all(isinstance(one, str) and one.strip() for one in found):
        raise BadInput(f"'{keys[-1]}' is {str(found)[:60]}", where=file.where(*keys), allowed="a list of texts")
    if len({*found}) < len(found):
        raise BadInput(f"'{keys[-1]}' names something twice", where=file.where(*keys), do="Leave one of them out")
    return [str(one) for one in found]


# --- what is run ------------------------------------------------------------------------------------------------------


def _runs(file: DataFile) -> dict[str, Any]:
    """[runs], with names checked and files of one's own by their full paths."""
    said = file.table("runs") if "runs" in file.data else {}
    loose = [name for name in ("people", "replicates") if not isinstance(said.get(name, 0), int)]
    fields = {name: one for name, one in RUNS.items() if name not in loose}
    found = file.read(fields, "runs", skip=loose) if "runs" in file.data else _section(file, RUNS, "runs")
    found |= {name: said[name] for name in loose}
    if "people" in loose:
        if found["people"] != "real":
            raise BadInput(f"'people' is {str(found['people'])[:40]!r}", where=file.where("runs", "people"),
                           allowed='a whole number, or "real": as many as the place has')  # fmt: skip
        found["people"] = None
    with at(file, "runs", "model"):
        found["function"] = find_function(found["model"]) if found["model"] else None
    if found["function"] is not None:
        for name in ("places", "strategies", "worldviews", "people", "months", "set"):
            if name in said:
                raise BadInput(f"'{name}' means nothing to a function of one's own", where=file.where("runs", name),
                               do="Leave it out")  # fmt: skip
        return found | {"places": [], "strategies": [], "worldviews": [], "settings": Settings()}
    usual = {"places": ["dublin"], "strategies": [], "worldviews": ["evidence"]}
    for name, default in usual.items():
        found[name] = _texts(file, found[name], "runs", name) if found[name] is not None else default
    with at(file, "runs", "set"):
        if not all(isinstance(one, str) for one in found["set"]):
            raise BadInput(f"'set' is {str(found['set'])[:60]}", allowed='texts such as "contact=0"')
        found["settings"] = read_settings(found["set"], "")
        for name in found["settings"].own:
            raise BadInput(f"'{name}' is a lever of one strategy", do="Name it there: user_centred,listening=4")
    for kind, names in (("place", "places"), ("worldview", "worldviews")):
        with at(file, "runs", names):
            found[names] = [_beside(file, kind, one) for one in found[names]]
    with at(file, "runs", "strategies"):
        found["strategies"] = [_choice(file, one) for one in found["strategies"]]
    return found


def _beside(file: DataFile, kind: str, name: str) -> str:
    """A known name however it is written; a file by its full path, as it lies beside the study's file."""
    return str((file.path.parent / name).resolve()) if is_file(kind, name) else known_name(kind, name)


def _choice(file: DataFile, text: str) -> str:
    """A strategy as one word, files by their full paths."""
    name, *rest = (part.strip() for part in text.split(","))
    names = [str((file.path.parent / one).resolve()) if is_file("strategy", one) else one for one in parts(name)]
    return str(read_choice(",".join(["+".join(names), *rest]), files=True))


def _found(file: DataFile, find: Any, name: str, key: str, i: int) -> Any:
    with at(file, "runs", key):
        return find(name)


def _until(file: DataFile, runs: Mapping[str, Any], measures: Sequence[str]) -> Until:
    """How many replicates there are, or from how many to how many."""
    said = runs["replicates"]
    if isinstance(said, int):
        return Until(said, said)
    if not isinstance(said, dict):
        raise BadInput(f"'replicates' is {str(said)[:40]!r}", where=file.where("runs", "replicates"),
                       allowed='a number, or { least = 4, most = 64, until = "secure_people within 20" }')  # fmt: skip
    read = file.read(REPLICATES, "runs", "replicates")
    name, _, number = read["until"].partition(" within ")
    with at(file, "runs", "replicates", "until"):
        try:
            within = float(number)
        except ValueError:
            within = 0.0
        if not 0 < within < float("inf"):
            raise BadInput(f"'until' is '{read['until'][:60]}'", allowed="MEASURE within NUMBER")
        if name not in measures:
            raise UnknownName("measure that is kept", name[:60], measures)
        if read["most"] < read["least"]:
            raise OutOfRange("most", read["most"], read["least"], MOST_REPLICATES)
    return Until(read["least"], read["most"], name, within)


# --- what varies ------------------------------------------------------------------------------------------------------


def _factors(file: DataFile, design: Mapping[str, Any], runs: dict[str, Any], places: Sequence[Place]) -> list[Factor]:
    """The factors of [vary], and those that the design has of itself; `runs` loses what has become a factor."""
    named = list(file.table("vary")) if "vary" in file.data else []
    if design["kind"] == "practices":
        if named or runs["function"] is not None:
            raise BadInput("Practices are what varies", where=file.where("vary"), do="Leave [vary] out")
        return _practices(file, design, runs)
    if design["kind"] == "calibrated":
        if named or len(places) != 1:
            raise BadInput("Parameter sets are drawn for one place, and they are what varies",
                           where=file.where("vary" if named else "runs"), do="Drop [vary], name a place")  # fmt: skip
        _with_strategies(file, runs)
        return []
    if not named and design["kind"] != "one_at_a_time":
        raise MissingField("vary", meaning="a table [vary]: what varies", where=file.where("design"),
                           do="Add [vary] and, below it, contact = {}")  # fmt: skip
    for name in ("strategy", "worldview"):
        if name in named and runs["function"] is None:
            plural = "strategies" if name == "strategy" else "worldviews"
            if plural in file.data.get("runs", {}):
                raise BadInput(f"'{name}' varies, and [runs] names {plural}", where=file.where("vary", name),
                               do="Leave one of the two out")  # fmt: skip
            runs[plural] = []
    if runs["function"] is None and "strategy" not in named:
        _with_strategies(file, runs)
    found = [_factor(file, name, runs, places) for name in named]
    shares = [one.name for one in found if file.data["vary"][one.name].get("whole")]
    return [replace(one, shares=_shares(file, one, shares)) if one.name in shares else one for one in found]


def _with_strategies(file: DataFile, runs: Mapping[str, Any]) -> None:
    """No design but one in which the strategy varies can do without."""
    if not runs["strategies"]:
        raise MissingField("strategies", meaning="names of strategies", where=file.where("runs"),
                           do='Add strategies = ["carrier"]')  # fmt: skip


def _practices(file: DataFile, design: Mapping[str, Any], runs: Mapping[str, Any]) -> list[Factor]:
    names = _texts(file, design["practices"], "design", "practices")
    if len(names) > 12:
        raise BadInput(f"{len(names)} practices are {2 ** len(names):,} combinations", allowed="at most 12",
                       where=file.where("design", "practices"))  # fmt: skip
    _with_strategies(file, runs)
    found = []
    for name in names:
        with at(file, "design", "practices"):
            practice = find_strategy(_beside(file, "strategy", name))
            if not practice.changes:
                raise BadInput(f"'{name}' is no practice", allowed=", ".join(PRACTICES))
        found.append(Factor(_beside(file, "strategy", name), PRACTICE, values=(0.0, 1.0), meaning=practice.title))
    return found


def _factor(file: DataFile, name: str, runs: Mapping[str, Any], places: Sequence[Place]) -> Factor:
    """One line of [vary]."""
    said, keys = file.read(VARY, "vary", name), ("vary", name)
    with at(file, *keys):
        if name == DUMMY or name.startswith("u_"):
            raise BadInput(f"'{name}' is a name of our own", do="Write dummy = true under [design]")
        if runs["function"] is not None:
            usual = Factor(name, FREE, float("nan"), float("nan"))
        elif name in ("strategy", "worldview"):
            return _choices(file, name, said)
        elif own_lever(name)[2] in load_levers():
            usual = lever_factor(name)
            _check_owner(name, runs)
        elif "." not in name and name in load_quantities():
            usual = parameter_factor(name, places) if said["low"] is said["high"] is said["values"] is None else Factor(
                name, PARAMETER, unit=find_quantity(name).unit, meaning=find_quantity(name).meaning)  # fmt: skip
        else:
            raise UnknownName("lever or parameter", name[:60], [*load_levers(), *load_quantities()])
    if name in runs["settings"].by_name:
        raise BadInput(f"'{name}' varies and is set", where=file.where(*keys), do="Leave one of the two out")
    return _ranged(file, usual, said)


def _ranged(file: DataFile, usual: Factor, said: Mapping[str, Any]) -> Factor:
    """The factor with the range, values and scale that the file gives."""
    keys = ("vary", usual.name)
    low, high, scale = said["low"], said["high"], said["scale"]
    if said["values"] is not None:
        if low is not None or high is not None or scale is not None or said["whole"]:
            raise BadInput("'values' stand alone", where=file.where(*keys), do="Leave low, high, scale and whole out")
        return replace(usual, values=_values(file, usual, said["values"]))
    if said["whole"]:
        if low is not None or high is not None or scale is not None:
            raise BadInput("What shares a whole has no range of its own", where=file.where(*keys),
                           do="Leave low, high and scale out")  # fmt: skip
        return usual
    if (low is None) != (high is None) and usual.kind != LEVER:
        raise MissingField(
            "low" if low is None else "high", meaning="low and high go together", where=file.where(*keys)
        )
    if low is None and high is None and usual.low != usual.low:
        raise MissingField("low", meaning="a function's factor has low and high, or values", where=file.where(*keys))
    low, high = usual.low if low is None else low, usual.high if high is None else high
    if not low < high:
        raise BadInput(f"low is {low:g} and high is {high:g}", where=file.where(*keys), allowed="low < high")
    for end, key in ((low, "low"), (high, "high")):
        _possible(file, usual, end, *keys, key)
    moved = (low, high) != (usual.low, usual.high)
    if scale == "log" and low <= 0:
        raise BadInput(f"'scale' is log and low is {low:g}", where=file.where(*keys), allowed="low above 0")
    if scale == "triangular" and moved:
        raise BadInput("A triangular range is that of the evidence", where=file.where(*keys),
                       do="Leave low and high out, or write scale = \"linear\"")  # fmt: skip
    scale = scale or ("linear" if moved else usual.scale)
    counted = usual.counted or (usual.kind == PARAMETER and _is_counted(usual.name))
    return replace(usual, low=low, high=high, scale=scale, counted=counted, values=() if moved else usual.values)


def _is_counted(name: str) -> bool:
    return is_counted(find_quantity(name).unit)


def _values(file: DataFile, usual: Factor, values: list[Any]) -> tuple[float, ...]:
    keys = ("vary", usual.name, "values")
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) < len(values) or len({*numbers}) < max(len(numbers), 2):
        raise BadInput(f"'values' is {str(values)[:60]}", where=file.where(*keys),
                       allowed="at least two numbers, each once")  # fmt: skip
    for one in numbers:
        _possible(file, usual, one, *keys)
    return tuple(float(one) for one in numbers)


def _possible(file: DataFile, factor: Factor, value: float, *keys: str) -> None:
    """BadInput unless a run could have it."""
    if not -1e300 < value < 1e300:
        raise BadInput(f"'{factor.name}' is {value}", where=file.where(*keys), allowed="a finite number")
    with at(file, *keys):
        if factor.kind == LEVER:
            check_lever(own_lever(factor.name)[2], value)
        elif factor.kind == PARAMETER:
            check_value(find_quantity(factor.name), value)


def _choices(file: DataFile, name: str, said: Mapping[str, Any]) -> Factor:
    """Strategy or worldview as a factor."""
    keys = ("vary", name, "values")
    if said["values"] is None or any(said[one] is not None for one in ("low", "high", "scale")) or said["whole"]:
        raise BadInput(f"'{name}' varies among names", where=file.where("vary", name), allowed="values = [...]")
    names = _texts(file, said["values"], *keys)
    with at(file, *keys):
        found = [_choice(file, one) if name == "strategy" else _beside(file, name, one) for one in names]
        for one in found if name == "worldview" else ():
            find_worldview(one)
        if len(found) < 2:
            raise BadInput(f"'{name}' does not vary", allowed="two names or more")
    return Factor(name, CHOICE, values=tuple(found), unit="", meaning=f"which {name}")


def _check_owner(name: str, runs: Mapping[str, Any]) -> None:
    """A lever of one strategy needs that strategy; one of all must not be set in a choice, too."""
    strategy, phase, lever = own_lever(name)
    choices = [read_choice(one, files=True) for one in runs["strategies"]]
    if strategy:
        meant = [one for one in choices if one.called == strategy]
        if not meant:
            raise BadInput(
                f"'{strategy}' is not among the strategies", allowed=", ".join(one.called for one in choices)
            )
        inside = lever if phase is None else f"phase{phase}.{lever}"
        phases_with(meant[0].strategy(), {inside: load_levers()[lever].rest})
    elif phase is not None:
        raise BadInput(f"'{name}' does not say whose phase", do=f"Write STRATEGY.{name}")
    else:
        check_set_once(choices, {lever: 0.0})


# --- shares of a whole ------------------------------------------------------------------------------------------------


def _shares(file: DataFile, factor: Factor, names: Sequence[str]) -> tuple[str, ...]:
    """With which others it shares a whole."""
    keys = ("vary", factor.name, "whole")
    whole = next((group for group in WHOLES if factor.name in group), None)
    if factor.kind != LEVER or whole is None:
        allowed = ", ".join(name for group in WHOLES for name in group)
        raise BadInput(f"'{factor.name}' shares no whole", where=file.where(*keys), allowed=allowed)
    return tuple(name for name in names if name in whole)


def _left(
    file: DataFile, factors: Sequence[Factor], strategies: Sequence[str], settings: Settings
) -> dict[tuple[str, ...], float]:
    """How much of each whole all strategies leave to the factors that share it."""
    found = {}
    names = strategies or [str(word) for one in factors if one.name == "strategy" for word in one.values]
    for group in dict.fromkeys(one.shares for one in factors if one.shares):
        whole = next(names_of for names_of in WHOLES if group[0] in names_of)
        most = 1.0
        for name in names:
            strategy = read_choice(name, files=True).strategy()
            if strategy.name == NOBODY:
                continue
            for _, levers in strategy.settings(dict.fromkeys(group, 0.0) | settings.levers):
                taken = sum(levers[one] for one in whole if one not in group)
                most = min(most, 1.0 - taken)
            if most <= 0:
                raise BadInput(f"{strategy.title} leaves nothing of the whole of {', '.join(whole)}",
                               where=file.where("vary", group[0]), do="Vary its other shares, too")  # fmt: skip
        found[group] = round(most, 12)
    return found


# --- design, what is kept, what is asked ------------------------------------------------------------------------------


def _check_design(file: DataFile, design: Mapping[str, Any], factors: Sequence[Factor]) -> None:
    kind, size = design["kind"], design["size"]
    if kind in (*SAMPLED, "calibrated") and size is None:
        raise MissingField("size", meaning=DESIGN["size"].meaning, where=file.where("design"))
    if kind not in (*SAMPLED, "calibrated") and size is not None:
        raise BadInput(f"A design of kind {kind} has no size", where=file.where("design", "size"), do="Leave it out")
    if kind in GIVEN and design["dummy"]:
        raise BadInput(f"A design of kind {kind} has no dummy", where=file.where("design", "dummy"), do="Leave it out")
    if kind == "morris" and design["levels"] % 2:
        raise BadInput(f"'levels' is {design['levels']}", where=file.where("design", "levels"), allowed="even numbers")
    for name, of in (("file", "table"), ("sample", "calibrated"), ("room", "practices")):
        if design[name] and kind != of:
            raise BadInput(f"'{name}' is of a design of kind {of}", where=file.where("design", name), do="Leave it out")
    if kind == "table" and not design["file"]:
        raise MissingField("file", meaning=DESIGN["file"].meaning, where=file.where("design"))
    if design["file"] and not (file.path.parent / design["file"]).is_file():
        raise BadInput(f"There is no file '{design['file'][:60]}' beside this one", where=file.where("design", "file"))
    if kind == "one_at_a_time" and any(one.shares for one in factors):
        raise BadInput(
            "One factor alone shares no whole", where=file.where("design", "kind"), allowed=", ".join(SAMPLED)
        )
    if kind == "sobol" and len(factors) > 10_000:
        raise BadInput(f"{len(factors):,} factors", where=file.where("vary"), allowed="at most 10,000")
    rows = rows_in(kind, factors, size or 1, design["levels"])
    if rows > MOST_ROWS:
        raise BadInput(f"The design has {rows:,} rows", where=file.where("design"), allowed=f"at most {MOST_ROWS:,}")


def _kept(file: DataFile, keep: Mapping[str, Any], runs: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Measures, and months; no months: the last one."""
    function = runs["function"]
    if function is not None:
        for name in ("months", "courses", "events", "fans", "measures"):
            if name in file.data.get("keep", {}):
                raise BadInput(f"'{name}' means nothing to a function of one's own", where=file.where("keep", name),
                               do="Leave it out: what it gives is kept")  # fmt: skip
        return tuple(function.measures), ()
    measures = _texts(file, keep["measures"], "keep", "measures")
    with at(file, "keep", "measures"):
        columns(measures)
    if keep["months"] is None:
        return tuple(measures), ()
    where = file.where("keep", "months")
    if not keep["months"] or any(type(one) is not int for one in keep["months"]):
        raise BadInput(f"'months' is {str(keep['months'])[:60]}", where=where, allowed="whole numbers in a list")
    for one in keep["months"]:
        if not 0 <= one <= runs["months"]:
            raise OutOfRange("months", one, 0, runs["months"], where=where)
    return tuple(measures), tuple(sorted({*keep["months"]}))


def _analysed(file: DataFile, found: Description) -> Description:
    """With what is to be analysed."""
    said = _section(file, ANALYSIS, "analysis")
    usual = {"sobol": ("sobol",), "morris": ("morris",), "practices": ("shapley",)}.get(found.kind, ("robustness",))
    wanted = usual if said["wanted"] is None else _texts(file, said["wanted"], "analysis", "wanted")
    for one in wanted:
        if one not in ANALYSES:
            raise UnknownName("analysis", one[:60], ANALYSES, where=file.where("analysis", "wanted"))
        needs = {"shapley": "practices"}.get(one, one if one in ("sobol", "morris") else found.kind)
        if needs != found.kind:
            raise BadInput(f"'{one}' needs a design of kind {needs}", where=file.where("analysis", "wanted"),
                           do="Change the kind, or leave it out")  # fmt: skip
    every = found.columns()
    last = [f"{name}_m{found.months_kept()[-1]}" for name in found.measures] if found.function is None else every
    of = last if said["of"] is None else _texts(file, said["of"], "analysis", "of")
    for one in of:
        if one not in every:
            raise UnknownName("column", one[:60], every, where=file.where("analysis", "of"))
    against = said["against"]
    if against and against not in found.strategies:
        raise UnknownName("strategy of this study", against[:60], found.strategies,
                          where=file.where("analysis", "against"))  # fmt: skip
    found = replace(found, wanted=tuple(wanted), of=tuple(of), against=against)
    return replace(found, searches=read_searches(file, found, len(said["search"])))


def shown_size(found: Description) -> str:
    """In words: what is in a study before it is run."""
    people = "as many people as the place has" if found.people is None else f"{found.people:,} people"
    what = f"{found.kind}, {several(found.rows, 'row')}, {several(len(found.factors), 'factor')}"
    return what if found.function else f"{what}; {people}, {several(found.months, 'month')}"
