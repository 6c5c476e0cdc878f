"""Where a place's run starts, as cells: declared, fitted, month 0 and published side by side; and what to check.

`unfreeze show PLACE` and the dashboard's page of one's own city print the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.words import number, plain
from runs.where_it_starts import Line, apart, fitted
from scenarios.domains import Domain
from scenarios.language import N_, say
from scenarios.places import Place, domain_of
from scenarios.published import CHECK, FIT, GIVEN

TITLE = N_("Where it starts; one run without a foundation")
USED = {GIVEN: N_("given"), FIT: N_("fitted"), CHECK: N_("checked")}  # of a published figure, what for
NUMBERS = (N_("declared"), N_("fitted"), N_("month 0"), N_("published"), N_("difference"))


def rows(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """Name, NUMBERS, unit and use of each figure."""
    found = []
    for one in lines:
        values = (one.declared, one.fitted, one.month_0, one.published, one.difference)
        used = say(USED[one.use]) if one.use else ""
        found.append((one.name, *(_cell(value, one.unit) for value in values), say(one.unit), used))
    return found


def to_check(place: Place, lines: Sequence[Line]) -> list[str]:
    """What is hardly true of the place, what does not agree, and where month 0 is not what is declared."""
    domain = domain_of(place)
    not_declared = [_not_declared(one, domain) for one in apart(list(lines))]
    return [*map(str, place.warnings), *map(domain.own, fitted(place).words), *not_declared]


def _not_declared(one: Line, domain: Domain) -> str:
    assert one.month_0 is not None
    assert one.declared is not None
    return say("Month 0 has {here} where the file declares {declared}: {meaning}.", here=round(one.month_0),
               declared=round(one.declared), meaning=domain.own(one.meaning))  # fmt: skip


def _cell(value: float | None, unit: str) -> str:
    return "" if value is None else number(value) if unit == "people" else plain(float(f"{value:.3g}"))
