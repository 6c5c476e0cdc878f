"""Results as tidy tables, and how they are written: whole or not at all.

    months   scenario, seed, set, month, measure, stratum, value     one row for each number; money in EUR
    events   scenario, seed, month, event, provider, amount, unit
    runs     one row for each run, failed ones included: who, what, where, how big, set, parameters, versions, hash
    flows    who moved where (runs/flows.py); only on request

`control_of` lists the scenarios that a run is a control of (runs/controls.py), as JSON.
`people` is how many were simulated, `asked_people` what was asked for (null: as many as the place has), as in the
hash: `Scenario.from_row` of a row of `runs` is the same run again.
`set` is the number of the plausible parameter set (scenarios/plausible.py), null where none was drawn.
`hash` names everything that determines a run's digits: levers, parameters, the place's groups and figures given by
year, people, months, seed, length of the burn-in and the text of the rules.  Versions of Python, NumPy or Numba and the
machine are recorded beside it but are not part of it: rules use only arithmetic that IEEE 754 fixes
(engine/arithmetic.py), and tests hold them to the same digits compiled and interpreted.  So the same run has the same
hash everywhere, and the same hash means the same digits.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from agents.provider import OBSTACLES
from engine.errors import BadInput, NoRoom
from engine.shown import card
from engine.typed import several
from engine.whole_file import whole_file, whole_folder
from evidence.strata import MOST_GROUPS
from model.measures import MEASURES, STRATA
from model.state import BURN_IN, EVENTS, FOUND, LEDGER
from runs.flows import FLOWS, flows_of
from runs.running import Run
from scenarios.edition import rules_hash
from scenarios.places import RATES
from scenarios.scenario import MONTHS as LENGTH
from scenarios.scenario import Scenario

LIBRARIES = ("unfreeze", "numpy", "numba", "polars")
MARKER = "runs.parquet"  # a folder with this file in it is one of ours
FOLDER = "unfreeze-results"
# All that commands write into such a folder; anything else in it is somebody's own and is never removed.
OURS = frozenset({
    "months.parquet", "events.parquet", MARKER, "flows.parquet", "people.parquet", "comparison.png", "comparison.svg",
    "levers.png", "levers.svg", "slides.html", "worldviews.png", "worldviews.svg", "verdicts.parquet", "report.html",
    "persons.parquet", "before.parquet", "tables.parquet", "patterns.parquet", "replicates.parquet", "patterns.png",
    "patterns.svg",
})  # fmt: skip
DEFAULT_WORLD = "evidence"
EVERYBODY = "all"
WORDS = pl.String()

MONTHS = {"scenario": WORDS, "seed": pl.Int64(), "set": pl.Int32(), "month": pl.Int32(), "measure": WORDS,
          "stratum": WORDS, "value": pl.Float64()}  # fmt: skip
HAPPENED = {"scenario": WORDS, "seed": pl.Int64(), "month": pl.Int32(), "event": WORDS, "provider": pl.Int32(),
            "amount": pl.Float64(), "unit": WORDS}  # fmt: skip
RUNS = {"scenario": pl.String(), "control_of": pl.String(), "strategy": pl.String(), "world": pl.String(),
        "place": pl.String(), "people": pl.Int64(), "asked_people": pl.Int64(),
        "scale": pl.Float64(), "months": pl.Int32(), "seed": pl.Int64(),
        "set": pl.Int32(), "levers": pl.String(), "parameters": pl.String(), "groups": pl.String(),
        "paths": pl.String(), "versions": pl.String(), "hash": pl.String(), "status": pl.String(), "error": pl.String(),
        "seconds": pl.Float64()}  # fmt: skip

# What an event's amount counts, in the order of model.state.EVENTS.
UNITS = {
    "award": "EUR", "opens places": "places", "converts beds": "beds", "beds close": "beds", "emergency beds": "beds",
    "taken over": "places", "refused": "places", "discontinued": "places", "restarted": "places", "listening": "EUR",
    "obstacle found": "obstacle", "acted on": "", "tokenism": "", "fake detected": "", "payment held": "EUR",
    "beds open": "beds", "places close": "places",
}  # fmt: skip
IN_MONEY = np.array([UNITS[event] == "EUR" for event in EVENTS])
EVENT_NAMES = pl.Series(EVENTS, dtype=WORDS)
EVENT_UNITS = pl.Series([*(UNITS[event] for event in EVENTS), *OBSTACLES], dtype=WORDS)  # obstacles by their names

COLUMNS = (*MEASURES.fields, *LEDGER.fields)  # of one run's numbers


@dataclass(frozen=True)
class Results:
    """Tidy tables (see above); `flows` has no rows unless somebody asked for them."""

    months: pl.DataFrame
    runs: pl.DataFrame
    events: pl.DataFrame
    flows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FLOWS))

    def __repr__(self) -> str:
        return f"<Results of {several(self.runs.height, 'run')}: {', '.join(self.runs['scenario'].unique().sort())}>"

    def _repr_html_(self) -> str:
        tables = {"months": self.months, "runs": self.runs, "events": self.events, "flows": self.flows}
        counted = self.runs.group_by("scenario", "status", maintain_order=True).len().rows()
        return card(f"Results of {several(self.runs.height, 'run')}",
                    [(name, f"{several(table.height, 'row')}: {', '.join(table.columns)}")
                     for name, table in tables.items()], ("scenario", "status", "runs"), counted)  # fmt: skip

    @classmethod
    def of(cls, runs: Sequence[Run], keep: Collection[str] | None = None, flows: bool = False) -> Results:
        """The tables of these runs; `keep` limits `months` to some measures."""
        return cls(
            _stacked([months_of(run, keep) for run in runs], MONTHS),
            pl.DataFrame([manifest(run) for run in runs], schema=RUNS, orient="row"),
            _stacked([events_of(run) for run in runs], HAPPENED),
            _stacked([flows_of(run) for run in runs if flows], FLOWS),
        )

    @classmethod
    def together(cls, parts: Iterable[Results]) -> Results:
        """Several results as one."""
        parts = list(parts)
        return cls(
            _stacked([part.months for part in parts], MONTHS),
            _stacked([part.runs for part in parts], RUNS),
            _stacked([part.events for part in parts], HAPPENED),
            _stacked([part.flows for part in parts], FLOWS),
        )


def measures() -> dict[str, tuple[str, str]]:
    """(meaning, unit) of every measure in `months`: what the model measures, then the ledger's lines."""
    found = {}
    for name, one in MEASURES.fields.items():
        measure, stratum = STRATA.get(name, (name, EVERYBODY))
        if stratum == EVERYBODY:
            found[measure] = (one.meaning, one.unit)
    return found | {name: (f"{name.split('_')[0]}: {f.meaning}", "EUR a month") for name, f in LEDGER.fields.items()}


