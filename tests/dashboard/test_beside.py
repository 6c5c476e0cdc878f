"""Side by side: which two can stand there, one kind of axis for both, and that the address holds it all."""

import warnings

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import dashboard.pages as pages
    from dashboard.pages.beside import PER, PLACE, WORLD, Drawn, changed, for_share, other_side, swapped
    from dashboard.session import Session

from analysis.beside import SHARE, size
from analysis.words import PEOPLE, SPENT
from dashboard.runs import Desk, Known
from dashboard.screen import Screen, read_query
from engine.errors import BadInput
from scenarios.scenario import NOBODY
from tests.dashboard.test_own_city import EXAMPLE

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80&s=homes"


def known(*screens: Screen) -> list[Known]:
    desk = Desk(cores=2, keep=pages.KEEP)
    return [next(iter(desk.ask(one, 4))).point for one in screens]


@pytest.fixture(scope="module")
def two_places() -> list[Known]:
    """Of two sizes and two currencies."""
    screen = read_query(f"{SMALL}&x-place=denver")
    return known(screen, other_side(screen))


def ends(made: Drawn) -> list[tuple[float, float, float]]:
    return [tuple(one["yAxis"][name] for name in ("min", "max", "interval")) for one in made.options]  # type: ignore[misc]


@pytest.mark.parametrize("measure", [PEOPLE, SPENT])
@pytest.mark.parametrize("share", [True, False])
def test_both_charts_have_one_axis_and_one_unit_and_hold_every_point(
    two_places: list[Known], measure: str, share: bool
) -> None:
    made = Drawn(two_places, measure, "difference", share)
    low, high, _ = ends(made)[0]
    assert ends(made)[1] == (low, high, ends(made)[0][2])
    points = [v for one in made.options for series in one["series"] for point in series["data"] for v in point[1:]]
    assert low <= min(points) <= max(points) <= high
    assert made.panels[0].unit == made.panels[1].unit
    assert ("per 1,000 people" in made.panels[0].unit) == share
    assert made.names[0] != made.names[1]


def test_numbers_for_a_thousand_people_are_those_of_all_times_their_share(two_places: list[Known]) -> None:
    share, whole = (Drawn(two_places, PEOPLE, "difference", one) for one in (True, False))
    for which, side in enumerate(two_places):
        few, all_ = (next(line for line in one.options[which]["series"] if line.get("ends"))["data"][-1][1]
                     for one in (share, whole))  # fmt: skip
        assert few == pytest.approx(all_ * SHARE / size(side.compared), rel=1e-3)
    assert {size(one.compared) for one in two_places} == {9_694, 5_060}


def test_the_sentence_says_where_and_how_many_people_and_the_table_every_quantity(two_places: list[Known]) -> None:
    made = Drawn(two_places, PEOPLE, "difference", True)
    for wanted in ("Dublin, single adults (9,694 people)", "A city like Denver, for its tenancies (5,060 people)"):
        assert wanted in made.sentence
    assert len(made.rows) == 4
    compared = two_places[1].compared
    one = compared.contrast("homes", NOBODY, PEOPLE, compared.when[-1])
    assert made.rows[0][2].endswith(str(one.verdict))
    said = " ".join(made.how)
    assert "EUR" in said
    assert "USD" in said  # the other place's own money


def test_the_usual_other_side_is_the_same_place_in_another_world() -> None:
    screen = read_query(SMALL)
    other = other_side(screen)
    assert (other.place, other.choices, other.people) == (screen.place, screen.choices, screen.people)
    assert other.worldview != screen.worldview
    assert not for_share(screen)
    assert for_share(screen.with_more(PLACE, "denver"))
    assert not for_share(screen.with_more(PLACE, "denver").with_more(PER, "all"))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("x-place=american_school_district", "is about homelessness, and American school district"),
        ("x-place=dublin&x-world=evidence", "Both sides are the same"),
        ("x-place=atlantis", "atlantis"),
        ("x-world=nobodys", "nobodys"),
        ("x-place=../../etc/passwd", "etc/passwd"),
    ],
)
def test_what_cannot_stand_side_by_side_is_refused_in_words(query: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        other_side(read_query(f"{SMALL}&{query}"))


def test_the_address_holds_both_sides_and_changing_one_leaves_the_other() -> None:
    screen = changed(read_query(SMALL), PLACE, "finland")
    world = screen.remembered(WORLD)
    assert other_side(read_query(screen.query)).question == other_side(screen).question
    moved = changed(screen, "place", "helsinki")
    assert (moved.place, moved.remembered(PLACE), moved.remembered(WORLD)) == ("helsinki", "finland", world)
    back = swapped(swapped(screen))
    assert (back.question, other_side(back).question) == (screen.question, other_side(screen).question)


def test_a_city_of_ones_own_can_be_the_other_side_and_survives_a_refresh() -> None:
    session = Session(SMALL, Desk())
    mine = session.take(EXAMPLE)
    session.change(lambda s: changed(s, PLACE, mine.name))
    assert other_side(session.screen.value).where.title == mine.place.title
    again = Session(session.screen.value.query, Desk())
    with pytest.raises(BadInput, match="only the session that made it"):
        other_side(again.screen.value)
    again.recall([EXAMPLE])
    assert other_side(again.screen.value).question == other_side(session.screen.value).question
