"""Where every euro goes, what it buys, and which savings somebody can spend.

Works on the arrays of a `Summary` (replicates by months, EUR a month), so that a screen can ask after every key press.
LINES cut all spending into parts that do not overlap; together they are `spend_all`, to the cent:

    commissioner_crisis + commissioner_reform + what the foundation spent + unpaid hours + other services

Two accounts of the ledger need care.  `commissioner_double` is part of `commissioner_crisis`.  Bridge money is spent
when it pays double running (`provider_double`), not when it is handed over (`foundation_bridge`); what providers still
have in hand is not spending yet, and `flow` shows where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.spread import Labels, Ratio, interval, ratio, spread, whole
from model.state import FOUNDATION, LEDGER
from runs.summary import Summary
from scenarios.language import G_, N_
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]
Period = tuple[int, int]  # first and last month, both included
YEAR = 12


@dataclass(frozen=True)
class Line:
    """Part of all spending: accounts added and taken away.  `title` in general terms, for the domain to say."""

    name: str
    title: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


SPENT = tuple(name for name in FOUNDATION if name != "foundation_bridge")
LINES = (
    Line("crisis", G_("crisis beds"), ("commissioner_crisis",), ("commissioner_double",)),
    Line("double", G_("double running"), ("commissioner_double", "provider_double")),
    Line("reform", G_("reformed places (publicly paid)"), ("commissioner_reform",)),
    Line("programme", G_("the foundation's programme"), SPENT),
    Line("unpaid", G_("hours that nobody paid"), ("provider_hours", "users_hours")),
    Line("other", G_("health, justice, others"), ("other_services",)),
)
ALL = Line("all", G_("all of it"), tuple(dict.fromkeys(name for line in LINES for name in line.plus)),
           tuple(name for line in LINES for name in line.minus))  # fmt: skip
PURPOSES = tuple(Line(name, LEDGER.fields[name].meaning, (name,)) for name in FOUNDATION)

SECURE = Line("secure", G_("months with a secure outcome"), ("secure_people",))
SAVED, NOT_SAVED = "savings_cashed", "savings_not_cashed"
NEEDED = (*LEDGER.fields, *SECURE.plus, "reform", "crisis", "looking", "crisis_occupancy", "wasted", SAVED, NOT_SAVED,
          "unspent", "spend_all")  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """The mean of paired differences and its 95% interval: both ends None for fewer than two pairs.
    Over parameter sets the interval holds both what nobody has measured and chance."""

    mean: float
    low: float | None
    high: float | None

    @property
    def clear(self) -> int:
        """1 or -1 if the whole interval lies above or below zero, else 0."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


@dataclass(frozen=True, eq=False)
class Twins:
    """Which runs of a strategy have a twin that counts: `used` of all pairs (pairs,), and of those that count the
    parameter `sets` (None where none was drawn) and the `seeds`.  As analysis/contrasts.py counts them, so that a
    quantity that both tell has one number and one interval."""

    used: npt.NDArray[np.bool_]
    sets: Labels | None
    seeds: Labels

    @classmethod
    def of(cls, summary: Summary, label: str, against: str = NOBODY) -> Twins:
        """Of two scenarios."""
        a, b = (summary.batches[0].scenarios.index(name) for name in (label, against))
        both = summary.of_both(a, b)
        seeds = np.array([one.seeds[a] for one in both], np.int64)
        if not any(one.set_number for one in both):
            return cls(np.ones(len(both), np.bool_), None, seeds)
        sets = np.array([one.set_number or 0 for one in both], np.int64)
        used = whole(sets, seeds)
        return cls(used, sets[used], seeds[used])

    def gap(self, differences: Numbers) -> Gap:
        """Of one difference for each pair that counts."""
        if not len(differences):
            return Gap(float("nan"), None, None)
        if self.sets is None:
            return Gap(float(np.mean(differences)), *(interval(differences) or (None, None)))
        found = spread(differences, self.sets, self.seeds)
        return Gap(float(np.mean(differences)), None, None) if found is None else Gap(found.mean, *found.combined)

    def ratio(self, top: Numbers, bottom: Numbers) -> Ratio | None:
        """See `spread.ratio`."""
        return ratio(top, bottom, self.sets, self.seeds)


