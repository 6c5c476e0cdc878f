"""Minds in words and numbers: what moved in the mean of the runs, and what one run shows of its people.

Means, intervals and verdicts come from paired replicates; camps, coalition, voices and events from one recorded run
(runs/minds.py), which is an example and says nothing about how sure anything is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from analysis.comparison import SoFar
from analysis.contrasts import (
    BETTER,
    BETTER_OPEN,
    NOT_KNOWN,
    SAME,
    WORSE,
    WORSE_OPEN,
    Contrast,
    so_far,
    verdict,
)
from analysis.units import EUROS, Units
from analysis.words import from_to, listed, money, number
from runs.minds import Minds, Network
from runs.store import UNITS, events_of
from scenarios.domains import Domain, capital
from scenarios.language import G_, N_, say
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]

# What is drawn of many runs, in this order: title and the scale in words.
TITLES = {
    "belief": (N_("Belief of {professionals}"), N_("from 0 to 1")),
    "belief_spread": (N_("How far {professionals} are apart"), N_("standard deviation of belief")),
    "on_side": (N_("{professionals} on side"), N_("per cent")),
    "laggards": (N_("{professionals} far from it"), N_("per cent")),
    "readiness": (N_("Readiness of {managers}"), N_("per cent, mean")),
    "trust_foundation": (N_("Trust in the foundation"), N_("per cent, mean of {managers}")),
    "voice": (N_("Voice of {service_users}"), N_("per cent, mean")),
    "voice_gap": (N_("Gap in voice"), N_("points; low need minus high need")),
}
SHOWN = tuple(TITLES)
SUBJECTS = {"belief": N_("{professionals}' belief is {change}"), "readiness": N_("{managers}' readiness is {change}")}
WITHIN = 0.01  # a difference that is too small to matter: one point for shares; for belief an assumption
WORDS = {
    BETTER: N_("higher"),
    BETTER_OPEN: N_("higher, size open"),
    SAME: SAME,
    NOT_KNOWN: NOT_KNOWN,
    WORSE_OPEN: N_("lower, size open"),
    WORSE: N_("lower"),
}  # a mind is no good in itself
CLEAR = tuple(WORDS[verdict] for verdict in (BETTER, BETTER_OPEN, WORSE_OPEN, WORSE))

READY = 0.5  # readiness from which a manager counts as on side: more speaks for reform than against.  Assumption
CAMPAIGN = "campaign"

# The lanes of the timeline: who acts, and what each kind of event means.
MEANINGS = {
    "award": N_("a grant is awarded to {a provider}"),
    "payment held": N_("a condition is not met and a payment waits"),
    "fake detected": N_("a partnership with users turns out to be faked"),
    CAMPAIGN: N_("the foundation pays for a campaign this month"),
    "listening": N_("a listening cycle takes place"),
    "obstacle found": N_("the foundation learns what holds {a provider} back"),
    "acted on": N_("within six months the service has moved towards what users said"),
    "tokenism": N_("users were asked, and within six months nothing much followed"),
    "opens places": N_("{reformed_places} open"),
    "taken over": N_("public money takes grant-paid places over"),
    "refused": N_("public money refuses to, and the places vanish"),
    "discontinued": N_("{reformed_places} end: a programme dies"),
    "restarted": N_("they start again"),
    "converts beds": N_("{a provider} decides to turn {crisis_places} into {reformed_places}"),
    "beds close": N_("{crisis_places} close"),
    "beds open": N_("planned {crisis_places} open"),
    "places close": N_("planned {reformed_places} end"),
    "emergency beds": N_("emergency money opens {crisis_places}"),
}


# What events count, one and several, in general terms.
COUNTED = {"places": (G_("place"), G_("places")), "beds": (G_("bed"), G_("beds"))}


# --- the mean of the runs ---------------------------------------------------------------------------------------------


def title(measure: str, domain: Domain) -> str:
    """What the measure is called here."""
    return capital(domain.says(TITLES[measure][0]))


def scale(measure: str, domain: Domain) -> str:
    """What its numbers are."""
    return domain.says(TITLES[measure][1])


def says_of(measure: str, value: float | None, sign: bool = False) -> str:
    """0.45 of belief, 27.3 (per cent or points) of anything else."""
    share = measure not in ("belief", "belief_spread")
    return number(None if value is None else value * (100.0 if share else 1.0), 1 if share else 3, sign=sign)


def unit(measure: str) -> str:
    """What follows a difference."""
    return "" if measure in ("belief", "belief_spread") else f" {say('points')}"


def word(found: Contrast) -> str:
    """One of WORDS: the interval against WITHIN, as verdicts are made (analysis/contrasts.py)."""
    return WORDS[verdict(found.low, found.high, WITHIN, 1)]


def said(compared: SoFar, measure: str, month: int) -> str:
    """ "higher under A (+0.04) and not known under B"; verdicts are against no foundation."""
    groups: dict[str, list[str]] = {}
    for name in compared.names:
        found = so_far(compared.summary, name, NOBODY, measure, month)
        gap = says_of(measure, found.difference, sign=True)
        about = f" ({gap}{unit(measure)})" if word(found) in CLEAR else ""
        groups.setdefault(word(found), []).append(compared.titles[name] + about)
    if len(groups) == 1 and len(compared.names) > 1 and next(iter(groups)) in (SAME, NOT_KNOWN):
        change = say(next(iter(groups)))
        return say("{change} under both", change=change) if len(compared.names) == 2 else say(
            "{change} under all", change=change)  # fmt: skip
    parts = [say("{change} under {who}", change=say(one), who=listed(groups[one])) for one in WORDS.values()
             if one in groups]  # fmt: skip
    return listed(parts)


def sentence(compared: SoFar) -> str:
    """What moved by the programme's end: belief and readiness, compared with no foundation."""
    domain = compared.domain
    if not compared.names:
        return domain.says("This is what happens to {professionals} and {managers} without a foundation.")
    end = _end(compared)
    return domain.says("{When}, compared with no foundation, {changes}.", when=compared.after(end),
                       changes="; ".join(_changes(compared, end)))  # fmt: skip


