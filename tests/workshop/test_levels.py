"""Levels and a screen's texts: what a room may touch, and nothing on any page that a catalogue does not know."""

import re
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import numpy as np
import pytest

from agents.service_user import SITUATIONS
from analysis.units import Units
from analysis.words import drawn_briefly, drawn_from
from scenarios.language import Speech
from scenarios.scenario import NOBODY
from tests.workshop.marked import Marked, outside
from workshop import debrief, stories, views
from workshop.charts import Predicted, courses, rows
from workshop.history import ASKED, HEADLINE, SHOWN, Lived, Runner, strategy_of
from workshop.levels import ALL, BEGINNER, SOME, dials, in_play, roles_at, switches
from workshop.logbook import Logbook
from workshop.notes import FROM_RANGES, FROM_SAMPLE
from workshop.plans import MONTHS, timed
from workshop.roles import FOUNDATION, USUAL
from workshop.setup import Scale, Setup

EVIL = "<img src=x onerror=alert(1)>"
PEOPLE = 3


def test_a_beginners_foundation_has_five_switches_and_every_other_table_one_question() -> None:
    counts = {role.key: len(role.decisions) for role in roles_at(BEGINNER)}
    assert counts.pop("foundation") == 5
    assert {*counts.values()} == {1}
    for one in switches():
        assert one.keys == (USUAL, "on")
        assert one.option("on").openly


def test_at_the_last_level_the_foundation_has_every_lever_but_the_rooms_money_and_time() -> None:
    names = {one.key for one in dials()}
    assert not names & {"start", "duration", "budget"}
    assert [one.key for one in dials(("budget", "listening"))] == ["budget", "listening"]
    assert names <= in_play(roles_at(ALL)).keys()


def test_a_facilitator_leaves_questions_out() -> None:
    roles = {one.key: one for one in roles_at(SOME, ("users.voice", "foundation.sites"))}
    assert [one.key for one in roles["users"].decisions] == ["voice"]
    assert [one.key for one in roles["foundation"].decisions] == ["sites"]
    assert roles["managers"].decisions == ()
    assert [one.key for one in FOUNDATION.decisions] == ["design", "sites", "besides"]


def invented(labels: tuple[str, ...], titles: tuple[str, ...], units: Units) -> Lived:
    """Runs that nobody ran, for screens: only how they look is tested here."""
    values = np.random.default_rng(1).uniform(100, 200, (4, len(labels), MONTHS + 1, len(SHOWN)))
    return Lived(labels, titles, values, units)


def desk(folder: Path, **chosen: Any) -> views.Desk:
    """A room with three people in which everything has been run (with invented numbers)."""
    found = views.Desk(Logbook(folder, Setup(**chosen).checked()), Marked())
    found.book.about["code"] = "1234"
    runner, room = Runner(found.book.setup), found.room
    shown, units = [*map(timed, room.setup.strategies)], Units.of(runner.scenario(NOBODY))
    titles = tuple(runner.scenario(one).strategy.title for one in shown)
    found.lived[""] = invented((NOBODY,), ("",), units)
    found.lived["show"] = invented((*shown, NOBODY), (*titles, ""), units)
    found.lived["last"] = invented((strategy_of(room.setup, {}).name, *shown, NOBODY), ("", *titles, ""), units)
    for i, _ in enumerate(room.setup.months, 1):
        found.lived[f"round{i}"] = invented((strategy_of(room.setup, {}).name, NOBODY), ("", ""), units)
    for i, table in zip(range(PEOPLE), room.setup.tables, strict=False):
        found.book.take("joined", token=f"t{i}")
        found.book.take("seated", person=i + 1, table=table)
        found.names[i + 1] = f"〚{i}〛"
    return found


