"""Minds: what professionals believe, what managers are ready for and what happened, month by month in one run.

Everything is copied out of the world between two months; the run has the digits it would have had unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.professional import IN_OUTREACH, VACANT
from model.state import World
from runs.running import Run, kept, month_by_month
from scenarios.scenario import Scenario

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BINS = 20  # of belief
EDGES: Numbers = np.arange(BINS + 1) / BINS
MOST_POSTS = 1_500  # followed one by one; in a larger place professionals are only counted.  Assumption


@dataclass(frozen=True, eq=False)
class Network:
    """Who listens to whom: rows are posts and providers, the same in every month and under every strategy.

    provider, outreach (posts,); peers (posts, 6); manager_peers (providers, 4): rows, -1 is none; outside (providers,).
    The manager of a provider has its row.
    """

    provider: Whole
    outreach: Flags
    peers: Whole
    manager_peers: Whole
    outside: Flags

    @property
    def ties(self) -> Whole:
        """(ties, 2): each tie between two people once; posts have their rows, managers come after the posts.

        Colleagues who listen to one another, managers who do, and everybody and the manager of their provider; the
        outreach team works beside the providers and has no manager.
        """
        posts = len(self.provider)
        rows, boss = np.arange(posts), posts + self.provider
        found = [_pairs(rows, self.peers), _pairs(np.arange(len(self.outside)), self.manager_peers) + posts,
                 np.stack([rows, boss], axis=1)[~self.outreach]]  # fmt: skip
        return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


@dataclass(frozen=True, eq=False)
class Minds:
    """One run.  Rows are months 0 ... months; shares and beliefs from 0 to 1.

    counts (months, BINS): professionals by bin of belief; side, far (months,): how many of them are on side (belief of
    `on_side_from` and more) and far from it (below `laggards_below`).  belief (months, posts): nan is a vacant post;
    there are no columns where the place has more than MOST_POSTS.  readiness, trust, heard (months, providers): of the
    manager, in the foundation, users' voice that reaches the manager.
    """

    label: str
    run: Run
    network: Network
    counts: Whole
    side: Whole
    far: Whole
    belief: Numbers
    readiness: Numbers
    trust: Numbers
    heard: Numbers
    on_side_from: float
    laggards_below: float

    @property
    def followed(self) -> bool:
        """Whether professionals were followed one by one."""
        return bool(self.belief.shape[1])


def record(past: World, scenario: Scenario, look: Callable[[int], None]) -> Minds:
    """The scenario's run from `past` on; `look` is told each month and may raise to stop."""
    staff = past.professionals
    network = Network(
        staff["provider"].astype(np.int64), staff["service"] == IN_OUTREACH, past.peers.astype(np.int64),
        past.manager_peers.astype(np.int64), past.providers["outside"] == 1,
    )  # fmt: skip
    first = past.system[0].outreach_first
    network.outreach[first : first + past.system[0].outreach_slots] = True  # an outreach post may be vacant just now
    seen, world = [], past
    for month, world in month_by_month(past, scenario):
        seen.append(_seen(world))
        look(month)
    counts, side, far, belief, readiness, trust, heard = (np.array(column) for column in zip(*seen, strict=True))
    p = world.parameters[0]
    return Minds(scenario.label, kept(world, scenario), network, counts, side, far, belief, readiness, trust, heard,
                 float(p.on_side_from), float(p.laggards_below))  # fmt: skip


def _seen(world: World) -> tuple[Whole, int, int, Numbers, Numbers, Numbers, Numbers]:
    staff, managers, p = world.professionals, world.managers, world.parameters[0]
    here = staff["service"] != VACANT
    known = staff["belief"][here]
    bins = np.clip(np.searchsorted(EDGES, known, side="right") - 1, 0, BINS - 1)
    belief = np.where(here, staff["belief"], np.nan) if len(staff) <= MOST_POSTS else np.empty(0)
    side, far = int((known >= p.on_side_from).sum()), int((known < p.laggards_below).sum())
    return (np.bincount(bins, minlength=BINS), side, far, belief, managers["readiness"].copy(),
            managers["trust"].copy(), world.providers["voice_heard"].copy())  # fmt: skip


def _pairs(rows: Whole, others: Whole) -> Whole:
    """(ties, 2) of `others` (rows, k), where -1 is none."""
    found = np.stack([np.repeat(rows, others.shape[1]), others.ravel()], axis=1)
    return found[found[:, 1] >= 0]
