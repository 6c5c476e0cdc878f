"""How long programmes live, what co-design changes, what moves beliefs, and who works in the services: P15, P21 to P23.

All four are run in Dublin as it ships; each function is one replicate at the study's own size, as far as one is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from agents.funder import EMPTY, GRANT_PAID, MAINSTREAM
from agents.professional import VACANT, comes_from_sector
from agents.service_user import GONE, REFORM, SETTLED
from analysis.patterns.experiment import Experiment, Sets, settings_for
from engine.chance import uniforms
from engine.record import Rows
from model.contracts import GRANTED
from model.draws import FROM_SECTOR, POST
from model.month import MONTH, run
from model.room import made_room, room
from model.state import BURN_IN, World
from model.steps.s03_listening import people_are_listened_to
from runs.running import begun, burnt_in, lived, month_by_month
from runs.trial import IS_ENROLLED, TRIAL
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

PLACE = "dublin"
CARRIER = "carrier"  # project money without an idea: middle grants for two years, sites at random, providers' design


def scenario(seed: int, sets: Sets, months: int, strategy: str = NOBODY, people: int | None = None,
             **levers: float) -> Scenario:  # fmt: skip
    """One run in Dublin, at real size unless `people` says another, with these overrides of parameters."""
    settings = Settings(dict(levers), settings_for(sets, PLACE))
    return Scenario(
        find_strategy(strategy), find_place(PLACE), find_worldview("evidence"), people, months, seed, settings
    )


# P15 ------------------------------------------------------------------------------------------------------------------

IN_CANADA, AFTER = 12, 24  # programmes; months after the end of the demonstration at which they were looked for [S78]
IN_STATES, LATER = 49, 72  # sites; months after full implementation, which the project had paid two years for [S79]
OCCASION = (1 << 24) - 1  # the part of a lot's number that says what it was opened on (model/contracts.py)
CALLS = 60  # months in which the foundation calls: as many as it has at rest, enough for 49 programmes
LONGEST_LAG = 6  # months from an award to its first place, at most (evidence/quantities: opening_lag)


def survival(seed: int, sets: Sets) -> dict[str, float]:
    """P15: what became of programmes set up with project money.

    A programme is a lot of places that a grant opened.  Both studies start the clock when the project's support ends
    (2 years after the demonstration [S78]; 6 years after full implementation, which took 2 [S79]), so the clock starts
    in the month in which the grant stops paying, and what is not taken over then is lost at once.  Everybody is
    followed for the whole time: plain shares need no Kaplan-Meier.  Programmes here share one commissioner and twelve
    managers, those of the studies five cities and eight states.
    """
    months = CALLS + LONGEST_LAG + int(find_strategy(CARRIER).settings()[0][1]["grant_term"]) + LATER
    plan = scenario(seed, sets, months, CARRIER, start=0.0, duration=float(CALLS))
    fates = list(fates_of(lives(month_by_month(burnt_in(plan), plan)), LATER).items())
    early = [fate[AFTER] == MAINSTREAM for _, fate in sampled(fates, IN_CANADA, seed, AFTER)]
    late = [outcome(fate) for _, fate in sampled(fates, IN_STATES, seed, LATER)]
    return {
        "P15.alive_24": share(early),
        "P15.continuous_72": share([one == "continuous" for one in late]),
        "P15.restarted_72": share([one == "restarted" for one in late]),
        "P15.gone_72": share([one == "gone" for one in late]),
    }


def lives(months: Iterator[tuple[int, World]]) -> dict[int, list[int]]:
    """Month by month the state of every lot that a grant opened, from its first month on; EMPTY once forgotten."""
    found: dict[int, list[int]] = {}
    for _, world in months:
        number, state = np.asarray(world.lots["ordinal"]), np.asarray(world.lots["state"])
        ours = (state != EMPTY) & (number > OCCASION) & (number & OCCASION >= GRANTED)
        now = dict(zip(number[ours].tolist(), state[ours].tolist(), strict=True))
        for lot in now.keys() - found.keys():
            found[lot] = []
        for lot, states in found.items():
            states.append(now.get(lot, EMPTY))
    return found


def fates_of(found: Mapping[int, Sequence[int]], months: int) -> dict[int, list[int]]:
    """States from the month in which project money ended to `months` later, of the lots that were seen so long."""
    fates = {}
    for lot, states in found.items():
        end = next((k for k, state in enumerate(states) if state != GRANT_PAID), len(states))
        if len(states) > end + months:
            fates[lot] = list(states[end : end + months + 1])
    return fates


def outcome(fate: Sequence[int]) -> str:
    """continuous: never without money; restarted: had stopped and is there again; gone: is not there at the end."""
    if fate[-1] != MAINSTREAM:
        return "gone"
    return "continuous" if all(state == MAINSTREAM for state in fate) else "restarted"


def sampled(fates: list[tuple[int, list[int]]], size: int, seed: int, study: int) -> list[tuple[int, list[int]]]:
    """As many as the study had, at random (`study` keys it: each draws its own); all where there are fewer."""
    return sorted(fates, key=lambda one: (uniforms(seed, TRIAL, study, one[0])[IS_ENROLLED], one[0]))[:size]


def share(which: Sequence[bool]) -> float:
    """Share of those for whom it is true; nan of nobody."""
    return sum(which) / len(which) if which else math.nan


# P21 ------------------------------------------------------------------------------------------------------------------

WINDOW = 27  # months of CORE [S70]
ASKED = 287  # service users of CORE [S70], each of whom was seen with and without co-design
SYSTEM = 12_000  # people: Dublin and a quarter, so that twice as many as were asked are served
EXTRA = 0.25  # involvement money on top, per euro of the grant without it.  Assumption: enough for contact and tables


def co_design(seed: int, sets: Sets) -> dict[str, float]:
    """P21: services designed with the people who use them against the same services without, over 27 months.

    Two copies of one system get the same grants for the same places, training, bridge and support; in one of them the
    design is the users' (design_users 1) and involvement is paid on top.  The model knows no recovery scale: the
    outcome is a secure home at the end, among the people who were in the reformed service at the beginning and are
    still there to be asked.  The two copies are read on different people at random, 287 each where so many are served.
    effect: Cohen's h, the arcsine difference of the two shares: like d it has the standard error sqrt(1/n + 1/n),
    here .083 (CORE, 841 observations of 287 people: .071).
    process_change: by how much designs are nearer to the mean wants of the people served than without co-design, as a
    distance in the space of wants, over the programmes by their tenants at the end.
    """
    with_users = on_top(find_strategy(CARRIER).settings()[0][1], EXTRA)
    without = scenario(seed, sets, WINDOW, CARRIER, SYSTEM, start=0.0, duration=float(WINDOW))
    designed = scenario(seed, sets, WINDOW, CARRIER, SYSTEM, start=0.0, duration=float(WINDOW), **with_users)
    past = burnt_in(without)
    served = np.flatnonzero(past.users["situation"] == REFORM)
    people = np.asarray(past.users["id"][served]).tolist()
    people.sort(key=lambda one: (uniforms(seed, TRIAL, BURN_IN, one)[IS_ENROLLED], one))
    half = min(ASKED, len(people) // 2)
    plain, made_with = lived(past, without), lived(past, designed)
    return {
        "P21.effect": effect_size(secure(made_with.users, people[:half]), secure(plain.users, people[half : 2 * half])),
        "P21.process_change": away_from_wants(plain) - away_from_wants(made_with),
    }


def on_top(levers: Mapping[str, float], extra: float) -> dict[str, float]:
    """Levers that add `extra` of a grant for involvement and leave what it pays otherwise.

    There are as many grants as before, so that each is larger by as much.
    """
    whole = 1.0 + extra
    shares = {name: value / whole for name, value in levers.items() if name.startswith("share_") and value}
    more = {"budget": levers["budget"] * whole, "design_users": 1.0}
    return {**shares, **more, "share_involvement": extra / whole}


def secure(users: Rows, people: Sequence[int]) -> list[bool]:
    """Has a secure home, for each of these people (ids) who is still there."""
    here = users[users["situation"] != GONE]
    home = dict(zip(here["id"].tolist(), np.isin(here["situation"], (REFORM, SETTLED)).tolist(), strict=True))
    return [home[one] for one in people if one in home]


def effect_size(one: Sequence[bool], other: Sequence[bool]) -> float:
    """Cohen's h of two shares, in standard deviations; above 0 where the first is larger; nan without people.

    >>> round(effect_size([True, True, True, False], [True, True, False, False]), 3)
    0.524
    """
    return 2.0 * (math.asin(math.sqrt(share(one))) - math.asin(math.sqrt(share(other)))) if one and other else math.nan


def wants_of(people: np.ndarray, programmes: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean wants of the people of each programme (programmes, 3), and how many they are."""
    number = np.bincount(people["programme"], minlength=programmes)
    names = ("wants_choice", "wants_home", "wants_support")
    sums = [np.bincount(people["programme"], weights=people[name], minlength=programmes) for name in names]
    return np.stack(sums, axis=1) / np.maximum(number, 1)[:, None], number