def on(found: views.Desk) -> None:
    """Everybody answers and predicts, and the room goes on."""
    room = found.room
    for person in room.people:
        if room.step.topic:
            pick = "more" if room.step.round else "a"
            line = (
                [float(100 + person + i) for i, _ in enumerate(room.points(room.step.topic))] if person < PEOPLE else []
            )
            found.book.take("predicted", person=person, topic=room.step.topic, pick=pick, low=1, high=150, line=line)
        if room.step.kind.startswith("ask") and (room.step.kind, person) not in room.answers:
            marks = [person % 5 + (room.step.kind == "ask_after"), *[1] * (room.questions - 1)]
            found.book.take("answered", person=person, answers=marks)
    found.book.take("next", anyway=True)
    if room.running:
        found.book.take("ran", topic=room.running)
    if room.step.kind in views.RESULTS and room.hidden:
        found.book.take("show")


def pages(found: views.Desk) -> dict[str, str]:
    """Every screen as it is now."""
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(debrief.FOLDER / "templates"), autoescape=True,
                              trim_blocks=True)  # fmt: skip
    made.globals |= {"t": found.t, "named": found.room.setup.title}
    values = {f"person{n}": views.person(found, n, "") for n in found.room.people}
    values |= {"host": views.host(found, "", "net"), "notes": views.notes(found), "paper": views.paper(found)}
    return {name: made.get_template(f"{name.rstrip('123')}.html").render(one) for name, one in values.items()}


@pytest.mark.parametrize("level", [BEGINNER, SOME, ALL])
def test_no_word_on_any_screen_at_any_step_is_untranslated(tmp_path: Path, level: str) -> None:
    found = desk(tmp_path / "room", level=level, plan=60)
    known = {"listening", "independence", "verification", "branding", "convening", "campaign", "budget", "austerity"}
    for step in found.room.setup.steps:
        for name, html in pages(found).items():
            assert outside(html) <= known, (step.kind, name)
        if step.kind != "close":
            on(found)
    assert outside(debrief.page(found, _no_lives())) == set()


def test_the_end_of_the_money_and_of_the_years_is_said_to_the_room_and_to_the_facilitator(tmp_path: Path) -> None:
    found = desk(tmp_path / "room", plan=90, tables=("foundation", "users", "managers"), decisions=NO_MANAGERS)
    seen: dict[str, list[tuple[str, int]]] = {text: [] for text in ENDS}
    for step in found.room.setup.steps:
        made = pages(found)
        html = "".join(made.values()) + debrief.page(found, _no_lives())  # type: ignore[arg-type]
        for text in seen:
            seen[text] += [(step.kind, step.round)] if f"〚{text}" in html else []
        if step.kind == "decide":
            assert "asked nothing" in made["person3"]
            assert "asked nothing" not in made["person2"]
        if step.kind != "close":
            on(found)
    said, phone, over, did = seen.values()
    assert said == phone == [("decide", 5)]
    assert over == [("talk", 5)]
    assert did[0] == ("see", 5)
    assert did[-1] == ("close", 0)  # in the debrief


ENDS = ("The foundation&#39;s money has ended", "Your money has ended", "The ten years are over", "Its money has ended")
NO_MANAGERS = ("foundation.sites", "users.voice")


@pytest.mark.parametrize("calibrated", [True, False])
def test_where_the_numbers_come_from_is_said_as_it_is_in_this_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calibrated: bool
) -> None:
    sample = object() if calibrated else None
    for module in (debrief, stories):
        monkeypatch.setattr(module, "shipped_sample", lambda place: sample if place.name == "helsinki" else 1 / 0)
    found = desk(tmp_path / "room", place="helsinki")
    runner = Runner(found.room.setup)
    usual = found.lived[""]
    monkeypatch.setattr(
        runner, "lived", lambda names: invented(tuple(map(str, names)), ("",) * len(names), usual.units)
    )
    told = list(stories.told(runner, found.t))
    assert len(told) == stories.SCREENS
    is_so, is_not = (FROM_SAMPLE, FROM_RANGES) if calibrated else (FROM_RANGES, FROM_SAMPLE)
    for text in (debrief.page(found, _no_lives()), told[-2].words):  # type: ignore[arg-type]
        assert is_so in text
        assert is_not not in text
    for said in (drawn_from, drawn_briefly):  # the one wording of it, elsewhere
        assert ("calibrated sample" in said(sample)) == ("calibrated sample" in is_so)  # type: ignore[arg-type]


