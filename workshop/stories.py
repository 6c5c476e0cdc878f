"""A guided story for somebody alone: a question a screen, one move at a time, every number from runs of this city."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.language import N_, Speech
from scenarios.places import find_place
from scenarios.plausible import shipped_sample
from scenarios.scenario import NOBODY
from scenarios.strategy import find_strategy
from workshop.charts import Predicted, courses, rows
from workshop.history import ASKED, HEADLINE, Lived, Runner
from workshop.levels import PRACTICES
from workshop.notes import assumed
from workshop.plans import MONTHS, timed
from workshop.views import STRATEGIES

PLANS = (
    ("top_up", N_("Pay for more of the same"), N_("Give the money to all services, with no condition.")),
    ("homes", N_("Buy homes"), N_("Spend it all on homes for everybody who waits.")),
    (
        "carrier",
        N_("Give grants"),
        N_("Pay for homes with support, as services design them; a lottery says who gets a grant."),
    ),
)
FULL = "crisis_occupancy"
SCREENS = 10


@dataclass(frozen=True)
class Screen:
    """A title, a few words, a question to guess, and what the runs say (hidden until it is asked for)."""

    title: str
    words: str
    guess: str = ""
    answer: str = ""
    picture: str = ""


def told(runner: Runner, t: Speech) -> Iterator[Screen]:
    """All screens, each once its runs are there: whoever reads one waits for no other."""
    yield from _leave_it(runner.usual(), t)
    for name, title, words in PLANS:
        yield _against(t, runner.lived([timed(name), NOBODY]), name, NOBODY, t(title), t(words))
    yield _who_sends(t)
    yield _practices(runner, t)
    leads, words = t("Who should lead?"), t("All five moves together, against a foundation that brings its own plan.")
    lived = runner.lived([*map(timed, ("user_centred", "catalytic_philanthropy"))])
    yield _against(t, lived, "user_centred", "catalytic_philanthropy", leads, words)
    yield from _end(assumed(shipped_sample(find_place(runner.setup.place))), t)


def _leave_it(lived: Lived, t: Speech) -> list[Screen]:
    """The city, and what becomes of it with no foundation."""

    def middle(measure: str, month: int) -> int:
        return round(float(np.median(lived.of(NOBODY, measure)[:, month])))

    title = t("People without a home over ten years, {count} runs.", count=lived.runs)
    city = t(
        "A simulated city: {people} people have no home of their own. Of the hostel beds {full} per cent are in use. "
        "You run a foundation with about one per cent of what the city spends.",
        people=middle(HEADLINE, 0),
        full=middle(FULL, 0),
    )
    answer = t(
        "In the middle run {people} people have no home, and {full} per cent of the beds are in use.",
        people=middle(HEADLINE, MONTHS),
        full=middle(FULL, MONTHS),
    )
    guess = t("More people without a home after ten years, or fewer? Are the hostels still full?")
    picture = courses(lived.of(NOBODY, HEADLINE), 0, Predicted(), t, title, t("years"))
    return [
        Screen(t("Why did the hostels stay full?"), city),
        Screen(t("Leave it alone"), t("First, do nothing for ten years."), guess, answer, picture),
    ]


def _who_sends(t: Speech) -> Screen:
    return Screen(
        t("Who sends people?"),
        t(
            "A home with support is taken when a worker puts somebody forward, a place is free and the person says "
            "yes. A bed that becomes free is asked for by somebody else."
        ),
        t("Which of the three would you look at first, and why?"),
        t("The model cannot say which one binds in your city. It can show what moves when one of them does."),
    )


def _end(drawn: str, t: Speech) -> list[Screen]:
    wide = t(
        "Dots that spread wide mean: nobody knows. The model knows nothing of politics, and nothing of one person's "
        "life."
    )
    yours = t('Move every lever yourself: type "unfreeze dashboard". Or ask a room: "unfreeze workshop".')
    return [Screen(t("What this cannot say"), f"{t(drawn)} {wide}"), Screen(t("Now you"), yours)]


def _difference(lived: Lived, first: str, second: str) -> np.ndarray:
    found: np.ndarray = lived.at(_label(lived, first), ASKED, MONTHS) - lived.at(_label(lived, second), ASKED, MONTHS)
    return found


def _label(lived: Lived, name: str) -> str:
    return next(one for one in lived.labels if one.partition(",")[0] == name)


def _against(t: Speech, lived: Lived, first: str, second: str, title: str, words: str) -> Screen:
    """One move against another: guess, then dots."""
    values = _difference(lived, first, second)
    low, middle, high = (t.number(round(float(x)), sign=True) for x in np.quantile(values, (0.05, 0.5, 0.95)))
    named = title
    if second != NOBODY:
        named = t("{first} less {second}", first=t(STRATEGIES[first]), second=t(STRATEGIES[second]))
    picture = rows(
        [(named, values.tolist())],
        [],
        t,
        t("How many more people have a secure home after ten years, {count} runs.", count=lived.runs),
        t("more people with a secure home after ten years"),
    )
    return Screen(
        title,
        words,
        t("How many more people have a secure home after ten years? Between which numbers?"),
        t("The middle run says {middle}, most runs {low} to {high}.", low=low, middle=middle, high=high),
        picture,
    )


def _practices(runner: Runner, t: Speech) -> Screen:
    """The five practices as five moves, each alone on the carrier."""
    names = [find_strategy(one).name for one in PRACTICES]
    lived = runner.lived([timed("carrier"), *map(timed, names)])
    named = [(t(PRACTICES[name][0]), _difference(lived, name, "carrier").tolist()) for name in names]
    picture = rows(
        named,
        [],
        t,
        t("How many more people have a secure home after ten years, {count} runs.", count=lived.runs),
        t("more people with a secure home than with plain grants"),
    )
    return Screen(
        t("Five moves, one at a time"),
        t("The same grants, and one change to how they are given."),
        t("Which of the five moves most? Which moves nothing?"),
        t("A row for each move; a dot for each run. Rows that spread around 0 show nothing that is sure."),
        picture,
    )
