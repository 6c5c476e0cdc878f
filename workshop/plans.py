"""The agenda, to the minute: a list of steps; the rounds in it reach ten years.

The foundation's money ends after year 8, so that the last two years show what stays.  Fewer rounds mean that the last
decisions hold for longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.language import N_

MONTHS = 120
MONEY_ENDS = 96
ROUNDS = {60: (24, 24, 72), 90: (24,) * 5, 180: (12, 12, 24, 24, 24, 24)}
LEAST = 6  # minutes that a round takes at least

TITLES = {
    "welcome": N_("Welcome"),
    "ask_before": N_("Six questions"),
    "show_predict": N_("Two strategies: predict"),
    "show_see": N_("Two strategies: see"),
    "roles": N_("Your table"),
    "decide": N_("Decide and predict"),
    "see": N_("See"),
    "talk": N_("Talk across tables"),
    "break": N_("Break"),
    "cards_down": N_("Cards down"),
    "last_predict": N_("Ten years: predict"),
    "last_see": N_("Ten years: see"),
    "debrief": N_("Talk about it"),
    "ask_after": N_("The six questions again"),
    "close": N_("Goodbye"),
}


@dataclass(frozen=True)
class Step:
    """One thing that the room does: `minutes` of it.  `round`: from 1 on; 0 outside the rounds."""

    kind: str
    minutes: int
    round: int = 0

    @property
    def topic(self) -> str:
        """What is predicted in it, "" if nothing is."""
        if self.kind == "decide":
            return f"round{self.round}"
        return self.kind.removesuffix("_predict") if self.kind.endswith("_predict") else ""


def _steps(
    begin: tuple[int, ...], rounds: list[tuple[int, int, int]], end: tuple[int, ...], rest: int = 0
) -> list[Step]:
    """begin, end: minutes of the steps around the rounds.  rest: minutes of a break in the middle of the rounds."""
    names = ("welcome", "ask_before", "show_predict", "show_see", "roles")
    found = [Step(name, minutes) for name, minutes in zip(names, begin, strict=True)]
    for i, minutes in enumerate(rounds, 1):
        found += [Step(kind, m, i) for kind, m in zip(("decide", "see", "talk"), minutes, strict=True)]
        found += [Step("break", rest)] if rest and i == max(len(rounds) // 2, 1) else []
    after = ("cards_down", "last_predict", "last_see", "debrief", "ask_after", "close")
    return found + [Step(name, minutes) for name, minutes in zip(after, end, strict=True)]


AGENDAS: dict[int, tuple[tuple[int, ...], list[tuple[int, int, int]], tuple[int, ...], int]] = {
    60: ((5, 3, 4, 3, 4), [(4, 2, 1), (3, 2, 1), (3, 2, 1)], (1, 2, 2, 12, 3, 2), 0),
    90: ((6, 4, 4, 4, 6), [(5, 2, 2), (4, 2, 1), (3, 2, 1), (3, 2, 1), (3, 2, 1)], (2, 3, 2, 18, 5, 2), 0),
    180: ((10, 8, 7, 7, 13), [(7, 4, 2), *[(5, 3, 2)] * 5], (2, 4, 4, 45, 5, 2), 10),
}
PLANS = {plan: _steps(*agenda) for plan, agenda in AGENDAS.items()}


def most_rounds(plan: int) -> int:
    """How many rounds the minutes of a plan hold."""
    return sum(map(sum, AGENDAS[plan][1])) // LEAST


def steps_of(plan: int, rounds: int) -> list[Step]:
    """The agenda of a plan with so many rounds, in the same minutes; the first round takes what is left over."""
    begin, usual, end, rest = AGENDAS[plan]
    if rounds == len(usual):
        return PLANS[plan]
    each, more = divmod(sum(map(sum, usual)), rounds)
    minutes = [each + more, *[each] * (rounds - 1)]
    shared = [(whole - whole // 3 - whole // 6, whole // 3, whole // 6) for whole in minutes]
    return _steps(begin, shared, end, rest)


def timed(name: str) -> str:
    """A strategy with the room's money and time."""
    return f"{name},start=0,duration={MONEY_ENDS}"
