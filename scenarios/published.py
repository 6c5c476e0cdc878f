"""What a city publishes of itself and no rule reads: tables [published.NAME] of a place's file.

    [published.year_count]
    value = 15000
    mark = "verified"
    source = "S4"
    use = "check"

`use` says what may be done with it.  A figure that was given to the model, or that a rate was fitted to, cannot show
that the model is right; one that was kept back can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.errors import BadInput, OutOfRange, UnknownName, Where
from evidence.data_file import DataFile, Field
from evidence.quantities import check_range, check_trust
from evidence.units import COUNT, Limits

TABLE = "published"
GIVEN, FIT, CHECK = USES = ("given", "fit", "check")
FITTED = ("under_six", "year_count")  # what model/balance.py knows how to fit a rate to
TAKEN_OVER = ("value", "low", "high", "mark", "source", "note")  # fields as in the long form of a figure
PEOPLE, PLACES, FLOW, SHARE, MONTHS, RATIO = "people", "places", "people a month", "share", "months", "ratio"
MANY = COUNT._replace(whole=False)
LIMITS = {PEOPLE: MANY, PLACES: MANY, FLOW: Limits(0, 1e5), SHARE: Limits(0, 1), MONTHS: Limits(0, 1200),
          RATIO: Limits(0, 100)}  # fmt: skip


class Kind(NamedTuple):
    """One figure that cities publish: its unit, and how it is counted here."""

    unit: str
    meaning: str


PUBLISHED = {
    "people_on_a_night": Kind(PEOPLE, "people in crisis beds or sleeping rough on one night"),
    "people_in_beds": Kind(PEOPLE, "people in crisis beds on one night"),
    "sleeping_rough": Kind(PEOPLE, "people sleeping rough on one night"),
    "without_home": Kind(PEOPLE, "people in crisis beds, sleeping rough or staying with friends on one night"),
    "long_homeless": Kind(PEOPLE, "people in beds, sleeping rough or with friends, without a home for a year or more"),
    "year_count": Kind(PEOPLE, "distinct people in crisis beds or sleeping rough at some time in a year"),
    "new_a_month": Kind(FLOW, "people in a crisis bed for the first time in their lives"),
    "admissions_a_month": Kind(FLOW, "people who got a crisis bed and had none when the month began"),
    "stay_months": Kind(MONTHS, "length of the stays in crisis beds that end, mean"),
    "under_six": Kind(SHARE, "people in crisis beds who have been there for less than six months, of all there"),
    "over_a_year": Kind(SHARE, "people in crisis beds who have been there for over a year, of all there"),
    "exits_to_homes_a_month": Kind(FLOW, "people who went from a crisis bed to a home, with support or without"),
    "returns_24": Kind(
        SHARE, "people in crisis beds or sleeping rough again within 24 months, of those who went from there to a home"
    ),
    "change_in_year": Kind(RATIO, "people in crisis beds or sleeping rough twelve months later, to those at the start"),
    "change_without_home": Kind(
        RATIO, "people in beds, sleeping rough or with friends twelve months later, to those at the start"
    ),
    "housing_first_places": Kind(PLACES, "reformed places, taken or not"),
    "housing_first_tenants": Kind(PEOPLE, "people who have a reformed place, those who still look from there included"),
}
USE = Field("text", "given: repeats the file's figures; fit: a rate may be fitted to it; check: kept back",
            required=True, one_of=USES)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure.  low = high = value where no range was given.  `use`: one of USES."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    meaning: str
    mark: str
    source: str
    note: str
    use: str
    where: Where

    def holds(self, value: float) -> bool:
        """The value lies in the published range."""
        return self.low <= value <= self.high


def fields(entry: Mapping[str, Field]) -> dict[str, Field]:
    """The fields of a table [published.NAME]: those of a figure's long form that apply, and `use`."""
    return {name: entry[name] for name in TAKEN_OVER} | {"use": USE}


def read_published(file: DataFile, entry: Mapping[str, Field]) -> dict[str, Published]:
    """All published figures of a place's file, checked, in its order; none if there are none."""
    if TABLE not in file.data:
        return {}
    return {name: _read(file, name, fields(entry)) for name in file.table(TABLE)}


def _read(file: DataFile, name: str, entry: Mapping[str, Field]) -> Published:
    if name not in PUBLISHED:
        raise UnknownName("published figure", name, PUBLISHED, where=file.where(TABLE, name))
    kind, read = PUBLISHED[name], file.read(entry, TABLE, name)
    low, high = (read["value"] if read[end] is None else read[end] for end in ("low", "high"))
    least, most, _ = LIMITS[kind.unit]
    for end, number in (("value", read["value"]), ("low", low), ("high", high)):
        if not least <= number <= most:
            raise OutOfRange(name, number, least, most, unit=kind.unit, where=file.where(TABLE, name, end))
    check_range(name, read["value"], low, high, file.where(TABLE, name, "value"))
    check_trust(read["mark"], read["source"], low, high, file.where(TABLE, name, "source"), free_text=True)
    if read["use"] == FIT and name not in FITTED:
        raise BadInput(f"No rate can be fitted to '{name}'", where=file.where(TABLE, name, "use"),
                       allowed=f"use = 'fit' with {' and '.join(FITTED)} only",
                       do="Write use = 'check' to compare it with what the program predicts")  # fmt: skip
    return Published(
        name, read["value"], low, high, kind.unit, kind.meaning, read["mark"], read["source"], read["note"],
        read["use"], file.where(TABLE, name),
    )  # fmt: skip
