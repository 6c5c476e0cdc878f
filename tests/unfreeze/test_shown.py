"""What stands as the last expression of a cell: a line on a terminal, a table or a picture in a notebook."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from unfreeze import Comparison, Results, Scenario, ServiceSystem, compare, ensemble, figure, find_place, find_strategy
from unfreeze import with_twins as twins

SMALL = {"people": 500, "months": 84}


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare("homes", "user_centred", people=500, months=84, sets=2, replicates=2)


class Table(HTMLParser):
    """Cells of the HTML, and whether every tag that opens closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def checked(one: object) -> list[str]:
    assert len(repr(one)) <= 200
    assert repr(one).startswith(f"<{type(one).__name__} ")
    found = Table(one._repr_html_())  # type: ignore[attr-defined]
    assert found.open == []
    return found.said


def test_a_comparison_shows_every_verdict(compared: Comparison) -> None:
    said = checked(compared)
    assert "homes, user_centred in dublin: 2 parameter sets, 4 pairs of runs, 84 months" in repr(compared)
    verdicts = [row["verdict"] or row["reason"] for row in compared.headline.rows(named=True)]
    assert len(verdicts) == 8
    assert [text for text in said if text in set(verdicts)] == verdicts
    row = compared.headline.filter(scenario="homes", measure="secure_people").row(0, named=True)
    shown = row["difference"] * compared.units.factor("secure_people")
    assert float(said[said.index("secure_people") + 1]) == pytest.approx(shown, rel=1e-3)


def test_a_figure_is_a_picture(compared: Comparison) -> None:
    assert figure(compared)._repr_png_().startswith(b"\x89PNG")


def test_scenario_place_strategy_and_results() -> None:
    scenario = Scenario.of("homes", **SMALL, settings={"contact": 0.25})  # type: ignore[arg-type]
    said = checked(scenario)
    assert {"Homes", "500", "84", "contact 0.25"} <= set(said)
    assert repr(scenario) == "<Scenario 'homes', 'dublin', 'evidence', people=500, months=84, seed=1>"
    place = find_place("dublin")
    assert {one.source.strip() for one in place.figures.values() if one.source} <= {
        text.strip() for text in checked(place)
    }
    assert "share_homes" in checked(find_strategy("homes"))
    results = ensemble(twins([scenario]), 2)
    assert isinstance(results, Results)
    assert "status_quo" in checked(results)
    assert repr(results) == "<Results of 4 runs: homes, status_quo>"


def test_a_service_system_counts_its_agents() -> None:
    system = ServiceSystem("homes", **SMALL, rng=4)
    system.step()
    said = checked(system)
    assert "1 of 84" in said
    assert said[said.index("User") + 1] == str(system.world.system[0].living)


def test_what_a_file_says_is_text_and_never_a_tag() -> None:
    place = replace(find_place("dublin"), title="<script>alert(1)</script>")
    assert "<script>" not in place._repr_html_()
    assert "&lt;script&gt;" in place._repr_html_()
