"""The report: one file that needs nothing else, escapes everything, and says all that it must."""

import dataclasses
import html
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from analysis import figures, report, tables
from analysis.board import sentence
from analysis.decides import DECIDES
from analysis.words import interval, shown
from runs.controls import EqualCost
from scenarios.names import shipped
from scenarios.strategy import Phase
from scenarios.worldviews import find_worldview

FIGURE = b"<svg xmlns='x'/>"
VOID = {"meta", "img", "br", "link", "hr", "input"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; every tag must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"names": ("status_quo",)},
        {"names": ("hybrid",), "replicates": 1},
        {"names": tuple(shipped("strategy")), "replicates": 2, "people": 2000},
        {"place": "canada_trial", "world": "from_within", "sets": ("budget=0.02", "context_gap=0.1"), "failed": 1},
        {"months": 72},
    ],
)
def test_a_report_needs_nothing_else(make, how) -> None:
    compared = make(**how)
    text = report.page(compared, FIGURE)
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    links = [value for name, value in page.attributes if name in ("src", "href", "srcset", "action", "data")]
    assert links
    assert all(link.startswith("data:image/svg+xml;base64,") for link in links)
    assert "@import" not in text
    assert "url(" not in text
    assert sentence(compared) in page.text
    assert "hypothesis under test" in page.text


def test_it_holds_what_planners_report_beside_no_foundation(make) -> None:
    compared = make()
    page = Page(report.page(compared, FIGURE))
    section = page.text.partition("What planners report")[2].partition("What it cost")[0]
    for text in ("No foundation, before the programme, months 1 to 12", "No foundation, months 109 to 120",
                 *compared.titles.values(), "People on a night", "Returned: had a secure tenancy",
                 "Found a secure tenancy by themselves", "Without one again within 24 months", "low need"):  # fmt: skip
        assert text in section, text
    assert "What planners report" not in Page(report.page(make(("status_quo",), months=11), FIGURE)).text


def test_everything_is_escaped(make) -> None:
    compared = make()
    evil = "<script>alert('x')</script> & \"co\""
    scenarios = [
        dataclasses.replace(
            one,
            strategy=dataclasses.replace(one.strategy, title=evil, meaning=evil),
            place=dataclasses.replace(one.place, title=evil, meaning=evil),
            worldview=dataclasses.replace(one.worldview, name="own", title=evil, meaning=evil, believes=evil),
        )
        for one in compared.scenarios
    ]
    text = report.page(dataclasses.replace(compared, scenarios=scenarios, command=evil), FIGURE)
    page = Page(text)
    assert "script" not in page.tags
    assert "<script" not in text
    assert html.escape(evil, quote=False).split(" ")[0] in text.replace("&#39;", "'")
    assert evil in page.text


def test_it_shows_costs_places_marks_and_how_to_repeat_it(make) -> None:
    compared = make()
    page = Page(report.page(compared, FIGURE))
    for figure in compared.place.figures.values():
        assert figure.name in page.text
        assert figure.note[:40].replace("  ", " ") in page.text
    for name in {name for world in shipped("worldview") for name in find_worldview(world).values}:
        assert name in page.text
    for words in ("unfreeze compare", "Seeds 1 to 4", "simulation noise only", "city council",
                  "unpaid hours of key workers",
                  "In hand at the end, not spent", "low need", "high need", "Nothing: every number is as it ships",
                  "https://psychiatryonline.org/doi/abs/10.1176/appi.ps.202000029"):  # fmt: skip
        assert words in page.text, words
    for scenario, key in compared.results.runs.filter(seed=1).select("scenario", "hash").rows():
        assert key in page.text, scenario


def test_headline_numbers_are_in_the_tables(make) -> None:
    compared = make()
    page = Page(report.page(compared, FIGURE))
    for row in compared.headline.iter_rows(named=True):
        assert interval(row["measure"], row["low"], row["high"], compared.units) in page.text
        assert shown(row["measure"], row["value"], compared.units) in page.text
        assert row["verdict"] in page.text


def test_carried_out_controls_and_units_come_before_what_lasted(make) -> None:
    compared = make(place="canada_trial", people=700)
    control = dataclasses.replace(compared.scenarios[-1], control_of=(compared.names[0],))
    beside = dataclasses.replace(
        compared,
        scenarios=[*compared.scenarios[:-1], control],
        equal_cost=(EqualCost(compared.names[0], control.label, "With twice the programme money."),),
    )
    page = Page(report.page(beside, FIGURE))
    order = [page.text.index(words) for words in ("Was it carried out?", "What the same money does in homes",
                                                  "With twice the programme money.", "What lasted")]  # fmt: skip
    assert order == sorted(order)
    assert "CAD" in page.text[: order[0]]
    assert "scaled up from 700 simulated people" in page.text[: order[0]]
    assert "CAD thousand over the whole run" in page.text
    assert "EUR thousand" not in page.text
    carried = tables.carried(beside)
    assert [row["title"] for row in carried] == [beside.titles[beside.names[0]]]
    for cell in carried[0].values():
        assert cell in page.text[order[0] : order[1]]


