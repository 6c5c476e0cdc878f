"""What is possible and hardly true: figures outside their plausible range, and figures that do not go together.

Nothing is refused here and no digit changes: each finding is one sentence that says which figures to check, in the
words of the place's domain; their names in its file stand beside it.
A figure's plausible range is the place's own where its file gives one (low and high), else the domain's
([plausible.NAME] of its file), else the quantity's entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.quantities import Quantity, inputs
from scenarios.domains import Domain, find_domain
from scenarios.language import G_, N_, say
from scenarios.refused import in_short

if TYPE_CHECKING:
    from scenarios.places import Figure, Place

# When figures are told not to go together.  Rules of thumb: every place that ships is far from them.
MANY_PLACES = 1.5  # reformed places for each person without a home
FAST_INFLOW = 0.5  # newcomers a month for each person without a home


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to check: what is odd, in words; names: of its figures, as a file has them; where it was said ("" if
    nowhere in particular)."""

    text: str
    names: tuple[str, ...]
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text


def warnings_of(place: Place) -> tuple[Warned, ...]:
    """Everything odd about a place's own figures."""
    domain = find_domain(place.domain)
    return (*_of_figures(place, domain, place.figures), *combined(place, _in_force(place, domain)))


def warnings_in(
    place: Place, worldview: Mapping[str, float], settings: Mapping[str, float], values: Mapping[str, float]
) -> tuple[Warned, ...]:
    """Everything odd about one scenario: the place, what a worldview and --set lay over it, and `values`, all numbers
    in force (money in EUR)."""
    domain = find_domain(place.domain)
    own = [name for name in place.figures if name not in worldview and name not in settings]
    found = list(_of_figures(place, domain, own))
    for name, value in {**worldview, **settings}.items():
        where = f"--set {name}" if name in settings else say("the worldview")
        low, high = plausible_range(place, domain, inputs()[name])
        if not _inside(inputs()[name], value, low, high):
            found.append(_outside(domain, inputs()[name], value, low, high, where))
    return (*found, *combined(place, values))


def plausible_range(place: Place, domain: Domain, quantity: Quantity) -> tuple[float, float]:
    """The plausible range that holds for a quantity in a place, in the quantity's unit (money in EUR)."""
    low, high = domain.plausible.get(quantity.name, (quantity.low, quantity.high))
    figure = place.figures.get(quantity.name)
    if figure is not None and figure.says_low:
        low = figure.in_model[1]
    if figure is not None and figure.says_high:
        high = figure.in_model[2]
    return min(low, high), max(low, high)


def _in_force(place: Place, domain: Domain) -> dict[str, float]:
    usual = {name: quantity.value for name, quantity in inputs().items() if quantity.value is not None}
    return {**usual, **domain.values, **place.values}


def _of_figures(place: Place, domain: Domain, names: Iterator[str] | list[str] | Mapping[str, Figure]) -> list[Warned]:
    money: dict[str, tuple[float, float, float]] = {}
    found: list[Warned] = []
    for name in names:
        figure, quantity = place.figures[name], inputs()[name]
        low, high = plausible_range(place, domain, quantity)
        value = figure.in_model[0]
        found += _of_path(place, domain, quantity)
        if _inside(quantity, value, low, high):
            continue
        if figure.per_unit != 1:
            money[name] = (value, low, high)
        else:
            found.append(_outside(domain, quantity, value, low, high, str(figure.where)))
    return found + _of_money(place, domain, money)


def _of_path(place: Place, domain: Domain, quantity: Quantity) -> list[Warned]:
    """A figure given by year, where it leaves what is plausible anywhere in the domain: its own range is of month 0."""
    low, high = domain.plausible.get(quantity.name, (quantity.low, quantity.high))
    odd = [value for value in place.paths.get(quantity.name, ())[1:] if not _inside(quantity, value, low, high)]
    where = str(place.figures[quantity.name].where)
    return [_outside(domain, quantity, odd[0], low, high, where)] if odd else []


