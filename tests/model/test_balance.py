"""The balance of a place's counts: against the same month written once more, plainly, and lived through month by month."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from model.balance import Balance, balance
from model.mean_month import KINDS, SITUATIONS
from model.mean_persons import accepts_bed, persons_of
from model.start import groups_of
from tests.model.conftest import parameters

PLACES = ("dublin", "southwest_ireland", "ireland", "us_city", "denver", "canada_trial", "finland")
HERE = {name: k for k, name in enumerate(SITUATIONS)}


class Months:
    """Months of a city in the mean, all types at once: nothing solved but what empties or fills each month.

    `home`: people without a place by months without a home (rows; the last row: long enough to be put forward) and how
    they live; `places` by age of the place (rows; the last: after the first year); `settled` by months.
    """

    WITHOUT = ("hidden new", "hidden", "street new", "street", "fast", "slow")
    WITH = ("bed fast", "bed slow", "no bed new", "no bed", "tenant", "between")

    def __init__(self, p: Any, groups: Any, found: Balance) -> None:
        self.p = p
        for name, value in found.values.items():
            setattr(p, name, value)
        self.found = found
        _, persons = persons_of(p, groups)
        kinds = np.arange(KINDS)[:, None, None] + np.zeros(persons.shape[:2], int)
        self.kind = kinds.ravel()
        (self.need, share, self.dies, self.dies_home, self.put, self.returns, self.first, self.later, self.changes,
         self.ends, self.moves_on, self.finds) = np.tile(persons.reshape(-1, persons.shape[-1]), (KINDS, 1)).T  # fmt: skip
        short = np.clip(p.short_share + p.kind_need * (p.need_reference - self.need), 0.0, 1.0)
        long = (1.0 - short) * p.long_of_rest
        self.arrive = share * np.choose(self.kind, [short, 1.0 - short - long, long])
        self.returns = self.returns * np.where(self.kind > 0, p.return_ratio, 1.0)
        self.fast = np.choose(self.kind, [1.0, p.fast_episodic, 0.0])
        n = len(self.kind)
        self.waits = max(int(np.ceil(p.refer_after)), 1)
        self.home = {name: np.zeros((self.waits + 1, n)) for name in self.WITHOUT}
        self.places = {name: np.zeros((14, n)) for name in self.WITH}
        self.settled = np.zeros((int(np.ceil(p.returns_months)), n))
        self.back_homes = 0.0

    def standing(self) -> np.ndarray:
        """People by type and situation, in the order of SITUATIONS."""
        home, places = ({k: v.sum(0) for k, v in part.items()} for part in (self.home, self.places))
        tenants = self.places["tenant"]
        return np.stack([
            home["hidden"], home["hidden new"], home["street"], home["street new"], home["fast"], home["slow"],
            places["bed fast"] + places["bed slow"], places["no bed"] + places["no bed new"], places["between"],
            tenants[:-1].sum(0), tenants[-1], self.settled.sum(0)], -1)  # fmt: skip

    def stock(self, *names: str) -> float:
        return float(self.standing()[:, [HERE[name] for name in names]].sum())

    def begin(self) -> None:
        """A city with everybody new, hidden or in beds, from which months of living lead wherever they lead."""
        counts = self.found.counts
        weight = self.arrive / self.arrive.sum()
        self.home["hidden"][-1] = counts.hidden * weight
        self.home["slow"][-1] = counts.crisis * weight
        self.home["street"][-1] = counts.unserved * weight
        self.places["tenant"][-1] = counts.reform * weight

    def month(self) -> None:
        p, home = self.p, self.home
        new = self.arrive * self.found.arrivals
        home["hidden new"][0] += new * (1.0 - p.inflow_unserved)
        home["street new"][0] += new * p.inflow_unserved
        just = {"hidden new": new * (1.0 - p.inflow_unserved), "street new": new * p.inflow_unserved}
        self.offers()
        clock = self.lottery()
        for rows in (*home.values(),):
            rows *= 1.0 - self.dies
        just = {k: v * (1.0 - self.dies) for k, v in just.items()}
        settles = np.zeros_like(self.need)
        win = 1.0 - np.exp(-clock * p.home_weight_hidden * self.moves_on)
        for name in ("hidden new", "hidden"):
            settles += home[name].sum(0) * win
            home[name] *= 1.0 - win
        just["hidden new"] = just["hidden new"] * (1.0 - win)
        win = 1.0 - np.exp(-clock * np.where(self.kind == 2, p.home_weight_long, 1.0) * self.moves_on)
        settles += home["slow"].sum(0) * win
        home["slow"] *= 1.0 - win
        resolves = np.choose(self.kind, [p.resolve_short, p.resolve_episodic, p.resolve_long])
        down, up = {}, {}
        for new_, chance in ((" new", np.full_like(resolves, p.resolve_new)), ("", resolves)):
            hidden, street = home["hidden" + new_], home["street" + new_]
            down[new_], up[new_] = hidden * p.hidden_to_street, street * p.street_to_hidden
            hidden -= down[new_] + hidden * chance
            street -= up[new_] + street * chance * p.resolve_street
            if new_:
                hidden[0] += just["hidden new"] * chance
                street[0] += just["street new"] * chance * p.resolve_street
            hidden += up[new_]
            street += down[new_]
        leaves = home["fast"] * np.minimum(p.exit_fast * self.moves_on, 1.0)
        drifts = home["slow"] * np.minimum(p.drift_out * self.moves_on, 1.0)
        home["fast"] -= leaves
        home["slow"] -= drifts
        settles += leaves.sum(0) * p.home_after_fast
        street = leaves * p.crisis_to_street + drifts * p.crisis_to_street
        home["street"] += street
        home["hidden"] += leaves * (1.0 - p.home_after_fast) + drifts - street
        losers = self.programme(clock)
        back = self.settled_live(settles)
        self.beds_fill(losers + back)
        self.grow_older(losers + back)

    def offers(self) -> None:
        """Free places go to as many of those put forward as they last for."""
        home, places = self.home, self.places
        free = self.found.counts.reform - sum(rows.sum() for rows in places.values())
        put = {k: rows[-1] * self.put * (self.p.hidden_reached if "hidden" in k else 1.0) for k, rows in home.items()}
        offered = min(max(free, 0.0) / max(sum(x.sum() for x in put.values()), 1e-12), 1.0)
        looks = {"hidden new": "no bed new", "street new": "no bed new", "hidden": "no bed", "street": "no bed",
                 "fast": "bed fast", "slow": "bed slow"}  # fmt: skip
        for name, people in put.items():
            home[name][-1] -= people * offered
            places[looks[name]][0] += people * offered

    def lottery(self) -> float:
        """The time on everybody's clock at which this month's homes are gone."""
        p = self.p
        people = [sum(self.places[k].sum() for k in self.WITH if k != "tenant")]
        weights: list[Any] = [p.reform_priority]
        slow = self.home["slow"].sum(0)
        people += [slow, self.home["hidden"].sum(0) + self.home["hidden new"].sum(0)]
        weights += [np.where(self.kind == 2, p.home_weight_long, 1.0) * self.moves_on,
                    p.home_weight_hidden * self.moves_on]  # fmt: skip
        homes = p.secure_supply + self.back_homes
        low, high = 0.0, 50.0
        for _ in range(60):
            middle = (low + high) / 2.0
            won = sum(np.sum(n * (1.0 - np.exp(-middle * w))) for n, w in zip(people, weights, strict=True))
            low, high = (low, middle) if won > homes else (middle, high)
        return low

    def programme(self, clock: float) -> np.ndarray:
        """A month of people with a place; who lost it."""
        p, places = self.p, self.places
        win = 1.0 - np.exp(-clock * p.reform_priority)
        moved = np.zeros_like(places["tenant"])
        lost = np.zeros_like(self.need)
        stops = {}
        for name in self.WITH:
            if name == "tenant":
                continue
            places[name] *= 1.0 - self.dies
            moved += places[name] * win
            places[name] *= 1.0 - win
            stops[name] = places[name].sum(0) * p.looking_ends
            places[name] *= 1.0 - p.looking_ends
        tenants = places["tenant"] * (1.0 - self.dies_home)
        loses = np.vstack([np.tile(self.first, (13, 1)), self.later])
        lost += (tenants * loses).sum(0) + stops["between"]
        tenants *= 1.0 - loses
        self.support = (tenants * self.ends).sum(0)
        change = tenants * self.changes
        self.back_homes = float(change.sum())
        places["between"] += change
        places["tenant"] = tenants * (1.0 - self.ends) - change + moved
        self.home["fast"][-1] += stops["bed fast"]
        self.home["slow"][-1] += stops["bed slow"]
        for new in (" new", ""):
            self.home["street" + new][-1] += stops["no bed" + new] * p.crisis_to_street
            self.home["hidden" + new][-1] += stops["no bed" + new] * (1.0 - p.crisis_to_street)
        for rows in places.values():
            rows[-1] += rows[-2]
            rows[1:-1] = rows[:-2].copy()
            rows[0] = 0.0
        return lost

    def settled_live(self, settles: np.ndarray) -> np.ndarray:
        """A month of people in ordinary homes; who comes back."""
        alive = self.settled * (1.0 - self.dies)
        back = (alive * self.returns).sum(0)
        self.settled[1:] = (alive * (1.0 - self.returns))[:-1]
        self.settled[0] = settles + self.support
        return back

    def beds_fill(self, losers: np.ndarray) -> None:
        p, home = self.p, self.home
        used = sum(home[k].sum() for k in ("fast", "slow")) + sum(self.places[k].sum() for k in ("bed fast", "bed slow"))
        seek = np.choose(self.kind, [p.seek_short, p.seek_episodic, p.seek_long])
        asks = {}
        for name, chance in (("hidden", seek), ("hidden new", np.full_like(seek, p.seek_new))):
            asks[name] = home[name] * np.minimum(chance * self.finds, 1.0)
            name = name.replace("hidden", "street")
            asks[name] = home[name] * np.minimum(np.minimum(chance * p.seek_street, 1.0) * self.finds, 1.0)
            asks[name] *= accepts_bed(p)
        self.fill = min(max(self.found.counts.crisis - used - losers.sum(), 0.0) / sum(x.sum() for x in asks.values()), 1.0)
        for name, rows in asks.items():
            home[name] -= rows * self.fill
            home["fast"] += rows * self.fill * self.fast
            home["slow"] += rows * self.fill * (1.0 - self.fast)

    def grow_older(self, losers: np.ndarray) -> None:
        for rows in self.home.values():
            rows[-1] += rows[-2]
            rows[1:-1] = rows[:-2].copy()
            rows[0] = 0.0
        self.home["fast"][0] += losers * self.fast
        self.home["slow"][0] += losers * (1.0 - self.fast)


@cache
def of(place: str) -> tuple[Any, Balance]:
    p = parameters(place)[0]
    return p, balance(p)


@pytest.mark.parametrize("place", PLACES)
def test_what_stands_still_is_where_months_of_living_lead(place: str) -> None:
    """From a city of strangers, 1,500 months of the plain text lead to the stocks of the closed form, type by type."""
    p, found = of(place)
    city = Months(p, None, found)
    city.begin()
    for _ in range(1500):
        city.month()
    by_type = found.stocks.reshape(-1, len(SITUATIONS))
    stood = city.standing()
    np.testing.assert_allclose(stood.sum(0), by_type.sum(0), rtol=2e-3, atol=0.05)
    np.testing.assert_allclose(stood, by_type, rtol=1e-2, atol=0.02)
    assert city.fill == pytest.approx(found.fill, rel=2e-3)
