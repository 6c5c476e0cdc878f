"""The page of assumptions without a browser: every number is there, with its reasons, its limits and its flag."""

import threading
import time
import warnings
from typing import Any

import numpy as np
import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    import dashboard.pages as pages
    from dashboard.pages.assumptions import (
        KNOWN,
        MEANINGS,
        Assumptions,
        Weighed,
        asked,
        deciding,
        headline,
        usual,
        weigh,
        weights,
    )
    from dashboard.session import Session

import dashboard.pages.assumptions as page
from analysis.contrasts import NEEDED
from analysis.decides import TITLE
from analysis.importance import WORDS, ranges
from dashboard.assumed import catalogue, changed, check_plausible
from dashboard.runs import Desk
from dashboard.screen import Screen, read_file, read_query
from engine.errors import BadInput
from evidence.quantities import inputs
from evidence.sources import load_sources
from model.measures import HEADLINE
from scenarios.places import domain_of, find_place
from tests.fields import FIELDS

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80"


def entries(place: str = "dublin", world: str = "evidence") -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in catalogue(Screen(place, world)).entries}


def test_every_number_that_a_rule_reads_is_there_and_nothing_else() -> None:
    found = entries()
    assert set(found) == set(inputs())
    for entry in found.values():
        assert entry["low"] < entry["high"]
        assert entry["step"] > 0
        assert entry["mark"] in MEANINGS
        assert entry["mark"] == "assumption" or entry["sources"] or entry["words"]
        assert entry["topic"] in {topic["name"] for topic in catalogue(Screen()).topics}


@pytest.mark.parametrize("place", FIELDS)
def test_what_a_field_says_lies_in_the_range_that_its_slider_has(place: str) -> None:
    """Ranges are the field's, not those of homelessness.  Rates balanced with the counts end where they end."""
    domain = domain_of(find_place(place))
    for name, entry in entries(place).items():
        if name in domain.values and entry["home"] != entry["off"]:
            assert entry["low"] <= entry["home"] <= entry["high"], name


def test_sources_are_given_in_full() -> None:
    found = catalogue(Screen()).sources
    assert found["S50"]["title"] == load_sources()["S50"].title
    assert found["S50"]["address"] == load_sources()["S50"].address
    assert "read" in found["S50"]["seen"]
    assert "memory" in found["R7"]["seen"]


def test_whose_a_number_is() -> None:
    assert entries()["crisis_beds"]["whose"] == "place"
    assert entries()["crisis_beds"]["home"] == 4530
    assert (entries()["crisis_beds"]["low"], entries()["crisis_beds"]["high"]) == (3500, 5650)
    assert any("From the file of Dublin" in text for text in entries()["crisis_beds"]["said_by"])
    sceptic = entries(world="sceptic")["contact"]
    assert (sceptic["home"], sceptic["whose"], sceptic["mark"]) == (0, "worldview", "assumption")
    assert entries()["contact"]["mark"] == "derived"


def test_money_is_in_euro_and_says_what_the_place_pays() -> None:
    found = entries("denver")["crisis_cost"]
    assert found["home"] == pytest.approx(Screen("denver").where.figures["crisis_cost"].in_model[0])
    assert "USD" in " ".join(found["said_by"])


def test_words_are_the_domains() -> None:
    assert "hostel" in entries()["exit_fast"]["title"]
    assert "hostel" not in " ".join(entry["title"] for entry in entries("american_school_district").values())


def test_what_is_changed_is_said_in_the_sentence_the_list_and_the_file() -> None:
    screen = read_query(SMALL + "&set=contact=0.1&set=listening=4")
    assert "none is changed" in headline(Screen(), catalogue(Screen()))
    assert "2 are changed here" in headline(screen, catalogue(Screen()))
    contact, lever = changed(screen)
    assert (contact["value"], contact["home"]) == (0.1, 0.07)
    assert "lever" in lever["title"]
    assert "# Changed by hand: contact = 0.1 belief instead of 0.07\n" in screen.file
    assert "--set contact=0.1" in screen.command
    assert read_file(screen.file.encode()).settings == screen.settings
    assert "Changed by hand" not in Screen().file


def test_a_value_stays_within_its_plausible_range_or_switches_off() -> None:
    screen = Screen()
    assert check_plausible(screen, "contact", 0.1) == 0.1
    assert check_plausible(screen, "contact", 0) == 0  # below its range, but this is off
    assert check_plausible(screen, "call_every", 4.2) == 4  # rules count months
    with pytest.raises(BadInput, match="out of range"):
        check_plausible(screen, "contact", 0.01)
    with pytest.raises(BadInput, match="out of range"):
        check_plausible(screen, "crisis_beds", 400_000)  # possible, but not in Dublin