def test_many_strategies_are_ranked(make) -> None:
    names = ("homes", "top_up", "hybrid", "carrier", "user_centred")
    text = Page(report.page(make(names), FIGURE)).text
    assert "Ranking" in text
    last = [f"{i}. " for i in range(1, 6)]
    assert all(rank in text for rank in last)
    rows = tables.ranking(make(names))
    sizes = [make(names).contrast(name, "status_quo", "secure_people", 120).difference for name in
             [next(n for n in names if make(names).titles[n] == row["title"]) for row in rows]]  # fmt: skip
    assert sizes == sorted(sizes, reverse=True)


def test_every_change_is_flagged(make) -> None:
    compared = make(place="canada_trial", world="from_within", sets=("budget=0.02", "context_gap=0.1"))
    page = Page(report.page(compared, FIGURE))
    world = find_worldview("from_within")
    assert "budget = 0.02" in page.text
    assert "Settings differ from what ships with this place" in page.text
    changed = page.text.split("What was changed")[-1].split("Limits")[0]
    for name in world.values:
        assert name in changed
    assert "--set" in changed
    by_hand = next(row for row in tables.changed(compared) if row["name"] == "context_gap")
    assert (by_hand["mark"], by_hand["was"], by_hand["value"]) == ("set by hand", "assumption", "0.1")
    disputed = next((row for row in tables.contested(compared) if row["name"] == "context_gap"), None)
    assert disputed is not None
    assert (disputed["mark"], disputed["source"], disputed["value"]) == ("set by hand", "", "0.1")
    assert "set by hand (usually: assumption)" in " ".join(changed.split())
    assert "results on this page are in it" in page.text


def test_a_changed_figure_of_the_place_has_the_places_range(make) -> None:
    compared = make(place="canada_trial", sets=("crisis_cost=30000",))
    figure = compared.place.figures["crisis_cost"]
    (row,) = tables.changed(compared)
    low, high = row["range"].replace(",", "").split(" to ")
    assert float(low) == pytest.approx(figure.low / compared.place.per_euro, rel=1e-3)
    assert float(high) == pytest.approx(figure.high / compared.place.per_euro, rel=1e-3)
    assert (row["mark"], row["was"]) == ("set by hand", figure.mark)


def test_a_strategy_that_was_edited_is_flagged(make, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = make(("user_centred", "homes"))
    usual = compared.strategies["user_centred"]
    phases = tuple(Phase(phase.begins, {**phase.levers, "listening": 4.0}) for phase in usual.phases)
    edited = dataclasses.replace(
        usual, name="user_centred,listening=4", title="User-centred (listening 4)", phases=phases
    )
    assert figures.changes(compared) == ""
    both = {"user_centred": edited, "homes": compared.strategies["homes"]}
    monkeypatch.setattr(type(compared), "strategies", both)
    page = Page(report.page(compared, FIGURE))
    assert "user centred with listening 4" in figures.changes(compared)
    flag, *_, changed = page.text.split("What was changed")
    assert "lever of single strategies" in flag.replace("1 ", "")
    assert "listening" in changed.split("Limits")[0]


def test_what_is_missing_is_said(make) -> None:
    assert "2 of 12 runs failed" in Page(report.page(make(failed=1), FIGURE)).text
    assert "every verdict is not known" in Page(report.page(make(replicates=1), FIGURE)).text.replace(" .", ".")
    assert "scaled up from 2,000" in Page(report.page(make(people=2000), FIGURE)).text


def test_files_are_written_whole(make, tmp_path) -> None:
    names = report.write(make(), tmp_path)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())
    assert set(names) == {"comparison.png", "comparison.svg", "levers.png", "levers.svg", "report.html", "slides.html"}
    assert report.write(make(("status_quo",)), tmp_path) == [
        "comparison.png", "comparison.svg", "report.html", "slides.html"]  # fmt: skip


def test_a_word_that_the_template_does_not_know_is_an_error(make) -> None:
    with pytest.raises(Exception, match="undefined"):
        report._template("report.html").render(compared=SimpleNamespace())


def test_the_numbers_that_decide_stand_first_among_the_assumptions(make) -> None:
    rows = tables.contested(make())
    assert tuple(row["name"] for row in rows[: len(DECIDES)]) == DECIDES
    assert all(row["said"] for row in rows)
    text = Page(report.page(make(), FIGURE)).text
    assert text.index("The assumptions that matter") < text.rindex("fit_width")
