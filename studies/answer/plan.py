"""The plan of the answer (plan.toml): who may do what, where, in how many worlds, and in which words it is told.

Nothing here runs anything.  Search, judge and page read it, the tables of docs/plan.md are made from it, and tests hold
both to it; a number that is in no line of it is in no answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from evidence.data_file import DataFile
from evidence.quantities import find_quantity
from scenarios.levers import GRANT_SHARES, load_levers
from scenarios.strategy import Strategy

FILE = Path(__file__).parent / "plan.toml"
PLAN_PAGE, PAGE = "docs/plan.md", "docs/answer.md"
USERS, FUNDER, NOBODY_LEADS = CAMPS = ("users", "funder", "nobody")
HYBRID, CONTROL = "hybrid", "control"
LOTTERY = "lottery"
LOGARITHMIC = ("grants_per_provider",)  # levers that are tried evenly in their logarithm
FIXED = ("budget", "start", "duration", "share_top_up", "share_homes")  # equal in all arms, or the controls' own
NOTHING, HOMES, PLACES = "nothing", "homes", "places"
SIGNS = ("ahead", "behind", "same", "open")

Bounds = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Camp:
    """Who leads, as bounds of levers.  `shipped` stands for it as it ships; other texts are its names in sentences."""

    name: str
    title: str
    who: str
    leads: str
    lead: str
    shipped: str
    bounds: Bounds

    def holds(self, levers: Mapping[str, float]) -> bool:
        """Whether these levers of one phase lie in its bounds."""
        return all(low <= levers[name] <= high for name, (low, high) in self.bounds.items())


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is run: in full, or quickly to see that it runs.  `training` worlds are shared out among the places."""

    places: tuple[str, ...]
    number: int
    block: int
    replicates: int
    people: int
    seed: int
    cases: int
    cases_replicates: int
    trials: int
    startup: int
    at_once: int
    training: int
    training_replicates: int
    training_seed: int
    sampler: int
    critic: int
    quick: bool

    @property
    def blocks(self) -> int:
        """Of worlds, in each place."""
        return -(-self.number // self.block)


@cache
def plan() -> Mapping[str, Any]:
    """The whole file."""
    return DataFile(FILE).data


@cache
def digest_of_plan() -> str:
    """A name for all that the plan says, but for the seconds that were measured."""
    said = {name: part for name, part in plan().items() if name != "measured"}
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=12).hexdigest()


@cache
def camps() -> Mapping[str, Camp]:
    """The three camps, by name."""
    return {
        name: Camp(name, **{**plan()["camps"][name], "bounds": _spans(plan()["camps"][name]["bounds"])})
        for name in CAMPS
    }


def free() -> Bounds:
    """The levers that every camp may move, and how far; not those that share a whole."""
    return _spans({name: span for name, span in plan()["free"].items() if name != "shared"})


def shared() -> Mapping[str, tuple[str, ...]]:
    """Levers whose weights are shared out."""
    return {name: tuple(names) for name, names in plan()["free"]["shared"].items()}


def bounds_of(camp: str) -> Bounds:
    """Every lever that a search in this camp may move by itself: what is free to all, within the camp's own bounds."""
    own = camps()[camp].bounds
    found = {name: own.get(name, span) for name, span in free().items()}
    return {name: span for name, span in {**own, **found}.items() if span[0] < span[1]}


def at_bound(camp: str) -> dict[str, float]:
    """Levers that the camp's bounds leave no choice in."""
    return {name: low for name, (low, high) in camps()[camp].bounds.items() if low == high}


def camp_of(strategy: Strategy) -> str:
    """The camp in whose bounds every phase with money for grants lies; a hybrid lies in none, a control has no such
    phase."""
    phases = [levers for _, levers in strategy.settings() if levers["budget"] > 0]
    phases = [levers for levers in phases if sum(levers[name] for name in GRANT_SHARES) > 0]
    if not phases:
        return CONTROL
    return next((name for name, camp in camps().items() if all(map(camp.holds, phases))), HYBRID)


def effort(quick: bool = False) -> Effort:
    """How much is run."""
    worlds, search, less = plan()["worlds"], plan()["search"], plan()["quick"] if quick else {}
    said = {
        "places": plan()["places"]["core"], "training": search["worlds"], "training_seed": search["seed"],
        "training_replicates": search["replicates"],
        **{name: worlds[name] for name in ("number", "block", "replicates", "people", "seed", "cases",
                                           "cases_replicates")},
        **{name: search[name] for name in ("trials", "startup", "at_once", "sampler", "critic")},
    }  # fmt: skip
    said |= {"training" if name == "worlds" else name: value for name, value in less.items()}
    return Effort(**{**said, "places": tuple(said["places"])}, quick=quick)


def case_settings(name: str) -> tuple[str, dict[str, float]]:
    """Worldview of a case at zero, and what is set in it: levers at rest, quantities at their off value."""
    case = plan()["zero"]["cases"][name]
    off = [*case.get("off", ()), *chain.from_iterable(plan()["zero"]["cases"][one]["off"] for one in
                                                      case.get("all_of", ()))]  # fmt: skip
    found = {one: load_levers()[one].rest for one in case.get("levers", ())}
    for one in off:
        value = find_quantity(one).off
        assert value is not None, one
        found[one] = value
    return case.get("worldview", "evidence"), found


def _spans(table: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    return {name: (float(low), float(high)) for name, (low, high) in table.items()}