def later(compared: SoFar) -> str:
    """What is left of it at the last moment; empty where that is the same moment, or nobody is compared."""
    last = compared.when[-1]
    if not compared.names or last == _end(compared):
        return ""
    return compared.domain.says("{When}, {changes}.", when=compared.after(last),
                                changes="; ".join(_changes(compared, last)))  # fmt: skip


def _changes(compared: SoFar, month: int) -> list[str]:
    """What moved: a clause each on belief and readiness."""
    return [compared.domain.says(text, change=said(compared, measure, month)) for measure, text in SUBJECTS.items()]


def _end(compared: SoFar) -> int:
    return compared.programme[1] if compared.programme else compared.when[-1]


def beneath(compared: SoFar, measure: str) -> str:
    """One sentence beneath a chart: the differences at the programme's end, with intervals and the word for them."""
    end = _end(compared)
    parts = []
    for name in compared.names:
        found = so_far(compared.summary, name, NOBODY, measure, end)
        ends = (
            ""
            if found.low is None
            else (f" ({from_to(says_of(measure, found.low, sign=True), says_of(measure, found.high, sign=True))})")
        )
        change = say("not known: these runs cannot tell") if word(found) == NOT_KNOWN else say(word(found))
        gap = says_of(measure, found.difference, sign=True)
        parts.append(f"{compared.titles[name]} {gap}{unit(measure)}{ends}, {change}")
    if not parts:
        return ""
    return say("Against no foundation, {when} – {strategies}.", when=compared.after(end), strategies="; ".join(parts))


# --- one run: camps ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Camps:
    """Shares of professionals in each month (months,): far from it, in between, on side; and by bin (months, BINS).

    far_below, on_side_from: beliefs where the run's own parameters draw the two lines.
    """

    far: Numbers
    between: Numbers
    on_side: Numbers
    bins: Numbers
    far_below: float
    on_side_from: float


def camps(minds: Minds) -> Camps:
    """Where professionals stand, all of them."""
    staff = np.maximum(minds.counts.sum(axis=1), 1)
    far, side = minds.far / staff, minds.side / staff
    return Camps(far, 1.0 - far - side, side, minds.counts / staff[:, None], minds.laggards_below, minds.on_side_from)


# --- one run: the coalition -------------------------------------------------------------------------------------------

VACANT, FAR_FROM_IT, BETWEEN, SIDE = range(4)  # of a post


@dataclass(frozen=True, eq=False)
class Coalition:
    """Who is on side, month by month.  post (months, posts): VACANT ... SIDE.  ready (months, providers).

    ties (ties, 2) are the network's; live (months,): ties between two people on side; largest (months,): people in the
    largest group of them that hangs together; staff, side, managers (months,): how many there are.
    """

    post: npt.NDArray[np.int8]
    ready: npt.NDArray[np.bool_]
    ties: npt.NDArray[np.int64]
    live: npt.NDArray[np.int64]
    largest: npt.NDArray[np.int64]
    staff: npt.NDArray[np.int64]
    side: npt.NDArray[np.int64]
    managers: npt.NDArray[np.int64]


def coalition(minds: Minds) -> Coalition:
    """The coalition in a run whose posts were followed."""
    belief, ties, outside = minds.belief, minds.network.ties, minds.network.outside
    post = np.full(belief.shape, BETWEEN, np.int8)
    post[belief >= minds.on_side_from] = SIDE
    post[belief < minds.laggards_below] = FAR_FROM_IT
    post[np.isnan(belief)] = VACANT
    ready = (minds.readiness >= READY) & ~outside
    on = np.concatenate([post == SIDE, ready], axis=1)
    both = on[:, ties[:, 0]] & on[:, ties[:, 1]]
    largest = [_largest(here, ties[tied]) for here, tied in zip(on, both, strict=True)]
    return Coalition(post, ready, ties, both.sum(axis=1), np.array(largest, np.int64), (post != VACANT).sum(axis=1),
                     (post == SIDE).sum(axis=1), ready.sum(axis=1))  # fmt: skip