def periods(months: int, programme: Period | None) -> dict[str, Period]:
    """all, before, during and after the programme, as far as the run of `months` has them."""
    found = {"all": (1, months)}
    if programme is not None:
        first, last = programme
        found |= {"before": (1, first - 1), "during": (first, min(last, months)), "after": (last + 1, months)}
    return {name: (first, last) for name, (first, last) in found.items() if first <= last}


def monthly(summary: Summary, label: str, line: Line) -> Numbers:
    """(replicates, months) a month, month 0 included."""
    return _signed(line, lambda name: summary.of(label, name))


def twins(summary: Summary, label: str, line: Line, against: str = NOBODY) -> tuple[Numbers, Numbers]:
    """(pairs, months) a month, of the strategy and of `against`, pair by pair of those that count."""
    used = Twins.of(summary, label, against).used
    found = {name: [runs[used] for runs in summary.twins(label, against, name)[:2]]
             for name in (*line.plus, *line.minus)}  # fmt: skip
    return _signed(line, lambda name: found[name][0]), _signed(line, lambda name: found[name][1])


def _signed(line: Line, of: Callable[[str], Numbers]) -> Numbers:
    found = np.zeros_like(of(line.plus[0]))
    for name in line.plus:
        found += of(name)
    for name in line.minus:
        found -= of(name)
    return found


def within(values: Numbers, period: Period) -> Numbers:
    """(replicates,) summed over the months of a period."""
    first, last = period
    found: Numbers = values[:, first : last + 1].sum(axis=1)
    return found


def by_year(values: Numbers) -> Numbers:
    """(years,) means of replicates, a year; months 1 to 12 are the first, an incomplete last one counts as a rate."""
    middle = values.mean(axis=0)[1:]
    return np.array([middle[at : at + YEAR].mean() * YEAR for at in range(0, len(middle), YEAR)])


def more(summary: Summary, label: str, line: Line, period: Period) -> Numbers:
    """(pairs,) what a strategy has more of than no foundation, over a period."""
    mine, other = twins(summary, label, line)
    return within(mine - other, period)


def differences(summary: Summary, label: str, lines: Iterable[Line], period: Period) -> dict[str, Gap]:
    """What each line costs more than without a foundation, EUR over the period."""
    pairs = Twins.of(summary, label)
    return {line.name: pairs.gap(more(summary, label, line, period)) for line in lines}


def used(summary: Summary, labels: Iterable[str], lines: Sequence[Line]) -> list[Line]:
    """The lines in which any of them ever spends."""
    labels = list(labels)
    return [line for line in lines if any(monthly(summary, label, line)[:, 1:].any() for label in labels)]


# --- what it buys -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bought:
    """What a strategy's money bought in a period, means of replicates; gaps are from no foundation."""

    euros: float
    secure_months: float
    supported_months: float  # of them in the reformed service
    crisis_months: float
    wasted: float  # EUR, for reformed places empty or left within three months
    cost: float  # EUR per secure month
    more_euros: Gap
    more_months: Gap
    more_cost: Gap
    more_wasted: Gap
    more_supported: Gap
    more_crisis: Gap
    extra: Ratio | None  # EUR for each secure month more; None where there are none that runs can tell


def bought(summary: Summary, label: str, period: Period) -> Bought:
    """See `Bought`."""

    def mean(measure: str) -> float:
        return float(within(summary.of(label, measure), period).mean())

    pairs = Twins.of(summary, label)

    def gap(measure: str) -> Gap:
        return pairs.gap(within(summary.difference(label, NOBODY, measure)[pairs.used], period))

    euros, months = (
        [within(part, period) for part in twins(summary, label, line)] for line in (ALL, SECURE)
    )  # each of the strategy and of its twin
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = [money / secure for money, secure in zip(euros, months, strict=True)]
    more_euros, more_months = euros[0] - euros[1], months[0] - months[1]
    return Bought(
        float(euros[0].mean()), float(months[0].mean()), mean("reform"), mean("crisis"), mean("wasted"),
        float(cost[0].mean()), pairs.gap(more_euros), pairs.gap(more_months), pairs.gap(cost[0] - cost[1]),
        gap("wasted"), gap("reform"), gap("crisis"), pairs.ratio(more_euros, more_months),
    )  # fmt: skip