def months_of(run: Run, keep: Collection[str] | None = None) -> pl.DataFrame:
    """One run's numbers, tidy; empty unless it is done."""
    if run.measured is None or run.ledger is None:
        return pl.DataFrame(schema=MONTHS)
    rows = len(run.measured)
    titles = tuple(group.title for group in run.scenario.groups)
    about = _about(None if keep is None else frozenset(keep), rows, titles)
    return pl.DataFrame(
        {
            "scenario": pl.repeat(run.scenario.label, rows * len(about.columns), dtype=WORDS, eager=True),
            "seed": pl.repeat(run.scenario.seed, rows * len(about.columns), dtype=pl.Int64(), eager=True),
            "set": pl.repeat(run.scenario.set_number, rows * len(about.columns), dtype=pl.Int32(), eager=True),
            "month": about.month,
            "measure": about.measure,
            "stratum": about.stratum,
            "value": numbers(run, about.columns).T.ravel(),
        },
        schema=MONTHS,
    )


def numbers(run: Run, columns: Sequence[int]) -> np.ndarray:
    """What a run that is done measured: (months + 1, columns), money in EUR; columns by their place in COLUMNS."""
    assert run.measured is not None
    assert run.ledger is not None
    found = np.empty((len(run.measured), len(columns)))
    for i, column in enumerate(columns):
        name = COLUMNS[column]
        found[:, i] = run.measured[name] if column < len(MEASURES.fields) else run.ledger[name] / 100.0
    return found


class _About(NamedTuple):
    """What the rows of one run's `months` are about, the same for every run of a length."""

    columns: list[int]  # of COLUMNS
    month: pl.Series
    measure: pl.Series
    stratum: pl.Series


def _strata() -> list[tuple[str, str]]:
    """(measure, stratum) of each of COLUMNS."""
    return [STRATA.get(name, (name, EVERYBODY)) for name in COLUMNS]