def away_from_wants(world: World) -> float:
    """How far designs are from the mean wants of the tenants of their programmes, over all tenants; nan without any."""
    tenants = world.users[world.users["situation"] == REFORM]
    wants, number = wants_of(tenants, len(world.programmes))
    return float(np.average(distance(world.programmes, wants), weights=number)) if number.any() else math.nan


def distance(programmes: Rows, wants: np.ndarray) -> np.ndarray:
    """How far each programme's design is from these wants (programmes, 3)."""
    design = np.stack([programmes[name] for name in ("design_choice", "design_home", "design_support")], axis=1)
    return np.asarray(np.sqrt(((design - wants) ** 2).sum(axis=1)))


# P22 ------------------------------------------------------------------------------------------------------------------

YEAR = 12  # months of a full programme


def contact_and_training(seed: int, sets: Sets) -> dict[str, float]:
    """P22: what a year of contact as equals, or of training, does to belief, in standard deviations of belief before.

    Nothing but the exposure differs between the copies of one system: everybody who works there has a full programme,
    and remembers, talks and forgets by the rules.  Measured at the end of the year on those who were there throughout.
    Arithmetic: the sizes are inputs, less what habit takes back within the year.
    """
    plan = scenario(seed, sets, YEAR)
    past = burnt_in(plan)
    there = np.flatnonzero(past.professionals["service"] != VACANT)
    spread = float(past.professionals["belief"][there].std(ddof=1))
    plain = exposed(begun(past, plan))
    moved = {}
    for name in ("contact", "training"):
        world = exposed(begun(past, plan), **{name: 1.0})
        stayed = there[stays(plain.professionals, there) & stays(world.professionals, there)]
        change = world.professionals["belief"][stayed] - plain.professionals["belief"][stayed]
        moved[name] = float(change.mean()) / spread if len(stayed) and spread > 0.0 else math.nan
    return {
        "P22.contact_d": moved["contact"],
        "P22.training_d": moved["training"],
        "P22.order": moved["contact"] - moved["training"],
    }


