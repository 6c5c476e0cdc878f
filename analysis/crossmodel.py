"""One place in two published models of other kinds: a queue for housing and a stock-and-flow model.

Both are written down from their authors' own code and texts, in our words; nothing here knows our rules.  Times are
months.  tools/crossmodel.py sets our model to where its rules reduce to these and compares (docs/crossmodel.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

MONTHS_A_YEAR, DAYS_A_YEAR = 12.0, 365.0


@dataclass(frozen=True, slots=True)
class Town:
    """What both models take from a place: people on the street, beds in use, places in supportive housing, and new
    people a month."""

    street: float
    beds: float
    places: float
    arrivals: float


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue for housing of Burgess, Singham and Rhodes-Leader (S18, S391), after Singham, Lucky and Reinauer (R31).

    Homes of supportive housing are the servers; shelter is the front of one line and the street its end; nobody leaves
    the line but for a home.  New people come as a Poisson stream, and who leaves a home is gone for good: M/M/h.
    `service`: years in a home, mean of an exponential time (4.487: S18, data.json, service_mean).
    """

    service: float = 4.487179487179487

    @property
    def leaves(self) -> float:
        """Of the people in homes, share who leave in a month."""
        return 1.0 / (self.service * MONTHS_A_YEAR)

    def street(self, town: Town, months: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and variance of people on the street while somebody waits and all homes are full: the authors' fluid
        model, and the difference of the two Poisson streams that their queue then is."""
        leave = self.leaves * town.places
        return town.street + (town.arrivals - leave) * months, (town.arrivals + leave) * months

    def chances(self, arrivals: float, places: int, people: int, most: int, years: float) -> Numbers:
        """Chances of 0 ... `most` people in the whole system after so many years, by the authors' recursion: steps of a
        day in which one person comes or goes at most.  arrivals: people a year; people: there at first."""
        now = np.zeros(most + 1)
        now[people] = 1.0
        comes = np.full(most + 1, arrivals / DAYS_A_YEAR)
        comes[most] = 0.0
        goes = np.minimum(np.arange(most + 1), places) / (self.service * DAYS_A_YEAR)
        for _ in range(round(years * DAYS_A_YEAR)):
            up, down = now * comes, now * goes
            now = now - up - down
            now[1:] += up[:-1]
            now[:-1] += down[1:]
        return now


@dataclass(frozen=True, slots=True)
class Stocks:
    """The stock-and-flow model of Mitchell (S392): unsheltered, sheltered, in supportive housing, in other housing.

    Beds and places are always full, so whoever leaves one for other housing takes somebody off the street; people also
    leave the street for other housing.  All rates are constant and nobody comes back:

        d street = arrivals - rate_street * street - rate_beds * beds - rate_places * places

    in steps of a month, with a normal shock to each flow that has the variance of a Poisson count.  days_...: mean
    length of a stay; other_...: share of those who leave who go to other housing (S392: figures of an example town).
    """

    days_street: float = 180.0
    days_beds: float = 90.0
    days_places: float = 720.0
    other_street: float = 0.1
    other_beds: float = 0.2
    other_places: float = 0.6

    @property
    def leaves_street(self) -> float:
        """Of the people on the street, share who go to other housing in a month."""
        return self.other_street * _a_month(self.days_street)

    @property
    def leaves_beds(self) -> float:
        """Of the people in beds, share who leave in a month, for wherever."""
        return _a_month(self.days_beds)

    @property
    def leaves_places(self) -> float:
        """Of the people in supportive housing, share who leave in a month, for wherever."""
        return _a_month(self.days_places)

    def street(self, town: Town, months: int) -> tuple[Numbers, Numbers]:
        """Mean and variance of people on the street at month 0, 1, ... `months`; the flows are linear, so both are
        exact as long as somebody is there."""
        stay = 1.0 - self.leaves_street
        leave = self.other_beds * self.leaves_beds * town.beds + self.other_places * self.leaves_places * town.places
        mean, variance = [town.street], [0.0]
        for _ in range(months):
            shocks = town.arrivals + self.leaves_street * mean[-1] + leave
            variance.append(stay * stay * variance[-1] + shocks)
            mean.append(stay * mean[-1] + town.arrivals - leave)
        return np.array(mean), np.array(variance)

    def settles(self, town: Town) -> float:
        """People on the street in the long run."""
        leave = self.other_beds * self.leaves_beds * town.beds + self.other_places * self.leaves_places * town.places
        return max(town.arrivals - leave, 0.0) / self.leaves_street


def _a_month(days: float) -> float:
    """The rate a month of leaving where stays have a mean of so many days."""
    return DAYS_A_YEAR / days / MONTHS_A_YEAR