def plane(summary: Summary, label: str, period: Period) -> Numbers:
    """(pairs, 2): secure months more, and EUR more, than without a foundation, twin by twin."""
    return np.stack([more(summary, label, line, period) for line in (SECURE, ALL)], axis=1)


# --- savings ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Savings:
    """Savings of a strategy, EUR a year by year of the run (means), and over the whole run against no foundation.

    cashed: cost of closed beds that became money somebody can spend.  kept: the rest of what these beds cost.
    elsewhere: what other services cost less, valued as they are booked; nobody's budget falls for it.
    """

    cashed: Numbers
    kept: Numbers
    more_cashed: Gap
    more_kept: Gap
    elsewhere: Gap


def savings(summary: Summary, label: str) -> Savings:
    """See `Savings`."""
    period, pairs = (1, summary.months - 1), Twins.of(summary, label)

    def gap(measure: str, sign: float = 1.0) -> Gap:
        return pairs.gap(sign * within(summary.difference(label, NOBODY, measure)[pairs.used], period))

    return Savings(by_year(summary.of(label, SAVED)), by_year(summary.of(label, NOT_SAVED)), gap(SAVED),
                   gap(NOT_SAVED), gap("other_services", -1.0))  # fmt: skip


# --- the flow: who pays, for what, and what that buys -----------------------------------------------------------------

# Titles: "{...}" stands for the domain's word, the rest is in general terms for `Domain.own`.
PAYERS = {
    "commissioner": N_("{commissioner}"),
    "foundation": N_("{foundation}"),
    "staff": N_("unpaid: {professionals}, {managers}"),
    "users": N_("unpaid: {service_users}"),
    "others": G_("other public budgets"),
    "earlier": G_("bridge money handed over earlier"),
}
BUYS = {
    "sheltered": N_("{crisis_places} in use"),
    "empty_beds": N_("{crisis_places} empty"),
    "secure": N_("{secure_outcomes} with support"),
    "looking": N_("support for people {looking}"),
    "wasted": N_("{reformed_places} empty or left early"),
    "homes": N_("more {secure_outcomes} for anybody"),
    "relief": G_("more hours in every service"),
    "change": G_("the attempt to change services and minds"),
    "control": G_("the programme's own running"),
    "in_hand": G_("unused bridge money"),
    "care": G_("care and order"),
}
FOR = {  # what each of the foundation's accounts buys, where that is not places
    **dict.fromkeys(("foundation_involvement", "foundation_training", "foundation_implementation",
                     "foundation_spotlight", "foundation_listening", "foundation_seats", "foundation_convening",
                     "foundation_campaign"), "change"),
    **dict.fromkeys(("foundation_assessment", "foundation_verification", "foundation_checks"), "control"),
    "foundation_top_up": "relief", "foundation_homes": "homes",
}  # fmt: skip
GROUPS = {  # what these accounts are together, when everybody's money is shown
    "change": G_("training, involvement, listening"),
    "control": G_("assessment and checks"),
    "relief": G_("topping up budgets"),
    "homes": N_("{secure_outcomes} bought"),
}
SERVICES = {
    "crisis": N_("{crisis_places}"),
    "double": G_("double running"),
    "reform": N_("{reformed_places}"),
    "bridge": G_("bridge money"),
    "other": G_("health, justice, other services"),
    "unpaid": G_("hours that nobody paid"),
}


@dataclass(frozen=True)
class Flow:
    """Money of one strategy in one period, EUR, means of replicates.

    `nodes`: stage (0 payers, 1 spent on, 2 buys) and title, as above, by key.  `links`: from key, to key, EUR.
    """

    nodes: Mapping[str, tuple[int, str]]
    links: Sequence[tuple[str, str, float]]

    def into(self, key: str) -> float:
        """EUR that reach a node."""
        return sum(euros for _, to, euros in self.links if to == key)

    def out_of(self, key: str) -> float:
        """EUR that leave it."""
        return sum(euros for start, _, euros in self.links if start == key)

    def size(self, key: str) -> float:
        """EUR that pass a node."""
        return max(self.into(key), self.out_of(key))

    def stage(self, stage: int) -> list[str]:
        """The nodes of one stage, the largest first."""
        keys = [key for key, (own, _) in self.nodes.items() if own == stage]
        return sorted(keys, key=lambda key: -self.size(key))


