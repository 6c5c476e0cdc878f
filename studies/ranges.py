"""Over which range a factor varies unless the file says so: of the evidence, of the place's figure, of a lever."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import BadInput
from evidence.quantities import Quantity, find_quantity
from evidence.units import is_counted
from scenarios.levers import known_lever
from scenarios.places import Place
from scenarios.plausible import Range, open_ranges
from scenarios.settings import own_lever
from studies.factors import LEVER, PARAMETER, Factor


def lever_factor(name: str) -> Factor:
    """A lever, of all strategies or of one, over its whole range."""
    lever = known_lever(own_lever(name)[2])
    counted = lever.unit == "months"
    return Factor(name, LEVER, lever.low, lever.high, counted=counted, unit=lever.unit, meaning=lever.meaning)


def parameter_factor(name: str, places: Sequence[Place]) -> Factor:
    """A parameter over the range of the evidence or, where the places have the figure, theirs."""
    quantity = find_quantity(name)
    found = {_range(quantity, place) for place in places} or {_own(quantity)}
    if len(found) > 1:
        raise BadInput(f"The range of '{name}' differs from place to place", do="Give low and high")
    (one,) = found
    if not one.low < one.high and not one.choices:
        raise BadInput(f"'{name}' has no range to vary in", do="Give low and high, or values")
    scale = "triangular" if one.distribution == "triangular" else "linear"
    return Factor(name, PARAMETER, one.low, one.high, one.mode, scale, one.whole, one.choices,
                  unit=quantity.unit, meaning=quantity.meaning)  # fmt: skip


def _range(quantity: Quantity, place: Place) -> Range:
    """As a plausible set draws it; else the place's own figure; else the entry's."""
    figure = place.figures.get(quantity.name)
    if (drawn := open_ranges(place).get(quantity.name)) is not None:
        return drawn
    if figure is None:
        return _own(quantity)
    value, low, high = figure.in_model
    return Range(low, value, high, quantity.distribution, is_counted(quantity.unit), quantity.choices)


def _own(quantity: Quantity) -> Range:
    middle = quantity.value if quantity.value is not None else (quantity.low + quantity.high) / 2
    mode = min(max(middle, quantity.low), quantity.high)
    return Range(quantity.low, mode, quantity.high, quantity.distribution, is_counted(quantity.unit), quantity.choices)
