"""Why, without a browser: what is asked, what is said of what was found, and that work is shared and stops."""

import threading
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    import dashboard.pages as pages
    from dashboard.pages import why
    from dashboard.pages.why import Why, dots, headline, pairs, practice_names
    from dashboard.session import Session
    from dashboard.studies import Seen

from analysis.why import PRACTICES, mechanisms, practice_scenarios, practices, switched_off
from dashboard.runs import Desk
from dashboard.screen import Screen, read_query
from model.measures import HEADLINE
from scenarios.scenario import lasting_months

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80&page=why"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(cores=2, keep=pages.KEEP)


PRETEND = "Applicants who pretend, of those who have nothing of the partnership asked for"


def asked(query: str) -> why._Asked:
    return why._Asked.of(read_query(query))


def test_the_differences_that_can_be_looked_into() -> None:
    found = pairs(Screen())
    assert found == {
        "0-1": "Catalytic philanthropy against User-centred",
        "0-n": "Catalytic philanthropy against no foundation",
        "1-n": "User-centred against no foundation",
    }
    assert list(pairs(read_query("s=homes"))) == ["0-n"]
    assert list(pairs(read_query("s=status_quo"))) == ["0-n"]


def test_what_an_address_cannot_mean_is_the_default() -> None:
    found = asked(SMALL + "&x-pair=7-9&x-measure=luck&x-off=nonsense")
    assert (found.between, found.measure, found.titles[0]) == ("0-1", HEADLINE[0], "Catalytic philanthropy")
    found = asked(SMALL + "&x-pair=1-n&x-measure=fit")
    assert (found.between, found.measure, found.titles) == ("1-n", "fit", ("User-centred", "no foundation"))


def test_answers_come_in_steps_and_known_runs_are_not_run_again(desk: Desk) -> None:
    screen, told, cancel = read_query(SMALL), [], threading.Event()
    found = asked(SMALL)
    month = lasting_months(screen.scenarios)[-1]

    def work() -> Any:
        return why._tightening(lambda runs: switched_off(found.pair, "faking", month, why.STEPS[-1], runs), desk,
                               lambda done, of, so_far=None: told.append((done, of, so_far)), cancel)  # fmt: skip

    replicates, effects = work()
    assert replicates == why.STEPS[-1]
    assert set(effects) == set(HEADLINE)
    assert [so_far[0] for _, _, so_far in told if so_far] == list(why.STEPS)
    before = desk.finished.computed
    again = work()[1]
    assert desk.finished.computed == before
    assert again["secure_people"].changes.tolist() == effects["secure_people"].changes.tolist()


def test_each_mechanism_is_told_as_it_comes_and_stops_when_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why, "EACH", 2)
    monkeypatch.setattr(why, "SOME", 1)
    found, cancel, told = asked(SMALL), threading.Event(), []

    def tell(done: int, of: int, so_far: Any = None, /) -> None:
        told.append((done, of, len(so_far)))
        if done == 2:
            cancel.set()

    why._each(found.pair, ["faking", "turnover", "drift_out"], 80, 2, tell, cancel)
    assert told == [(1, 3, 1), (2, 3, 2)]


def test_the_sentence_is_of_what_was_switched_last() -> None:
    screen = read_query(SMALL)
    found = asked(SMALL + "&x-off=faking")
    month = lasting_months(screen.scenarios)[-1]
    names = {one.name: why._called(one, screen.domain) for one in mechanisms(found.pair[0])}
    unasked, running = Seen("a", "unasked"), Seen("a", "running")
    assert "Switch something off" in headline(found, screen.domain, unasked, unasked, unasked, names)
    assert "Running both worlds" in headline(found, screen.domain, running, unasked, unasked, names)
    *_, effects = switched_off(found.pair, "faking", month, 2)
    one = Seen("a", "done", result=(2, effects))
    assert names["faking"] in headline(found, screen.domain, one, unasked, unasked, names)
    every = Seen("a", "done", result=[effects])
    said = headline(found, screen.domain, unasked, every, unasked, names)
    assert said.startswith("Of 1 mechanisms" if not effects[HEADLINE[0]].clear else "")
    assert "Switch something off" not in said
    *_, last = practices(practice_scenarios(screen.scenarios[-1]), month, 2)
    five = Seen("a", "done", result=(2, last))
    assert headline(found, screen.domain, unasked, unasked, five, names).startswith("Of the five practices, on people")
    assert set(practice_names(screen.domain)) == set(PRACTICES)


def test_a_chart_has_a_dot_an_interval_and_the_margin() -> None:
    found = asked(SMALL)
    *_, effects = switched_off(found.pair, "faking", 80, 2)
    effect = effects["reform_mainstream"]
    assert effect.before is not None
    option = dots([("faking", "As it is", [(effect.before, 0)])], "reform_mainstream", 2.0, found.units)
    titles, intervals, margins, points = option["series"]
    assert titles["data"][0]["label"]["formatter"] == "As it is"
    assert points["data"][0]["name"] == "faking"
    assert points["data"][0]["value"][0] == pytest.approx(found.units.people(effect.before.difference or 0))
    low, high = (end["coord"][0] for end in intervals["markLine"]["data"][0])
    assert low <= points["data"][0]["value"][0] <= high  # two runs may differ by the same
    assert [one["xAxis"] for one in margins["markLine"]["data"]] == pytest.approx(
        [0, -2 / found.pair[0].scale, 2 / found.pair[0].scale]
    )
    assert option["xAxis"]["min"] < low


def widgets(root: Any) -> list[Any]:
    """Everything on a rendered page."""
    found = [root]
    for one in found:
        found.extend(child for child in getattr(one, "children", None) or [] if not isinstance(child, str))
    return found


def test_the_opening_screen_s_page_is_full_at_once_and_nothing_is_run() -> None:
    fresh = Desk(cores=2, keep=pages.KEEP)
    session = Session("page=why", fresh)
    box, rendered = solara.render(Why(session), handle_error=False)
    found = [box]
    for one in found:
        found.extend(child for child in getattr(one, "children", None) or [] if not isinstance(child, str))
    charts = {one.name for one in found if getattr(one, "numbers", None)}
    assert {"chart-why-five", "chart-why-every"} <= charts
    assert fresh.finished.computed == 0
    rendered.close()