def flow(summary: Summary, label: str, period: Period, foundation_only: bool = False) -> Flow:
    """See `Flow`; with `foundation_only` the foundation's money alone, purpose by purpose."""

    def total(name: str) -> float:
        return float(within(summary.of(label, name), period).mean())

    book = {name: total(name) for name in LEDGER.fields}
    months = {name: total(name) for name in ("crisis", "looking", "reform")}
    slept = _occupied(summary, label, period)
    places = book["commissioner_reform"] + book["foundation_places"] + book["provider_double"]
    lost = min(1.0, total("wasted") / places) if places > 0 else 0.0
    living = months["reform"] / taken if (taken := months["reform"] + months["looking"]) > 0 else 0.0
    beds = {"sheltered": slept, "empty_beds": 1 - slept}
    homes = {"secure": (1 - lost) * living, "looking": (1 - lost) * (1 - living), "wasted": lost}
    in_hand = book["foundation_bridge"] - book["provider_double"]
    found = _Links()
    if foundation_only:
        found.add("foundation", "foundation_places", book["foundation_places"], homes)
        found.add("foundation", "bridge", book["foundation_bridge"] - max(0.0, in_hand), homes)
        for name, bought_thing in FOR.items():
            found.add("foundation", name, book[name], {bought_thing: 1.0})
        middle = "bridge"
    else:
        found.add("commissioner", "crisis", book["commissioner_crisis"] - book["commissioner_double"], beds)
        found.add("commissioner", "double", book["commissioner_double"], beds)
        found.add("commissioner", "reform", book["commissioner_reform"], homes)
        found.add("foundation", "reform", book["foundation_places"], homes)
        found.add("foundation", "double", book["provider_double"] - max(0.0, -in_hand), homes)
        for name, bought_thing in FOR.items():
            found.add("foundation", f"for {bought_thing}", book[name], {bought_thing: 1.0})
        found.add("staff", "unpaid", book["provider_hours"], {"change": 1.0})
        found.add("users", "unpaid", book["users_hours"], {"change": 1.0})
        found.add("others", "other", book["other_services"], {"care": 1.0})
        middle = "double"
    found.add("foundation", "bridge", max(0.0, in_hand), {"in_hand": 1.0})
    found.add("earlier", middle, max(0.0, -in_hand), homes)
    titles = {key: (0, title) for key, title in PAYERS.items()}
    titles |= {key: (1, title) for key, title in SERVICES.items()}
    titles |= {f"for {key}": (1, title) for key, title in GROUPS.items()}
    titles |= {name: (1, LEDGER.fields[name].meaning) for name in FOUNDATION}
    titles |= {key: (2, title) for key, title in BUYS.items()}
    links = found.links()
    seen = {key for start, to, _ in links for key in (start, to)}
    return Flow({key: titles[key] for key in titles if key in seen}, links)


def _occupied(summary: Summary, label: str, period: Period) -> float:
    """The share of crisis beds' money spent on beds that are slept in."""
    cost = summary.of(label, "commissioner_crisis")
    paid = float(within(cost, period).mean())
    slept = float(within(cost * np.minimum(summary.of(label, "crisis_occupancy"), 1.0), period).mean())
    return slept / paid if paid > 0 else 0.0


class _Links:
    """Payments from payer to purpose, and on to what they buy; equal ones are added up."""

    def __init__(self) -> None:
        self._euros: dict[tuple[str, str], float] = {}

    def add(self, payer: str, purpose: str, euros: float, buys: Mapping[str, float]) -> None:
        for pair, amount in {
            (payer, purpose): euros,
            **{(purpose, to): euros * part for to, part in buys.items()},
        }.items():
            if amount > 0:
                self._euros[pair] = self._euros.get(pair, 0.0) + amount

    def links(self) -> list[tuple[str, str, float]]:
        return [(start, to, euros) for (start, to), euros in self._euros.items()]
