"""Balanced: a world's rates that nobody publishes, fitted to the counts of its place."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from engine.record import Rows
from evidence.quantities import parameter_record
from model.balance import Balance, balance
from model.state import GROUP
from scenarios.places import Place, domain_of
from scenarios.plausible import SHAPES, SHAPES_IF, starting_shapes, to_fit

EVERY = (*SHAPES, *SHAPES_IF.values())
KEPT = 512  # balances; an ensemble asks for those of its sets once for each strategy


def balanced(place: Place, parameters: Rows, groups: Rows | None, drawn: Mapping[str, float],
             assumed: Collection[str]) -> Balance:  # fmt: skip
    """The balance of this world; its fitted rates are written into `parameters`.

    What the place, its domain, a calibrated sample, a worldview or --set (`assumed`) says is not moved; what is moved
    stays in the domain's plausible range, where it has one of its own, else in that of its entry.  Where people
    stand follows from the row as it is in the end: whoever sets every parameter to what a manifest says runs the same.
    """
    shapes = starting_shapes(place, drawn, assumed)
    fixed = tuple(name for name in EVERY if name not in shapes)
    rows = None if groups is None else groups.tobytes()
    usual = domain_of(place).plausible
    ranges = {name: usual[name] for name in shapes if name in usual}
    for name, (low, high) in ranges.items():
        parameters[name] = min(max(float(parameters[name][0]), low), high)
    six, year = (to_fit(place, figure) if SHAPES_IF[figure] in shapes else None for figure in SHAPES_IF)
    found = _found(parameters.tobytes(), rows, fixed, six, year, tuple(sorted(ranges.items())))
    for name, value in found.values.items():
        parameters[name] = value
    every = (*SHAPES, *SHAPES_IF.values())
    stands = _found(parameters.tobytes(), rows, every, None, None, ())
    return replace(found, stocks=stands.stocks, ends=stands.ends, homeless_ends=stands.homeless_ends,
                   predicted=stands.predicted)  # fmt: skip


@lru_cache(maxsize=KEPT)
def _found(parameters: bytes, groups: bytes | None, fixed: tuple[str, ...], under_six: float | None,
           year_count: float | None, ranges: tuple[tuple[str, tuple[float, float]], ...]) -> Balance:  # fmt: skip
    """Where people stand follows from the fitted rates alone: whoever gives them all (a row of a manifest) starts
    alike, to the last bit."""
    rows = np.frombuffer(parameters, parameter_record().dtype).view(Rows).copy()
    table = None if groups is None else np.frombuffer(groups, GROUP.dtype).view(Rows)
    found = balance(rows[0], table, fixed, under_six, year_count, dict(ranges))
    if fixed == EVERY:
        return found
    for name, value in found.values.items():
        rows[name] = value
    stands = balance(rows[0], table, EVERY)
    return replace(found, stocks=stands.stocks, ends=stands.ends, homeless_ends=stands.homeless_ends,
                   predicted=stands.predicted)  # fmt: skip
