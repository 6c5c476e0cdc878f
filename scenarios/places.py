"""Places: one city's figures, each with its source (places/*.toml), and everything that binds a quantity's value.

Somebody's own city is one small file.  The long form of an entry says how far the figure can be trusted:

    [crisis_beds]
    value = 900
    low = 800               # without a range: half to double the figure, within what is possible
    high = 1000
    mark = "verified"
    source = "city report 2025, table 3"

    by_year = [950, 1020]   # how it goes on: in month 12, 24 ... (scenarios/plan.py says which figures may have one)

The short form `crisis_beds = 900` is an assumption of the person who wrote it.  Money in the file is in the place's own
`currency` and of its `price_year`; the model counts in EUR and needs to know how much of that currency one euro buys
(`per_euro`).

What the city publishes and no rule reads stands in tables [published.NAME] (scenarios/published.py).

A place may tell groups of people apart, by whatever it likes - women and men, age, where people come from:

    [groups]
    rest = "Men"            # the name of everybody else; "Others" unless given
    [groups.women]
    title = "Women"
    share = 0.3             # of those who arrive
    finds_bed = 0.6         # the chance of a crisis bed, relative to the rest; every rate is 1 unless given
"""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName, Where
from engine.shown import card
from evidence.data_file import NAME, DataFile, Field
from evidence.quantities import (
    MARKS,
    Quantity,
    check_range,
    check_trust,
    check_value,
    find_quantity,
    inputs,
    load_quantities,
    possible,
)
from evidence.units import is_counted
from scenarios.cannot_say import instead
from scenarios.currencies import CURRENCIES
from scenarios.domains import Domain, find_domain
from scenarios.language import say
from scenarios.names import find, plain_name, shipped
from scenarios.published import TABLE, Published, read_published
from scenarios.unlikely import Warned, warnings_of

YOURS = "your own figure"

FIELDS = {
    "title": Field("title", "the place's name on screen", required=True),
    "meaning": Field("text", "one sentence: whom and what the figures cover", required=True),
    "currency": Field("text", "three letters (ISO 4217), e.g. EUR; all money in the file is in it", required=True),
    "per_euro": Field(
        "number", "how much of the currency one euro buys; needed unless it is EUR", low=0.01, high=10000
    ),
    "price_year": Field(
        "whole", "the year of the prices; without it, results say that it is not given", low=1950, high=2100
    ),
    "domain": Field("text", "which field of service: the name of a domain", required=True),
}
ENTRY = {
    "value": Field("number", "the figure", required=True),
    "low": Field("number", "how low it could be"),
    "high": Field("number", "how high it could be"),
    "unit": Field("text", "if given, it must be the quantity's own unit"),
    "mark": Field("text", "how far the figure can be trusted", default="assumption", one_of=MARKS),
    "source": Field("text", "a key of evidence/sources.toml, or your own words", default=""),
    "note": Field("text", "the arithmetic, or a warning", default=""),
    "by_year": Field(
        "list", "its path: the value in month 12, 24 ...; straight in between, and the last one holds", default=()
    ),
}
TABLES = ("groups", TABLE)
NAMED_GROUPS = 6  # at most; one more is the rest
LEAST_RATE, HIGHEST_RATE = 0.1, 10.0
RATES = {
    "moves_on": "how fast they leave the crisis service, also for a home",
    "loses_home": "how often they lose a home",
    "returns": "how often they come back after they were settled",
    "put_forward": "their odds of being put forward for the reformed service",
    "finds_bed": "their chance of asking for a crisis bed and accepting one",
    "dies": "how often they die",
}
GROUP = {
    "title": Field("title", "the group's name on screen", required=True),
    "share": Field("number", "their share of the people who arrive", required=True, low=0, high=1),
} | {
    name: Field("number", f"{meaning}, relative to the rest", default=1.0, low=LEAST_RATE, high=HIGHEST_RATE)
    for name, meaning in RATES.items()
}
GROUPS = {"rest": Field("title", "the name on screen of everybody in none of the groups", default="Others")}
REST = "rest"
# Figures that may be given by year, and the column of model.state.PLAN that each fills.
PATHS = {"inflow": "inflow", "secure_supply": "homes", "crisis_beds": "beds", "reform_places": "places",
         "mainstream_growth": "budget", "crisis_cost": "bed_price", "reform_cost": "place_price"}  # fmt: skip
