"""Units: between which numbers something in that unit can lie at all, and whether it is counted in whole numbers.

These are the limits beyond which a rule breaks: a chance above 1, a price of nothing, half an organisation.  What is
likely is another matter: it stands in each entry as low and high.  An entry narrows the limits of its unit by `least`
and `most` where a rule needs that, such as a divisor that must not be 0.
"""

from math import inf
from typing import NamedTuple


class Limits(NamedTuple):
    """What is possible: from `least` to `most`; `whole`: counted, so that only whole numbers are."""

    least: float
    most: float
    whole: bool = False


ANY = Limits(-inf, inf)
SHARE, CHANCE, LEVEL = Limits(0, 1), Limits(0, 1), Limits(0, 1)
AMOUNT = Limits(0, inf)
LOG_ODDS, LOG = Limits(-100, 100), Limits(-20, 20)  # beyond, exp() of it is 0 or too large to count with
MONEY, PRICE = Limits(0, 1e8), Limits(1, 1e8)  # EUR; sums of cents over a run stay whole 64-bit numbers
COUNT = Limits(0, 1e6, whole=True)  # as many as this model is made for

UNITS = {
    "share": SHARE, "share of peers": SHARE, "share of users": SHARE, "share of the gap": SHARE,
    "share of spend": SHARE, "share per cycle": SHARE,
    "per month": CHANCE, "per month at need 1": CHANCE, "per cycle": CHANCE,
    "belief": LEVEL, "belief per month": LEVEL, "fidelity": LEVEL, "fit": LEVEL, "strain": LEVEL, "voice": LEVEL,
    "distance": LEVEL, "score": LEVEL, "correlation": Limits(-1, 1),
    "ratio": AMOUNT, "weight": AMOUNT, "people per crisis resident": AMOUNT, "initiatives": AMOUNT,
    "full programmes": AMOUNT, "fidelity per distance": AMOUNT, "strain per norm caseload": AMOUNT,
    "strain per share of time": AMOUNT, "share per unit of need": AMOUNT,
    "share of managers per per-cent of budget x 10": AMOUNT, "exponent": Limits(0, 100),
    "beds per visible rough sleeper and month": Limits(0, 10), "deaths per 1,000 person-years": Limits(0, 10_000),
    "odds ratio": Limits(0.001, 1000), "shape": Limits(0.05, 50), "clients per worker": Limits(1, 1000),
    "log": LOG, "log hazard": LOG, "log per unit of need": LOG, "log per unit of strain": LOG,
    "log odds": LOG_ODDS, "log odds per unit of belief": LOG_ODDS, "log odds per unit of trust": LOG_ODDS,
    "per year": Limits(-0.99, 1.0),
    "EUR": MONEY, "EUR per month": MONEY, "EUR per month at need 1": MONEY,
    "EUR per bed-year": PRICE, "EUR per place-year": PRICE, "EUR per year": PRICE,
    "people a month": Limits(0, 1e5), "grants a year": Limits(0, 1e4), "tenancies a month": Limits(0, 1e5),
    "months": Limits(0, 1200, whole=True), "beds": COUNT, "places": COUNT, "people": COUNT, "colleagues": COUNT,
    "managers": COUNT, "grants": COUNT, "organisations": Limits(1, 2000, whole=True),
    "code": COUNT, "0 or 1": Limits(0, 1, whole=True), "of an ordinary bed": AMOUNT,
}  # fmt: skip


def is_counted(unit: str) -> bool:
    """Only whole numbers are possible in this unit."""
    return limits(unit).whole


def limits(unit: str) -> Limits:
    """What is possible in this unit; of one that no rule reads (a target's, say), anything."""
    return UNITS.get(unit, ANY)