@lru_cache(maxsize=16)
def _about(keep: frozenset[str] | None, rows: int, titles: tuple[str, ...] = ()) -> _About:
    """For runs of `rows` months, month 0 included; `keep` limits measures.  titles: of the place's groups, which are
    strata of their own; groups that it does not have are left out."""
    groups = {f"group {number}": title for number, title in enumerate(titles, 1)}
    told = [(measure, groups.get(stratum, stratum)) for measure, stratum in _strata()]
    left_out = {f"group {number}" for number in range(1, MOST_GROUPS + 1)} - set(groups)
    columns = [
        i for i, (measure, stratum) in enumerate(_strata())
        if (keep is None or measure in keep) and stratum not in left_out
    ]  # fmt: skip
    each = pl.Series(np.repeat(np.array(columns, np.int64), rows))
    month = pl.Series(np.tile(np.arange(rows, dtype=np.int32), len(columns)))
    measure, stratum = (pl.Series(names, dtype=WORDS).gather(each) for names in zip(*told, strict=True))
    return _About(columns, month, measure, stratum)


def events_of(run: Run) -> pl.DataFrame:
    """What happened in one run from month 1 on; empty unless it is done."""
    if run.events is None:
        return pl.DataFrame(schema=HAPPENED)
    kind, amount = run.events["kind"].astype(np.int64), run.events["amount"]
    obstacle = kind == FOUND
    unit = np.where(obstacle, len(EVENTS) + np.where(obstacle, amount, 0), kind)  # a row of EVENT_UNITS
    return pl.DataFrame(
        {
            "scenario": pl.repeat(run.scenario.label, len(kind), dtype=WORDS, eager=True),
            "seed": pl.repeat(run.scenario.seed, len(kind), dtype=pl.Int64(), eager=True),
            "month": run.events["month"].astype(np.int32) - BURN_IN + 1,
            "event": EVENT_NAMES.gather(kind),
            "provider": run.events["provider"].astype(np.int32),
            "amount": np.where(IN_MONEY[kind], amount / 100.0, amount),
            "unit": EVENT_UNITS.gather(unit),
        },
        schema=HAPPENED,
    )


def manifest(run: Run) -> dict[str, Any]:
    """One row of `runs`: enough to run it again, to the digit."""
    one = run.scenario
    parts = _parts(one)
    return {
        "scenario": one.label, "control_of": _json(one.control_of), "strategy": one.strategy.name,
        "world": one.worldview.name, "place": one.place.name,
        "people": run.people or one.people, "asked_people": one.people,
        "scale": one.scale, "months": one.months, "seed": one.seed,
        "set": one.set_number,
        "levers": parts["levers"], "parameters": parts["parameters"], "groups": parts["groups"],
        "paths": parts["paths"],
        "versions": _json(versions()), "hash": _hash(parts),
        "status": run.status, "error": run.error, "seconds": run.seconds,
    }  # fmt: skip


def determined_by(scenario: Scenario) -> dict[str, Any]:
    """Everything that determines a run's digits, as plain data."""
    return {name: json.loads(text) for name, text in _parts(scenario).items()}


def run_hash(scenario: Scenario) -> str:
    """A name for a run's digits, the same on every machine."""
    return _hash(_parts(scenario))


def _parts(scenario: Scenario) -> dict[str, str]:
    """Everything that determines a run's digits, each thing as JSON; names in order."""
    row = scenario.parameters()
    phases: list[dict[str, Any]] = [{"from": begins, **levers} for begins, levers in scenario.phases]
    for begins, others in scenario.others:  # phases after the programme's end are those of others alone
        there = next((one for one in phases if one["from"] == begins), None)
        if there is None:
            phases.append(there := {"from": begins})
        there["others"] = others
    return {
        "burn_in": _json(BURN_IN),
        "groups": _json([dict(zip(("share", *RATES), group.numbers, strict=True)) for group in scenario.groups]),
        "levers": _json(phases),
        "months": _json(scenario.months),
        "parameters": _named(row.dtype.names or (), row.tobytes()),
        "paths": _json({name: list(path) for name, path in sorted(scenario.place.paths.items())}),
        "people": _json(scenario.people),
        "rules": _json(rules_hash()),
        "seed": _json(scenario.seed),
    }


@lru_cache(maxsize=1024)
def _named(names: tuple[str, ...], row: bytes) -> str:
    """One row of numbers as JSON: kept, because all replicates in one world have the same."""
    return _json(dict(zip(names, np.frombuffer(row).tolist(), strict=True)))