RATIOS = ("bed_price", "place_price")  # columns that count against month 0
YEARLY = "budget"  # the column that holds a rate of each year
GROWS = {"inflow": "demand_growth", "secure_supply": "supply_growth"}  # what acts only where nothing is given by year
MOST_YEARS = 40  # as long as a run can be
TAKEN = ("all", "need low", "need middle", "need high")  # what results are split by in every place


@dataclass(frozen=True, slots=True)
class Group:
    """One of the groups that a place tells apart: `share` of those who arrive; rates relative to the rest, as in RATES.

    No source is asked for: a group's rates are assumptions of whoever wrote the file.
    """

    name: str
    title: str
    share: float
    moves_on: float = 1.0
    loses_home: float = 1.0
    returns: float = 1.0
    put_forward: float = 1.0
    finds_bed: float = 1.0
    dies: float = 1.0

    @property
    def numbers(self) -> tuple[float, ...]:
        """share, then the rates in the order of RATES: all that a run depends on."""
        return (self.share, *(getattr(self, name) for name in RATES))


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity's value in one place, and why; money in the place's own currency."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    mark: str
    source: str
    note: str
    where: Where
    per_unit: float  # how much of this the model's own unit is: `per_euro` for money, else 1
    says_low: bool  # whether low and high are the file's own, or half and double of the value
    says_high: bool
    by_year: tuple[float, ...] = ()  # the value in month 12, 24 ...; () where it stays as it is

    @property
    def in_model(self) -> tuple[float, float, float]:
        """Value, low and high in the unit of the quantity: money in EUR."""
        return self.value / self.per_unit, self.low / self.per_unit, self.high / self.per_unit


@dataclass(frozen=True, slots=True)
class Place:
    """One city or region.  `figures` by quantity name.  `price_year` None: nobody said.  `published`: what no rule
    reads, by name.

    `groups`: none, or all people who arrive, in groups: those of the file in its order, then the rest (unless the
    shares add up to 1), so that shares always do.
    """

    name: str
    title: str
    meaning: str
    currency: str
    per_euro: float
    price_year: int | None
    domain: str
    figures: Mapping[str, Figure]
    groups: tuple[Group, ...] = ()
    published: Mapping[str, Published] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Place '{self.name}': {self.title}, {len(self.figures)} figures, {self.currency}>"

    def _repr_html_(self) -> str:
        about = [("what", self.meaning), ("money", f"{self.currency}, {self.prices}"), ("field", self.domain)]
        rows = [(one.name, one.value, one.unit, one.mark, one.source) for one in self.figures.values()]
        return card(self.title, about, ("figure", "value", "unit", "mark", "source"), rows)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What is possible in the file and hardly true, one sentence each; none if nothing is."""
        return warnings_of(self)

    @property
    def values(self) -> dict[str, float]:
        """The place's value of every quantity it binds, in the quantity's unit (money in EUR)."""
        return {name: figure.in_model[0] for name, figure in self.figures.items()}

    @property
    def paths(self) -> dict[str, tuple[float, ...]]:
        """The figures given by year, in the quantity's unit: the value in month 0, 12, 24 ..."""
        return {
            name: tuple(value / figure.per_unit for value in (figure.value, *figure.by_year))
            for name, figure in self.figures.items()
            if figure.by_year
        }

    @property
    def prices(self) -> str:
        """Of what year, in words: '2014 prices' or 'price year not given'."""
        if self.price_year is None:
            return say("price year not given")
        return say("{year} prices", year=str(self.price_year))

    def money(self, euros: float) -> float:
        """This many EUR of the model in the place's own currency."""
        return euros * self.per_euro


def read_place(path: Path) -> Place:
    """One place from its file."""
    return place_of(DataFile(path))


