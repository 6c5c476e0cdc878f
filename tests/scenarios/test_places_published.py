"""Published figures: what a city says of itself and no rule reads."""

from pathlib import Path

import pytest

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from evidence.sources import check_source_keys
from scenarios.names import shipped
from scenarios.places import find_place, read_place
from scenarios.published import CHECK, FIT, FITTED, GIVEN, PUBLISHED, USES
from tests.scenarios.test_places import city

COUNT = "[published.year_count]\nvalue = 1500\nmark = 'verified'\nsource = 'city report'\nuse = 'check'\n"
REAL = ("alameda", "greater_manchester", "metro_denver", "south_dublin", "helsinki")


def test_a_published_figure_is_read_and_changes_no_figure(tmp_path: Path) -> None:
    place = read_place(city(tmp_path, COUNT))
    found = place.published["year_count"]
    assert (found.value, found.low, found.high, found.unit, found.use) == (1500.0, 1500.0, 1500.0, "people", CHECK)
    assert place.values == read_place(city(tmp_path)).values
    wide = read_place(city(tmp_path, COUNT + "low = 1400\nhigh = 1600\n")).published["year_count"]
    assert (wide.holds(1400.0), wide.holds(1601.0)) == (True, False)
    assert read_place(city(tmp_path)).published == {}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (COUNT.replace("year_count", "year_cuont"), UnknownName,
         r"city\.toml:13, field 'published\.year_cuont': There is no published figure.*Did you mean 'year_count'\?"),
        (COUNT.replace("use = 'check'\n", ""), MissingField, r"city\.toml:13, field 'published\.year_count': .*'use'"),
        (COUNT.replace("'check'", "'fitted'"), UnknownName, "given, fit, check|check, fit, given"),
        (COUNT.replace("'city report'", "''"), MissingField, "mark 'verified' needs one"),
        (COUNT.replace("'verified'", "'assumption'"), BadInput, "An assumption needs a range"),
        (COUNT + "low = 1600\n", BadInput, r"field 'published\.year_count"),
        (COUNT + "by_year = [1, 2]\n", UnknownName, "by_year"),
        (COUNT.replace("1500", "-3"), OutOfRange, r"city\.toml:14, field 'published\.year_count\.value'"),
        (COUNT.replace("year_count", "under_six"), OutOfRange, r"0 to 1 \(share\)"),
        ("published = 3\n", BadInput, r"'published' must be a table"),
    ],
)  # fmt: skip
def test_each_mistake_says_where(tmp_path: Path, text: str, error: type[BadInput], message: str) -> None:
    with pytest.raises(error, match=message):
        read_place(city(tmp_path, text))


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_rate_is_fitted_to_few_of_them(tmp_path: Path, name: str) -> None:
    text = COUNT.replace("year_count", name).replace("1500", "0.5").replace("check", FIT)
    if name in FITTED:
        assert read_place(city(tmp_path, text)).published[name].use == FIT
        return
    with pytest.raises(BadInput, match=rf"city\.toml:17, field 'published\.{name}\.use': No rate can be fitted to"):
        read_place(city(tmp_path, text))


@pytest.mark.parametrize("name", REAL)
def test_a_real_city_has_sourced_figures_and_some_that_are_kept_back(name: str) -> None:
    place = find_place(name)
    uses = [one.use for one in place.published.values()]
    assert set(uses) <= set(USES)
    assert uses.count(CHECK) >= 1
    assert uses.count(GIVEN) >= 1
    for one in place.published.values():
        assert check_source_keys(one.source), one.name
        assert one.note, one.name


def _start(name: str) -> dict[str, float]:
    """What the figures of a place's file say of month 0, in the words of PUBLISHED."""
    v = find_place(name).values
    v = {"crisis_stock_share": 0.99, "hidden_ratio": 1.0} | v
    beds = v["crisis_beds"] * v["crisis_stock_share"]
    return {
        "people_in_beds": beds, "sleeping_rough": v["rough_stock"], "people_on_a_night": beds + v["rough_stock"],
        "without_home": beds * (1 + v["hidden_ratio"]) + v["rough_stock"], "housing_first_places": v["reform_places"],
    }  # fmt: skip


@pytest.mark.parametrize("name", shipped("place"))
def test_what_is_called_given_is_what_the_file_gives(name: str) -> None:
    start = _start(name)
    for one in find_place(name).published.values():
        if one.use == GIVEN and one.name in start:
            assert start[one.name] == pytest.approx(one.value, rel=0.02, abs=2), one.name