def _hash(parts: dict[str, str]) -> str:
    whole = "{" + ",".join(f'"{name}":{text}' for name, text in sorted(parts.items())) + "}"
    return hashlib.blake2b(whole.encode(), digest_size=12).hexdigest()


@cache
def versions() -> dict[str, str]:
    """Versions of ours, of Python and of the libraries that compute; and the machine."""
    found = {"python": platform.python_version(), "machine": f"{sys.platform} {platform.machine()}"}
    for library in LIBRARIES:
        try:
            found[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:  # run from a folder without being installed
            found[library] = "not installed"
    return found


def write_tables(results: Results, folder: Path) -> list[str]:
    """Write `months.parquet`, `events.parquet`, `runs.parquet` and, if there are any, `flows.parquet` into an existing
    folder; returns their names.

    The files' own metadata hold the version, and for `months` meaning and unit of every measure (JSON, key "measures").
    """
    about = {"unfreeze": _json(versions())}
    labelled = {name: {"meaning": meaning, "unit": unit} for name, (meaning, unit) in measures().items()}
    tables = {
        "months.parquet": (results.months, about | {"measures": _json(labelled)}),
        "events.parquet": (results.events, about | {"units": _json(UNITS)}),
        MARKER: (results.runs, about),
    }
    if not results.flows.is_empty():
        tables["flows.parquet"] = (results.flows, about | {"units": _json({"people": "people"})})
    for name, (table, metadata) in tables.items():
        write_table(table, folder / name, metadata)
    return list(tables)


def write_table(table: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    """One Parquet file, whole or not at all."""
    with whole_file(path, "wb") as file:
        table.write_parquet(file, metadata=metadata or {}, compression="zstd")


@contextmanager
def results_folder(path: str | Path | None) -> Iterator[Path | None]:
    """`whole_folder` for results: it takes no folder's place that holds anything but results, nor the one we are in.

    Entered before the runs, so that a bad place is said before anybody waits.  None writes nothing and gives None.
    """
    if path is None:
        yield None
        return
    path = Path(path).absolute()
    if Path.cwd().is_relative_to(path):
        raise BadInput(f"'{path}' is the folder you are in, or above it", do="Name a folder inside it")
    strange = sorted(entry.name for entry in path.iterdir() if entry.name not in OURS) if path.is_dir() else []
    if strange and (path / MARKER).is_file():
        raise BadInput(f"The folder '{path}' holds earlier results and also '{strange[0]}', which is not one of ours",
                       do="Move it away, or choose another folder")  # fmt: skip
    new = not path.parent.exists()
    try:
        with whole_folder(path, MARKER) as part:
            yield part
    except BaseException as error:
        if new:
            with suppress(OSError):  # only if it is empty
                path.parent.rmdir()
        if isinstance(error, NoRoom):  # while writing one of the files inside
            raise NoRoom(path) from error
        raise


def folder_name(scenarios: Sequence[Scenario], command: str, sets: int = 0) -> str:
    """Where results go unless somebody says otherwise: what was run, where, with which seed, and what is unusual.

    scenarios: what somebody asked for, all of one place, size, length, seed and settings.  sets: how many plausible
    parameter sets each is run in.
    """
    one = scenarios[0]
    strategies = list(dict.fromkeys(scenario.strategy.name for scenario in scenarios))
    worlds = list(dict.fromkeys(scenario.worldview.name for scenario in scenarios))
    few = len(strategies) <= 3
    parts = [] if few and command == "compare" else [command]
    parts += strategies if few else [f"{len(strategies)}strategies"]
    parts += [one.place.name]
    parts += [] if len(worlds) > 1 or worlds == [DEFAULT_WORLD] else worlds
    parts += [] if one.people is None else [f"{one.people}people"]
    parts += [] if one.months == LENGTH else [f"{one.months}months"]
    parts += [f"seed{one.seed}"]
    parts += [f"{sets}sets"] if sets else []
    settings = {**one.settings.levers, **one.settings.parameters}
    parts += (
        [f"{name}={value:g}" for name, value in settings.items()]
        if len(settings) <= 2
        else ["set-" + hashlib.blake2b(_json(settings).encode(), digest_size=3).hexdigest()]
    )
    return (Path(FOLDER) / "-".join(parts)).as_posix()


def _stacked(tables: list[pl.DataFrame], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.concat(tables) if tables else pl.DataFrame(schema=schema)


def _json(value: Any) -> str:
    """JSON with names in order and numbers to the last digit: the same text for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