def place_of(file: DataFile) -> Place:
    """One place: every field checked, nothing that only a place can know left out."""
    for name in file.data:
        if name not in FIELDS and name not in TABLES and name not in load_quantities():
            instead(name, file.where(name))
    head = file.read(FIELDS, skip=[*load_quantities(), *TABLES])
    if head["currency"] not in CURRENCIES:
        raise BadInput(f"'{head['currency']}' is no currency in use", where=file.where("currency"),
                       allowed="three letters as in ISO 4217: EUR, CAD, GBP ...")  # fmt: skip
    if head["per_euro"] is None and head["currency"] != "EUR":
        raise MissingField("per_euro", meaning=FIELDS["per_euro"].meaning, where=file.where("currency"))
    head["per_euro"] = head["per_euro"] or 1.0
    head["domain"] = _domain(file, head["domain"])
    figures = {
        name: _figure(file, name, head["currency"], head["per_euro"])
        for name in file.data
        if name not in FIELDS and name not in TABLES
    }
    for name, quantity in inputs().items():
        if quantity.value is None and name not in figures:
            raise MissingField(
                name,
                meaning=f"{quantity.unit}: {quantity.meaning}",
                where=file.where(),
                do=f"Add a line '{name} = ...' at the top, or a table [{name}]",
            )
    for name in PATHS:
        if name in figures and figures[name].by_year and GROWS.get(name) in figures:
            growth = figures[GROWS[name]]
            if growth.value != 0:
                raise BadInput(f"'{name}' is given by year, so that '{growth.name}' would change nothing",
                               where=growth.where, do="Leave one of them out")  # fmt: skip
    return Place(file.path.stem, **head, figures=figures, groups=_groups(file), published=read_published(file, ENTRY))


def _domain(file: DataFile, name: str) -> str:
    """The domain's name, or the path of somebody's own, which the place's file gives from where it lies itself."""
    if name.lower().endswith(".toml"):
        path = file.path.parent / name
        if not path.is_file():
            raise BadInput(f"There is no domain file '{path}'", where=file.where("domain"),
                           do="Give its path from this file, or the name of a domain that ships")  # fmt: skip
        return str(path)
    if plain_name(name) not in shipped("domain"):
        raise UnknownName("domain", name, shipped("domain"), where=file.where("domain"))
    return plain_name(name)


def _groups(file: DataFile) -> tuple[Group, ...]:
    """All groups of the file, and the rest; () if it tells none apart."""
    if "groups" not in file.data:
        return ()
    names = [name for name in file.table("groups") if name not in GROUPS]
    if not 1 <= len(names) <= NAMED_GROUPS:
        raise BadInput(f"There are {len(names)} groups beside the rest", where=file.where("groups"),
                       allowed=f"one to {NAMED_GROUPS} tables such as [groups.women]")  # fmt: skip
    for name in names:
        if not NAME.fullmatch(name):
            raise BadInput(f"'{name}' cannot be a name", where=file.where("groups", name),
                           allowed="small letters, digits and _")  # fmt: skip
    rest = file.read(GROUPS, "groups", skip=names)[REST]
    found = [Group(name, **file.read(GROUP, "groups", name)) for name in names]
    total = math.fsum(group.share for group in found)
    if total > 1 + 1e-9:
        shares = " + ".join(f"{group.name} {group.share:g}" for group in found)
        raise BadInput(f"The shares of the groups, {shares} = {total:g}, are more than all who arrive",
                       where=file.where("groups", names[-1], "share"), allowed="at most 1 together")  # fmt: skip
    if total < 1 - 1e-9:
        found.append(Group(REST, rest, 1.0 - total))
    titles = [group.title for group in found]
    for group in found:  # results go by titles
        if titles.count(group.title) > 1 or group.title in TAKEN:
            raise BadInput(f"The title '{group.title}' is taken", where=file.where("groups", group.name),
                           do="Give every group a title of its own")  # fmt: skip
    return tuple(found)


def find_place(name: str | os.PathLike[str]) -> Place:
    """A shipped place by its name, or one from a file."""
    return read_place(find("place", name))


def bind(
    place: Place, worldview: Mapping[str, float] | None = None, overrides: Mapping[str, float] | None = None
) -> tuple[dict[str, float], ...]:
    """The layers of values for `evidence.quantities.values`: domain < place < worldview < --set, each checked."""
    forced = {name: check_value(find_quantity(name), value) for name, value in (overrides or {}).items()}
    return (dict(domain_of(place).values), place.values, dict(worldview or {}), forced)


def domain_of(place: Place) -> Domain:
    """The domain a place names."""
    return find_domain(place.domain)