def test_forty_predictions_take_no_more_room_than_twelve_and_stay_apart(tmp_path: Path) -> None:
    for count in (1, 12, 40):
        bars = [(float(i), 50.0 + i) for i in range(count)]
        runs = np.random.default_rng(1).uniform(0, 100, (4, 25))
        beside = courses(runs, 12, Predicted(bars), Speech(), "", "")
        below = rows([("one", [1.0, 2.0])], bars, Speech(), "", "")
        for x, anchor in re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="(\w+)">[+-]', below):
            assert (
                {"start": 0, "middle": 40, "end": 80}[anchor]
                <= float(x)
                <= 720 - {"start": 80, "middle": 40}.get(anchor, 0)
            )
        assert int(re.search(r'viewBox="0 0 \d+ (\d+)"', below)[1]) <= 60 + 168 + 30 + 78  # type: ignore[index]
        for svg, axis in ((beside, "x1"), (below, "y1")):
            at = [float(x) for x in re.findall(rf'class="bar".*?{axis}="([\d.]+)"', svg)]
            wide = {float(x) for x in re.findall(r'stroke-width="([\d.]+)"', svg)}
            assert len(at) == count
            assert all(b - a > max(wide) for a, b in pairwise(at))


def test_a_life_is_told_in_months_and_in_one_month(tmp_path: Path) -> None:
    here = SimpleNamespace(me=SimpleNamespace(situation=SITUATIONS.index("hidden")), gone="")
    gone = SimpleNamespace(me=None, gone="left")
    assert debrief.spells(desk(tmp_path / "room"), [here, gone, gone]) == [  # type: ignore[list-item, arg-type]
        "〚1 month: 〚with friends or family〛〛", "〚2 months: 〚not here any more〛〛",
    ]  # fmt: skip


def test_what_the_room_did_stands_beside_what_was_shown_once_it_was_predicted(tmp_path: Path) -> None:
    found = desk(tmp_path / "room", plan=60)
    while found.room.step.kind != "last_see":
        assert 'class="beside"' not in "".join(pages(found).values())
        assert 'class="beside"' not in debrief.page(found, _no_lives())  # type: ignore[arg-type]
        on(found)
    told = views.beside(found)
    assert told is not None
    lived = found.lived["last"]
    room, *shown, nobody = lived.labels
    assert (len(told["heads"]), nobody) == (1 + len(shown), NOBODY)
    for (name, _), row in zip(views.FOUR, told["rows"], strict=True):
        pairs = lived.at(room, name, MONTHS) - lived.at(NOBODY, name, MONTHS)
        low, middle, high = np.quantile(pairs, (0.05, 0.5, 0.95))
        assert row["cells"][0] == f"〚{middle:+.0f} ({low:+.0f} to {high:+.0f})〛"
    assert 'class="beside"' in pages(found)["host"]
    assert 'class="beside"' in debrief.page(found, _no_lives())  # type: ignore[arg-type]


def test_the_debrief_holds_its_tables(tmp_path: Path) -> None:
    found = desk(tmp_path / "room", plan=60)
    while found.room.step.kind != "close":
        on(found)
    html = debrief.page(found, _no_lives())  # type: ignore[arg-type]
    held = dict(re.findall(r'download="([\w.]+)" href="data:text/plain;charset=utf-8;base64,([^"]+)"', html))
    assert {name: b64decode(text).decode() for name, text in held.items()} == debrief.files(found)
    assert {*held} == {*debrief.TABLES, "the_room.toml"}


class _no_lives:
    """A runner for a debrief whose lives are tested elsewhere."""

    def scenario(self, strategy: Any) -> Any:
        return strategy


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debrief, "somebody", lambda a, b: None)


def test_a_facilitators_own_text_is_text_on_every_screen_and_in_the_debrief(tmp_path: Path) -> None:
    scale = Scale(EVIL, EVIL, (EVIL, EVIL), (EVIL, EVIL, EVIL))
    found = desk(
        tmp_path / "room",
        plan=60,
        title=EVIL,
        scale=scale,
        screens=dict.fromkeys(("welcome", "ask_before", "see"), EVIL),
        notes={"welcome": (EVIL,)},
        role={key: dict.fromkeys(("title", "who", "knows"), EVIL) for key in ("users", "managers")},
    )
    seen = 0
    for step in found.room.setup.steps:
        for html in (*pages(found).values(), debrief.page(found, _no_lives())):  # type: ignore[arg-type]
            assert "<img src=x" not in html
            seen += "&lt;img src=x" in html
        if step.kind != "close":
            on(found)
    assert seen > 20