def exposed(world: World, **exposure: float) -> World:
    """A year in which the staff of every provider have this exposure (full programmes a year), step by step."""
    steps: list[Callable[[World], object]] = list(MONTH)
    for _ in range(YEAR):
        while not room(world):
            world = made_room(world)
        for step in steps:
            step(world)
            if step is people_are_listened_to:  # the step in which contact is known; step 9 remembers it
                for name, programmes in exposure.items():
                    world.providers[name] = programmes
    return world


def stays(staff: Rows, rows: np.ndarray) -> np.ndarray:
    """Has been in the same post for the whole year."""
    return np.asarray((staff["service"][rows] != VACANT) & (staff["tenure"][rows] >= YEAR))


# P23 ------------------------------------------------------------------------------------------------------------------

FIVE_YEARS = 60  # months
STANDING = {"mainstream_growth": 0.0}
WATCHED = FIVE_YEARS + 1  # months: then nothing that was before the watch can matter


def workforce(seed: int, sets: Sets) -> dict[str, float]:
    """P23: how many leave their employer in a year, and how many have been in the field for five years or less.

    Everybody who works in Dublin, watched over 61 months without a foundation and without new money: a workforce that
    grows has more newcomers, which says nothing about who stays.
    turnover: leavers over twelve months to posts filled, the count that the source makes [S44] - not the share of
    people who are gone after a year, which is smaller.
    five_years: the model keeps months in the post, not in the field.  Whoever comes from outside begins at 0; whoever
    comes from the sector, by the same draw that gives them the sector's belief, brings the experience of a colleague
    drawn at random (assumption: who moves within the sector is like who works there).  What people had before the watch
    began does not matter: after 61 months it is more than five years.
    """
    plan = scenario(seed, STANDING | dict(sets), WATCHED)
    world = begun(burnt_in(plan), plan)
    experience = np.zeros(len(world.professionals), np.int64)
    left, posts = [], []
    for month in range(BURN_IN, BURN_IN + WATCHED):
        was = np.asarray(world.professionals["service"] != VACANT)
        world = run(world, 1)
        now = np.asarray(world.professionals["service"] != VACANT)
        hired = now & np.asarray(world.professionals["tenure"] == 0)
        experience = a_month_on(experience, was, now, hired, origins(world, seed, month, hired), seed, month)
        left.append(int((hired & was).sum()))
        posts.append(int(now.sum()))
    return {
        "P23.turnover": sum(left[-YEAR:]) / (sum(posts[-YEAR:]) / YEAR),
        "P23.five_years": share((experience[now] <= FIVE_YEARS).tolist()),
    }


def origins(world: World, seed: int, month: int, hired: np.ndarray) -> np.ndarray:
    """Who of those hired this month comes from the sector: the draw of step 1 once more."""
    p = world.parameters[0]
    sector = np.zeros(len(hired), bool)
    for row in np.flatnonzero(hired).tolist():
        sector[row] = comes_from_sector(p, uniforms(seed, POST, month, row)[FROM_SECTOR])
    return sector


def a_month_on(experience: np.ndarray, was: np.ndarray, now: np.ndarray, hired: np.ndarray, sector: np.ndarray,
               seed: int, month: int) -> np.ndarray:  # fmt: skip
    """Months in the field a month later: +1 for who stays, a colleague's for who comes from the sector, else 0.

    was, now: the post is filled before and after the month; hired: by somebody new; sector: who comes from there.
    """
    colleagues = np.flatnonzero(was)
    later = np.where(now & ~hired, experience + 1, 0)
    for row in np.flatnonzero(hired & sector).tolist():
        luck = uniforms(seed, TRIAL, month, row)[IS_ENROLLED]
        later[row] = experience[colleagues[int(luck * len(colleagues))]] + 1
    return later


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("survival", ("P15",), survival, seconds=0.6),
    Experiment("co_design", ("P21",), co_design, seconds=0.3),
    Experiment("contact_and_training", ("P22",), contact_and_training, seconds=0.3),
    Experiment("workforce", ("P23",), workforce, seconds=0.2),
)
