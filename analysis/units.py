"""In which units numbers are shown: the place's own money, and people and money at the real size of the place.

Inside the model money is EUR and a system may be a small copy; results on file stay like that.  Whatever is shown to
somebody goes through a `Units`: amounts times `per_euro`, and what grows with the size of a place divided by `scale`.
"""

from __future__ import annotations

from dataclasses import dataclass

from model.measures import MEASURES
from model.state import LEDGER
from scenarios.language import say
from scenarios.scenario import Scenario

MILLIONS = ("spend_to_date", "programme_to_date", "income_to_date")  # sums that nobody reads to the last euro
PRICES = ("cost_per_secure_month",)  # money for one of something: the same however large the place is
GROWING = ("people", "people a month", "offers a month", "stays a month", "places", "beds")  # more in a larger place


@dataclass(frozen=True, slots=True)
class Units:
    """The money of a place (`per_euro` of its `currency` for one euro, at prices of `price_year`), and `scale`:
    simulated people to real people.  per: what grows with a place is for so many of its people, not for all."""

    currency: str = "EUR"
    per_euro: float = 1.0
    price_year: int | None = None
    scale: float = 1.0
    per: int | None = None

    @classmethod
    def of(cls, scenario: Scenario) -> Units:
        """The units of a scenario's place."""
        place = scenario.place
        return cls(place.currency, place.per_euro, place.price_year, scenario.scale)

    def factor(self, measure: str) -> float:
        """What a number of the model is multiplied with before it is shown: 100 for a share, and so on."""
        kind = kind_of(measure)
        by = 100.0 if kind == "share" else 1.0
        if "EUR" in kind:
            by *= self.per_euro
        if kind in GROWING or ("EUR" in kind and measure not in PRICES):
            by /= self.scale
        return by / 1e6 if measure in MILLIONS else by

    def unit(self, measure: str, difference: bool = False) -> str:
        """What a shown number is: per cent, or points of a difference; CAD million; people."""
        kind = kind_of(measure)
        if kind == "share":
            return say("points") if difference else say("per cent")
        grows = kind in GROWING or ("EUR" in kind and measure not in PRICES)
        said = say(unit_text(measure), currency=self.currency)
        return say("{unit} per {many} people", unit=said, many=self.per) if self.per and grows else said

    def amount(self, euros: float) -> float:
        """Euros of the simulated system in the place's own money, at its real size."""
        return euros * self.per_euro / self.scale

    def people(self, count: float) -> float:
        """People, places or homes of the simulated system, at the place's real size."""
        return count / self.scale


EUROS = Units()  # as the model counts


def unit_text(measure: str) -> str:
    """What a shown number is, with a gap for the currency: "{currency} million"."""
    return f"{kind_of(measure).replace('EUR', '{currency}')}{' million' if measure in MILLIONS else ''}"


def kind_of(measure: str) -> str:
    """The unit of a measure or of a line of the ledger, as the model has it."""
    if measure in MEASURES.fields:
        return MEASURES.fields[measure].unit
    assert measure in LEDGER.fields, measure
    return "EUR a month"