def test_the_figures_that_decide_who_wins_are_told_as_they_stand_here() -> None:
    made = deciding(read_query(SMALL + "&set=context_gap=0"), catalogue(Screen()))
    assert [figure.value for figure, _ in made] == ["0.27", "0.00", "0.35"]
    rows = {row[0]: row[1:] for _, rows in made for row in rows}
    gap = entries()["context_gap"]
    assert rows[gap["title"]] == ["0 distance", "0 to 0.6", "set by hand here"]
    assert rows[entries()["fit_width"]["title"]] == ["0.35 distance", "0.25 to 0.5", "assumption"]
    assert len(rows) == sum(entry["decides"] for entry in entries().values()) == 12


def test_what_is_weighed_ignores_what_was_changed_but_not_the_levers() -> None:
    screen = read_query("set=contact=0.1&set=listening=4&page=assumptions&x-open=contact")
    base = usual(screen)
    assert base.settings == (("listening", 4),)
    assert base.question == usual(read_query("set=contact=0&set=listening=4")).question
    assert usual(read_query("people=20000")).people == 2000
    assert usual(read_query("people=500")).people == 500


def test_a_broken_memory_is_not_believed() -> None:
    assert asked(read_query("x-pair=7-9&x-of=height")) == ((1, 2), HEADLINE[0])
    assert asked(read_query("x-pair=2-0&x-of=crisis")) == ((2, 0), HEADLINE[0])


def test_weighing_tells_how_far_it_is_and_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    base, told = usual(read_query(SMALL)), []
    few = {name: one for name, one in ranges(base.where).items() if name in ("cost_campaign", "return_settled")}
    monkeypatch.setattr(page, "ranges", lambda place: few)
    monkeypatch.setattr(page, "NEWS", 0.0)
    found = weigh(base, True, lambda *what: told.append(what), threading.Event())
    assert found.complete
    assert set(found.outcomes) == set(few)
    assert told[0][0] < told[-1][0] <= told[-1][1]
    assert isinstance(told[0][2], Weighed)
    assert not told[0][2].complete
    assert KNOWN.of(base.question).keys() == few.keys()  # and so a second time costs nothing
    seen = weights(base, found, (1, 2), "reform_mainstream")
    assert {row["word"] for row in seen.rows.values()} <= set(WORDS)
    assert all(0 <= row["sure"] <= 1 and 0 <= row["part"] <= 1 for row in seen.rows.values())
    assert "Catalytic philanthropy and User-centred" in seen.says
    assert "in publicly paid Housing First places" in seen.says
    half = weights(
        base, Weighed({"return_settled": found.outcomes["return_settled"]}, complete=False), (1, 2), "secure_people"
    )
    assert half.says.startswith("So far, 1 of 2 numbers")


def test_a_number_that_could_not_be_run_says_so() -> None:
    base = usual(read_query(SMALL))
    seen = weights(base, Weighed({"contact": np.full((4, 2, 3, len(NEEDED)), np.nan)}, True), (1, 2), "fit")
    assert seen.rows["contact"]["word"] == "not known"
    assert "could not be run" in seen.rows["contact"]["says"]


def texts(widget: Any) -> str:
    """Everything that is said in plain elements."""
    return " ".join(one if isinstance(one, str) else texts(one) for one in getattr(widget, "children", None) or [])


def listed(widget: Any) -> Any:
    """The list among the widgets."""
    if hasattr(widget, "entries"):
        return widget
    inside = (one for one in getattr(widget, "children", None) or [] if not isinstance(one, str))
    return next((found for one in inside if (found := listed(one)) is not None), None)


def test_the_page_renders_and_its_controls_work() -> None:
    session = Session(SMALL + "&page=assumptions&set=contact=0.1", Desk(cores=2, keep=pages.KEEP))
    box, rendered = solara.render(Assumptions(session), handle_error=False)
    assert f"Of the {len(inputs())} numbers" in texts(box)
    assert "what two numbers do only together is not seen" in texts(box)
    assert texts(box).index(TITLE) < texts(box).index("How much each number matters")
    part = listed(box)
    assert part.set == {"contact": 0.1}
    part.vue_put({"name": "return_settled", "value": 0.006})
    assert session.screen.value.changed == {"contact": 0.1, "return_settled": 0.006}
    home = catalogue(Screen()).homes["return_settled"]
    part.vue_put({"name": "return_settled", "value": home})  # back where it ships: nothing is changed
    assert session.screen.value.changed == {"contact": 0.1}
    part.vue_put({"name": "return_settled", "value": 7})
    for _ in range(100):  # a study that tells of itself draws in a thread of its own
        if "return_settled" in listed(box).trouble:
            break
        time.sleep(0.05)
    assert "out of range" in listed(box).trouble["return_settled"]
    part.vue_remember({"find": "trust", "open": "contact", "sort": "", "pair": "1-2", "of": "crisis"})
    assert session.screen.value.remembered("x-find") == "trust"
    assert listed(box).memory["of"] == HEADLINE[0]
    part.vue_reset_all(None)
    assert session.screen.value.changed == {}
    rendered.close()