def _figure(file: DataFile, name: str, currency: str, per_euro: float) -> Figure:
    quantity, at = find_quantity(name, file.where(name)), file.where(name)
    per_unit = per_euro if "EUR" in quantity.unit else 1.0  # limits in the place's own money
    unit = quantity.unit.replace("EUR", currency)
    long = isinstance(file.data[name], dict)
    if long:
        read, at = file.read(ENTRY, name), file.where(name, "value")
    else:
        number = file.value(Field("number", quantity.meaning), name)
        read = {n: f.default for n, f in ENTRY.items()} | {"value": number, "source": YOURS}
    value = _checked(quantity, read["value"], per_unit, currency, at)
    low, high = _half_to_double(quantity, value / per_unit)
    low, high = low * per_unit, high * per_unit
    if read["low"] is not None:
        low = _checked(quantity, read["low"], per_unit, currency, file.where(name, "low"))
    if read["high"] is not None:
        high = _checked(quantity, read["high"], per_unit, currency, file.where(name, "high"))
    check_range(name, value, low, high, at)
    if long:
        check_trust(read["mark"], read["source"], low, high, file.where(name, "source"), free_text=True)
    if read["unit"] not in (None, unit):
        raise BadInput(
            f"'{name}' is given in {read['unit']}",
            where=file.where(name, "unit"),
            allowed=unit,
            do="Convert the figure; units are fixed",
        )
    by_year = _by_year(file, quantity, value, read["by_year"], per_unit, currency)
    return Figure(
        name, value, low, high, unit, read["mark"], read["source"], read["note"], file.where(name), per_unit,
        read["low"] is not None, read["high"] is not None, by_year,
    )  # fmt: skip


def _by_year(
    file: DataFile, quantity: Quantity, value: float, given: Sequence[object], per_unit: float, currency: str
) -> tuple[float, ...]:
    """A figure's path, each value checked like the figure itself."""
    name, where = quantity.name, file.where(quantity.name, "by_year")
    if not given:
        if "by_year" in (file.data[name] if isinstance(file.data[name], dict) else {}):
            raise BadInput("'by_year' is empty", where=where, allowed="a value for each year, or no such line")
        return ()
    if name not in PATHS:
        raise BadInput(f"'{name}' cannot be given by year", where=where, allowed=", ".join(PATHS))
    if len(given) > MOST_YEARS:
        raise BadInput(f"'by_year' has {len(given)} values", where=where, allowed=f"at most {MOST_YEARS}, one a year")
    path = []
    for one in given:
        if isinstance(one, bool) or not isinstance(one, int | float):
            raise BadInput(f"'by_year' has {one!r} in it", where=where, allowed="numbers only")
        path.append(_checked(quantity, float(one), per_unit, currency, where))
    if PATHS[name] in RATIOS and value <= 0:
        raise BadInput(f"'{name}' is 0 in month 0, and prices go by what they are then", where=file.where(name),
                       allowed="more than 0")  # fmt: skip
    if PATHS[name] == YEARLY and path[0] != value:
        raise BadInput(f"'{name}' is {value:g}, and 'by_year' begins with {path[0]:g}", where=where,
                       do="It is a rate of each year, and 'value' is that of the first: write it twice")  # fmt: skip
    return tuple(path)


def _checked(quantity: Quantity, value: float, per_unit: float, currency: str, where: Where) -> float:
    """`value` if it is possible; in other money, what is wrong may be the figure or the rate of exchange."""
    if per_unit == 1.0:
        return check_value(quantity, value, where)
    if not quantity.allows(value / per_unit):
        least, most, _ = possible(quantity)
        raise OutOfRange(
            quantity.name, f"{value:g}", least * per_unit, most * per_unit,
            unit=quantity.unit.replace("EUR", currency), where=where,
            do=f"At per_euro = {per_unit:g} it is {value / per_unit:g} EUR: check both",
        )  # fmt: skip
    return value


def _half_to_double(quantity: Quantity, value: float) -> tuple[float, float]:
    """The range of a figure that came without one: half to double, within what is plausible.  A choice: all."""
    if quantity.choices:
        return quantity.low, quantity.high
    low, high = sorted((value / 2, value * 2))
    if is_counted(quantity.unit):
        low, high = math.floor(low), math.ceil(high)
    return (max(low, min(quantity.low, value)), min(high, max(quantity.high, value)))
