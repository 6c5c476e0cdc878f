"""Levels: how much a room may touch, and what its foundation does with what it chose.

    beginner   the foundation's five practices as switches, one question for every other table
    some       at most three questions a table, each with at most four answers
    all        the foundation sets its levers one by one; the other tables as in `some`

A facilitator may leave out questions at any level, and levers at the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from scenarios.domains import find_domain
from scenarios.language import N_
from scenarios.levers import Lever, at_rest, load_levers
from scenarios.settings import WHOLE_PROGRAMME
from scenarios.strategy import find_strategy
from workshop.roles import BASE, FOUNDATION, ROLES, USUAL, Decision, Dial, Option, Role, base_levers

FIELD = "homelessness"  # what the texts of a workshop are about
BEGINNER, SOME, ALL = "beginner", "some", "all"
LEVELS = (BEGINNER, SOME, ALL)
KEPT = (*WHOLE_PROGRAMME, "budget")  # the room's money and time; a facilitator who names the budget opens it

# Five practices, each a switch: what is asked, what is done, and which measure of the table's screen it moves.
PRACTICES = {
    "practice_1_learn": (
        N_("Listen first"),
        N_("Twice a year users, family members, staff and managers are heard by somebody independent."),
        "trust_foundation",
    ),
    "practice_2_example": (
        N_("Share the panel with users"),
        N_("People who use services have half of the seats where grants are awarded."),
        "programme_to_date",
    ),
    "practice_3_willing": (
        N_("Begin with the willing"),
        N_("Most grants go to services whose managers seem willing."),
        "sites_to_date",
    ),
    "practice_4_start_small": (
        N_("Start small, in partnership"),
        N_("Many small grants, if services are run with the people who use them; it is checked."),
        "fit",
    ),
    "practice_5_credit": (
        N_("Give others the credit"),
        N_("Your name is not on it; later, money makes known who did the work."),
        "trust_foundation",
    ),
}


def switches() -> tuple[Decision, ...]:
    """The five practices."""
    off = Option(USUAL, N_("No"), N_("As usual: plain grants."))
    return tuple(
        Decision(name, asks, (off, Option("on", N_("Yes"), does, moves=moves, practice=name)))
        for name, (asks, does, moves) in PRACTICES.items()
    )


def dials(allowed: Iterable[str] = ()) -> tuple[Decision, ...]:
    """A decision for each lever that may be touched, in the order of the screen."""
    names = {*allowed} or {name for name in load_levers() if name not in KEPT}
    off = Option(USUAL, N_("As usual"), "")
    return tuple(Dial(name, means(one), (off,), one) for name, one in load_levers().items() if name in names)


def means(lever: Lever) -> str:
    """What raising a lever does, in the words of the field."""
    return find_domain(FIELD).own(lever.meaning)


def usual_of(lever: Lever) -> float:
    """Where a lever stands if nobody touches it."""
    return base_levers().get(lever.name, lever.rest)


@cache
def roles_at(level: str, decisions: tuple[str, ...] = (), levers: tuple[str, ...] = ()) -> tuple[Role, ...]:
    """All roles with what they may decide at this level.  decisions: "table.question" for those that stay, () for all;
    levers: those of the last level."""
    found = []
    for role in ROLES:
        asked = role.decisions
        if level == BEGINNER:
            asked = switches() if role is FOUNDATION else asked[:1]
        elif level == ALL and role is FOUNDATION:
            asked = dials(levers)
        if decisions:
            asked = tuple(one for one in asked if f"{role.key}.{one.key}" in decisions)
        found.append(replace(role, decisions=asked))
    return tuple(found)


def in_play(roles: Iterable[Role]) -> dict[str, float]:
    """Levers that some option of these roles moves, at rest: a phase of a room's history says each of them."""
    rest, found = at_rest(), dict[str, float]()
    for role in roles:
        for decision in role.decisions:
            if isinstance(decision, Dial):
                found[decision.of.name] = rest[decision.of.name]
            for option in decision.options:
                names = [name for name, _, _ in option.openly] if option.practice else option.levers
                found |= {name: rest[name] for name in names}
    return found


def levers_of(roles: tuple[Role, ...], options: Iterable[Option], begins: int) -> dict[str, float]:
    """What the foundation does from this month of the room on, with these options chosen."""
    chosen = list(options)
    standing = in_play(roles) | base_levers()
    practices = [one.practice for one in chosen if one.practice]
    if practices:
        phases = find_strategy("+".join((BASE, *practices))).settings()
        now = next(levers for month, levers in reversed(phases) if month <= begins)
        standing |= {name: now[name] for name in standing}
    for one in chosen:
        standing |= one.levers
    return standing


def options_of(roles: Iterable[Role], chosen: Mapping[str, Mapping[str, str]]) -> list[Option]:
    """The options behind the keys that tables chose; KeyError if there is no such thing."""
    by_key = {role.key: role for role in roles}
    return [by_key[table].decision(one).option(key) for table, found in chosen.items() for one, key in found.items()]
