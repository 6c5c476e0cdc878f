"""What is stored of the opening screen is what today's rules and figures give, to the digit: a part is run again."""

import threading

import numpy as np
import pytest
import solara

from analysis.answer import headline
from analysis.comparison import NEEDED
from analysis.importance import FEW, outcomes, ranges
from analysis.why import one_after_another
from dashboard import shipped
from dashboard.pages.compare import Compare
from dashboard.pages.why import EACH
from dashboard.pages.worldviews import chosen, world_rows, worldviews
from dashboard.runs import Desk
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.sure import says
from runs.ensemble import batches
from scenarios.choice import Choice
from scenarios.edition import edition
from scenarios.scenario import lasting_months
from tests.dashboard.test_pages import texts

AGAIN = "what is stored is not of today's rules and figures: python -m tools.opening"


def test_it_is_of_this_edition_and_has_every_strategy() -> None:
    assert shipped.stored().get("edition") == edition(), AGAIN
    assert all(shipped.first(Screen())), AGAIN
    assert set(shipped.worlds(Screen())) == {str(one) for one in chosen(Screen())}
    assert shipped.FILE.stat().st_size + shipped.OUTCOMES.stat().st_size < 400_000


def test_it_holds_for_the_opening_screen_alone() -> None:
    other = Screen().with_(seed=2)
    assert shipped.first(other) == shipped.first(Screen().with_(point=True)) == ("", "")
    assert shipped.practices(other) is None
    assert shipped.mechanisms(other, "0-1") is None
    assert shipped.mechanisms(Screen(), "0-n") is None
    assert shipped.worlds(other) == {}
    assert shipped.outcomes(Screen().with_(choices=(Choice("homes"),))) == {}
    assert shipped.worlds(Screen().with_(choices=(Choice("homes"),)))  # whoever is on the screen


@pytest.mark.slow
def test_a_strategy_in_one_world_again() -> None:
    screen, world = Screen(), worldviews()[-1]
    desk = Desk(cores=2, keep=NEEDED)
    (row,) = world_rows([Choice("user_centred")], [world], screen.scenarios[1], desk, threading.Event())
    again, kept = shipped.row_data(row), shipped.row_data(shipped.worlds(screen)["user_centred"])
    assert again["cells"][world.name] == kept["cells"][world.name], AGAIN
    assert again["gaps"][world.name] == kept["gaps"][world.name], AGAIN


@pytest.mark.slow
def test_a_mechanism_and_a_number_again() -> None:
    screen, name = Screen(), shipped.top_mechanisms()[0]
    month = lasting_months(screen.scenarios)[-1]
    pair = (screen.scenarios[1], screen.scenarios[2])
    (found,) = one_after_another(pair, [name], month, EACH, lambda some, n: batches(some, n, measures=NEEDED))
    every = shipped.mechanisms(screen, "0-1")
    assert every is not None
    kept = next(one for one in every if one["secure_people"].name == name)
    for measure, effect in found.items():
        assert shipped.effect_data(effect) == shipped.effect_data(kept[measure]), AGAIN
    number = shipped.most_moving()[0]
    again = outcomes(screen.scenarios, ranges(screen.where)[number], FEW)
    assert again is not None
    assert np.array_equal(again.astype(np.float32), shipped.outcomes(screen)[number].astype(np.float32)), AGAIN


@pytest.mark.slow
def test_the_sentence_again() -> None:
    *_, last = Desk(cores=2, keep=NEEDED).ask(Screen())
    assert shipped.first(Screen()) == (headline(last.best.compared), says(last.best.compared)), AGAIN


def test_the_opening_page_says_the_stored_sentence_before_anything_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"first": {"headline": "Four years on, it is stored.", "sure": "Fairly: stored."}}
    monkeypatch.setattr(shipped, "stored", lambda: kept)
    never = Desk(cores=1, keep=NEEDED)
    monkeypatch.setattr(never, "_start", lambda: None)  # nothing is run
    for query, said in (("", True), ("seed=2", False)):
        box, rendered = solara.render(Compare(Session(query, never)), handle_error=False)
        assert ("Four years on, it is stored." in texts(box)) == said
        assert ("The answer is being worked out" in texts(box)) != said
        rendered.close()