def _largest(on: npt.NDArray[np.bool_], ties: npt.NDArray[np.int64]) -> int:
    """People on side in the largest group that hangs together by ties."""
    if not on.any():
        return 0
    n = len(on)
    graph = csr_array((np.ones(len(ties)), (ties[:, 0], ties[:, 1])), shape=(n, n))
    _, group = connected_components(graph, directed=False)
    return int(np.bincount(group[on]).max())


def coalition_says(found: Coalition, inside: int, month: int, domain: Domain) -> str:
    """One month in words."""
    return domain.says(
        "{side} of {staff} {professionals} and {ready} of {inside} {managers} are on side; {largest} of them hang "
        "together, {ties} ties in all.",
        side=str(found.side[month]), staff=str(found.staff[month]), ready=str(found.managers[month]),
        inside=str(inside), largest=str(found.largest[month]), ties=str(found.live[month]),
    )  # fmt: skip


def layout(network: Network, used: npt.NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Where posts (posts, 2) and managers (providers, 2) stand in a square from 0 to 1; no chance in it.

    Providers stand in a ring, the outreach team in the middle, a pilot outside in the corner; people stand around their
    manager in the order of their rows.  `used` (posts,): whoever never is there takes no room.
    """
    n = int((~network.outside).sum())
    angle = np.cumsum(~network.outside) * 2 * math.pi / max(n, 1) - math.pi / 2
    ring = 0.37
    bosses = 0.5 + ring * np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    bosses[network.outside] = (0.93, 0.07)
    room = min(0.115, 0.92 * ring * math.sin(math.pi / max(n, 2)))
    posts = np.empty((len(network.provider), 2))
    team = np.where(network.outreach, len(network.outside), network.provider)
    for which in np.unique(team):
        rows = np.flatnonzero(used & (team == which))
        centre = bosses[which] if which < len(bosses) else np.array([0.5, 0.5])
        k = np.arange(len(rows))
        away = np.sqrt(0.04**2 + (room**2 - 0.04**2) * (k + 0.5) / max(len(rows), 6))
        turn = k * math.pi * (3 - 5**0.5)
        posts[rows] = centre + np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)
    posts[~used] = np.nan
    return posts, bosses


# --- one run: voices --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Voices:
    """(months,) each: voice of people of low and of high need, of all, and what of it reaches managers."""

    low: Numbers
    high: Numbers
    everybody: Numbers
    heard: Numbers


def voices(minds: Minds) -> Voices:
    """What users could say, and what arrives."""
    measured = minds.run.measured
    assert measured is not None
    low, high, everybody = (np.array(measured[name], np.float64) for name in ("voice_low", "voice_high", "voice"))
    return Voices(low, high, everybody, minds.heard[:, ~minds.network.outside].mean(axis=1))


# --- one run: events --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Happened:
    """All of one kind in one month of one run: how many times, and EUR, places or beds in all, simulated."""

    month: int
    kind: str
    times: int
    amount: float

    def says(self, domain: Domain, units: Units = EUROS) -> str:
        """award, 3 times (EUR 90,000); money in `units`, places and beds as simulated."""
        kind, about = domain.own(self.kind), self._about(domain, units)
        text = say("{what}, {times} times", what=kind, times=self.times) if self.times > 1 else kind
        return f"{text} ({about})" if about else text

    def _about(self, domain: Domain, units: Units) -> str:
        """How much money, or how many places or beds."""
        unit_of = UNITS.get(self.kind, "EUR")
        if unit_of == "EUR":
            return money(self.amount, units) if self.amount else ""
        if unit_of not in COUNTED:
            return ""
        one, more = COUNTED[unit_of]
        counted = domain.own(one if self.amount == 1 else more)
        return say("{count} {counted}", count=number(self.amount), counted=counted)


def happened(minds: Minds) -> list[Happened]:
    """What happened, by month and kind in the order of MEANINGS; months with a campaign are among it."""
    order = {kind: i for i, kind in enumerate(MEANINGS)}
    rows = events_of(minds.run).group_by("month", "event").agg(pl.len().alias("times"), pl.col("amount").sum())
    found = [Happened(*row) for row in rows.select("month", "event", "times", "amount").iter_rows()]
    ledger = minds.run.ledger
    assert ledger is not None
    paid = np.array(ledger["foundation_campaign"], np.float64) / 100.0
    found += [Happened(int(month), CAMPAIGN, 1, float(paid[month])) for month in np.flatnonzero(paid > 0)]
    return sorted(found, key=lambda one: (one.month, order[one.kind]))


def kinds(runs: Sequence[Sequence[Happened]]) -> list[str]:
    """The kinds that occur in any of the runs, in the order of MEANINGS."""
    there = {one.kind for run in runs for one in run}
    return [kind for kind in MEANINGS if kind in there]


def yearly(run: Sequence[Happened], kind: str, months: int) -> list[int]:
    """How many times a year, from the first on; a last year that is cut short counts as it is."""
    found = [0] * math.ceil(months / 12)
    for one in run:
        if one.kind == kind and one.month > 0:
            found[(one.month - 1) // 12] += one.times
    return found
