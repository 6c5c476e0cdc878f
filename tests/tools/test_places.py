"""docs/places.md: made from stored runs, misses said, work that resumes."""

import json
from pathlib import Path

import pytest

from scenarios.names import shipped
from scenarios.places import find_place
from tools import places


def runs(**values: float) -> dict[str, dict[str, float]]:
    usual = {"people_in_beds": 314.0, "sleeping_rough": 8.0, "hidden": 314.0, "housing_first_places": 40.0,
             "housing_first_tenants": 39.0, "exits_to_homes_a_month": 6.0, "change_in_year": 1.05}  # fmt: skip
    return {"1": usual | values, "2": usual | values}


def told(**values: float) -> dict[str, dict]:
    return {one["name"]: one for one in places.lines(find_place("south_dublin"), runs(**values))}


def test_what_is_near_enough_is_no_miss() -> None:
    lines = told()
    assert [name for name, one in lines.items() if one["miss"]] == []
    assert (lines["people_in_beds"]["mark"], lines["hidden"]["mark"]) == ("given", "given")
    assert (lines["change_in_year"]["mark"], lines["year_count"]["mark"]) == ("predicted", "nothing published")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("change_in_year", 1.2, "1.20, 13% above the published 1.07"),
        ("change_in_year", 1.0, "1.00, 6% below the published 1.07"),
        ("people_in_beds", 290.0, "290, 7% below the published 313"),
        ("hidden", 400.0, "400, 28% above the declared 314"),
        ("sleeping_rough", 12.0, "12, 50% above the published 8"),
    ],
)
def test_a_miss_is_said_in_words(name: str, value: float, says: str) -> None:
    assert told(**{name: value})[name]["miss"] == says


def test_the_page_counts_what_is_met_and_lists_what_is_missed() -> None:
    text = places.page({"south_dublin": {"key": "", "seeds": runs(change_in_year=1.2)}})
    assert "| [South Dublin in 2023](#south_dublin) | 2 | 1 | all |" in text
    assert (
        "- South Dublin in 2023, people in crisis beds or sleeping rough twelve months later, to those at the " in text
    )
    assert "misses: 1.20, 13% above the published 1.07" in text
    assert "people in hostel beds on one night" in text  # the domain's words


def test_the_stored_page_is_what_the_stored_runs_make() -> None:
    assert places.PAGE.read_text(encoding="utf-8") == places.page(places.stored())
    assert set(places.stored()) == set(shipped("place"))


def test_work_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []

    def made(scenario):
        asked.append((scenario.place.name, scenario.seed))
        return {"people_in_beds": 1.0, "returns_24": float("nan")}

    monkeypatch.setattr(places, "STORED", tmp_path / "places.json")
    monkeypatch.setattr(places, "as_published", made)
    monkeypatch.setattr(places, "digits", lambda: "now")
    found: dict = {}
    places.fill(found, ["dublin"], 2)
    assert asked == [("dublin", 1), ("dublin", 2)]
    assert json.loads((tmp_path / "places.json").read_text())["dublin"]["seeds"]["1"] == {"people_in_beds": 1.0}
    places.fill(found, ["dublin", "finland"], 3)
    assert asked[2:] == [("dublin", 3), ("finland", 1), ("finland", 2), ("finland", 3)]
    monkeypatch.setattr(places, "digits", lambda: "other rules")
    places.fill(found, ["dublin"], 1)
    assert asked[6:] == [("dublin", 1)]