def _of_money(place: Place, domain: Domain, odd: Mapping[str, tuple[float, float, float]]) -> list[Warned]:
    """Money of another currency outside its range in EUR: the figure may be wrong, or the rate of exchange."""
    priced = [name for name, figure in place.figures.items() if figure.per_unit != 1]
    above = [name for name, (value, _, high) in odd.items() if value > high]
    rate = say("{rate} {currency} to the euro", rate=in_short(place.per_euro), currency=place.currency)
    if len(odd) > 1 and len(odd) == len(priced) and len(above) in (0, len(odd)):
        said = "; ".join(say("{what}, {value} EUR", what=called(domain, inputs()[name]), value=round(value))
                         for name, (value, _, _) in odd.items())  # fmt: skip
        text = (
            N_("At {rate} all money lies above what is plausible ({figures}): check the rate first.")
            if above
            else N_("At {rate} all money lies below what is plausible ({figures}): check the rate first.")
        )
        return [Warned(say(text, rate=rate, figures=said), ("per_euro", *odd))]
    return [
        Warned(say("{what}: {given} {currency}, which at {rate} is {value} EUR; plausible is {low} to {high} EUR. It "
                   "runs so: check figure and rate.", what=called(domain, inputs()[name]),
                   given=round(place.figures[name].value), currency=place.currency, rate=rate, value=round(value),
                   low=round(low), high=round(high)),
               (name, "per_euro"), str(place.figures[name].where))
        for name, (value, low, high) in odd.items()
    ]  # fmt: skip


def _inside(quantity: Quantity, value: float, low: float, high: float) -> bool:
    if value == quantity.off or quantity.choices:
        return True
    return low <= value <= high or abs(value - (low if value < low else high)) <= 1e-9 * max(abs(low), abs(high))


def called(domain: Domain, quantity: Quantity) -> str:
    """What a figure is, without the full stop."""
    return domain.own(quantity.meaning).rstrip(".")


def _outside(domain: Domain, quantity: Quantity, value: float, low: float, high: float, where: str) -> Warned:
    text = say("{what}: {value}, and plausible is {low} to {high} ({unit}). It runs so: check the figure.",
               what=called(domain, quantity), value=in_short(value), low=in_short(low), high=in_short(high),
               unit=domain.own(quantity.unit))  # fmt: skip
    return Warned(text, (quantity.name,), where)


FAST = G_("{inflow} new people a month into {without} without a home: the number would double within {months} months "
          "if nobody left. Check whether that is a year's figure.")  # fmt: skip


def combined(place: Place, v: Mapping[str, float]) -> tuple[Warned, ...]:
    """Figures that are possible one by one and do not go together; `v` in the quantities' units."""
    own = find_domain(place.domain).own
    beds, homes, inflow, places = v["crisis_beds"], v["secure_supply"], v["inflow"], v["reform_places"]
    used = beds * v["crisis_stock_share"]
    without = used * (1.0 + v["hidden_ratio"]) + v["rough_stock"]
    found = []

    def warn(text: str, *names: str, **values: float) -> None:
        found.append(Warned(own(text, **{name: round(value) for name, value in values.items()}), names))

    if places > MANY_PLACES * without:
        warn(G_("{places} reformed places beside {without} people without a home: more places than people. Check these "
                "places."), "reform_places", "crisis_beds", places=places, without=without)  # fmt: skip
    if beds > without + inflow:
        warn(G_("{beds} crisis beds, and {without} people in all who could fill them. Check the beds, the share of "
                "them in use, and how many people are hidden for each crisis resident."),
             "crisis_beds", "crisis_stock_share", "hidden_ratio", beds=beds, without=without)  # fmt: skip
    if inflow > FAST_INFLOW * without:
        found.append(Warned(own(FAST, inflow=round(inflow), without=round(without),
                                months=in_short(float(f"{max(without / inflow, 0.1):.2g}"))), ("inflow",)))  # fmt: skip
    if inflow == 0 and homes == 0:
        warn(G_("Nobody arrives and nobody gets a home: nothing can move. Check both."),
             "inflow", "secure_supply")  # fmt: skip
    elif inflow == 0:
        warn(G_("Nobody arrives: the system empties. Check whether that is so."), "inflow")
    elif homes == 0:
        warn(G_("There is no home for anybody. Check whether that is so."), "secure_supply")
    if homes > used:
        warn(G_("{homes} homes a month, more than all {used} people in crisis beds. Check whether that is a year's "
                "figure."), "secure_supply", "crisis_beds", homes=homes, used=used)  # fmt: skip
    return tuple(found)
