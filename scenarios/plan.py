"""The plan of a place: what it means to happen month by month, from its figures.

A figure stays as it is, grows at a rate (`demand_growth`, `supply_growth`), or is given by year:

    [inflow]
    value = 180                 # month 0, and the burn-in before it
    by_year = [200, 260, 240]   # month 12, 24, 36; straight in between, and the last one holds

Inflow, secure supply, crisis beds, reformed places and the two prices may be given so.  The growth of the budget may,
too: it is a rate of each year, so that its first value holds from month 1 to 12 and is the figure's own.  What somebody
sets instead of the value in month 0 (--set, a worldview, a drawn set) moves the whole path: by the same ratio; by the
same difference where the value is 0 or a rate.  The model carries it out (model/planned.py).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.errors import BadInput
from engine.record import Rows
from evidence.quantities import inputs
from model.planned import plan_without_paths
from model.state import BURN_IN
from scenarios.domains import find_domain
from scenarios.language import say
from scenarios.places import GROWS, PATHS, RATIOS, YEARLY, Place
from scenarios.refused import in_short
from scenarios.unlikely import Warned, called


def plan_rows(place: Place, parameters: Rows, months: int, burn_in: int = BURN_IN) -> Rows:
    """(burn_in + months,) rows of PLAN.  parameters: 1 row, of which the values in month 0 are taken."""
    p = parameters[0]
    rows = plan_without_paths(p, burn_in + months, burn_in)
    for name, path in place.paths.items():
        column, declared, now = PATHS[name], path[0], float(p[name])
        if column == YEARLY:
            years = np.minimum(np.arange(months) // 12, len(path) - 2)
            found = np.array(path[1:])[years] + (now - declared)
        elif column in RATIOS:
            found = by_month(path, months) / declared
        elif declared == 0.0:
            found = np.maximum(by_month(path, months) + now, 0.0)
        else:
            found = by_month(path, months) * (now / declared)
        rows[column][:burn_in] = rows[column][0] if column in RATIOS else now
        rows[column][burn_in:] = found
    return rows


def by_month(path: tuple[float, ...], months: int) -> np.ndarray:
    """(months,) values in month 1, 2 ... of a path given for month 0, 12 ...: straight in between, then the last."""
    points = np.array(path)
    month = np.minimum(np.arange(1, months + 1), 12 * (len(points) - 1))
    year = np.minimum(month // 12, len(points) - 2)
    before, after = points[year], points[year + 1]
    found: np.ndarray = np.where(
        month == 12 * (year + 1), after, before + (after - before) * ((month - 12 * year) / 12.0)
    )
    return found


def check_growth(place: Place, set_by_hand: Mapping[str, float]) -> None:
    """BadInput where --set names a growth that a figure given by year leaves nothing to do."""
    for name, growth in GROWS.items():
        if name in place.paths and set_by_hand.get(growth, 0.0) != 0.0:
            raise BadInput(f"{place.title} gives '{name}' by year, so that '{growth}' changes nothing",
                           where=f"--set {growth}", do=f"Set '{name}', which moves its whole path")  # fmt: skip


def idle_growth(place: Place, values: Mapping[str, float]) -> list[Warned]:
    """What is said where a worldview or a drawn set has a growth that a figure given by year leaves nothing to do.

    values: all numbers in force."""
    domain = find_domain(place.domain)
    return [
        Warned(say("{what}: these are given by year here, so that growth of {growth} a year changes nothing.",
                   what=called(domain, inputs()[name]), growth=in_short(values[growth])), (growth, name))
        for name, growth in GROWS.items()
        if name in place.paths and values[growth] != 0.0
    ]  # fmt: skip