def test_a_line_stands_in_the_rooms_picture_and_is_marked_on_ones_own_phone_only(tmp_path: Path) -> None:
    found = desk(tmp_path / "room", plan=60)
    while found.room.step.kind != "see":
        on(found)
    made = pages(found)
    assert made["host"].count('class="drawn"') == PEOPLE - 1
    assert made["host"].count('class="middle"') == 1
    assert 'class="own" x1' not in made["host"]
    assert made["person1"].count('<polyline class="own"') == 1
    assert 'class="own" x1' in made["person1"]
    assert "<svg" not in made[f"person{PEOPLE}"]  # drew nothing
    found.book.take("hide")
    assert "<svg" not in pages(found)["person1"]


def test_a_board_says_nothing_of_the_result(tmp_path: Path) -> None:
    """The same before and after the model knows what will come."""
    found = desk(tmp_path / "room", plan=60)
    while found.room.step.kind != "decide":
        on(found)
    before = pages(found)["person1"]
    found.lived["round1"] = found.lived["show"] = found.lived["last"] = invented((), (), found.lived[""].units)
    assert pages(found)["person1"] == before
    low, high = (float(x) for x in re.search(r'data-low="([\d.]+)" data-high="([\d.]+)"', before).groups())  # type: ignore[union-attr]
    assert (low, high) == (0.0, 2 * float(np.median(found.lived[""].at(NOBODY, HEADLINE, 0))))


def test_the_rooms_ranges_are_counted_together_and_ones_own_alone(tmp_path: Path) -> None:
    found = desk(tmp_path / "room", plan=60)
    while found.room.step.kind != "debrief":
        on(found)
    hits = {topic: views.caught(found, topic) for topic in found.room.locked}
    assert {count for _, count in hits.values()} == {PEOPLE}
    said = views.pooled(found)
    assert f"{sum(hit for hit, _ in hits.values())} of {5 * PEOPLE} ranges" in said
    assert "12" in said  # 80 per cent of 15
    made = pages(found)
    assert "Your own ranges" in made["person1"]
    assert "Your own ranges" not in made["host"]
    assert said in made["host"]


def test_a_scales_change_has_an_interval(tmp_path: Path) -> None:
    scale = Scale("S", "Dr A", ("one", "two"), ("a", "b", "c"), (2,))
    found = desk(tmp_path / "room", plan=60, scale=scale)
    for when, marks in (("ask_before", ((1, 3), (1, 3), (2, 2))), ("ask_after", ((3, 1), (2, 3), (2, 2)))):
        while found.room.step.kind != when:
            on(found)
        for person, two in enumerate(marks, 1):
            found.book.take("answered", person=person, answers=[1] * 6 + [*two])
    said = debrief.scale_moved(found)
    assert said is not None
    # means 1, 1, 2 before (the second counts back), 3, 1.5, 2 after: changes 2, 0.5, 0 with t(2) = 4.303
    changes = np.array([2.0, 0.5, 0.0])
    half = 4.302653 * changes.std(ddof=1) / np.sqrt(3)
    assert f"+{changes.mean():.2f}" in said["said"]
    assert f"{changes.mean() - half:.2f}" in said["said"]
    assert debrief.answers(found).splitlines()[0].count("question_") == 8


def test_rounds_of_ones_own_reach_ten_years(tmp_path: Path) -> None:
    found = desk(tmp_path / "room", plan=90, rounds=(1, 4, 5))
    spans = [found.room.setup.span(i) for i in (1, 2, 3)]
    assert spans == [(0, 12), (12, 60), (60, 120)]
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    while found.room.step.kind != "close":
        on(found)
    assert sorted(found.room.played) == [1, 2, 3]
    assert ASKED in SHOWN
