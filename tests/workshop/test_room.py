"""The room as a state machine: who may do what and when, and the same room again from its log."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadInput
from workshop.logbook import Logbook, delete
from workshop.plans import AGENDAS, MONEY_ENDS, MONTHS, PLANS, ROUNDS, TITLES, most_rounds, steps_of
from workshop.roles import BY_KEY, USUAL
from workshop.room import Refused, Room
from workshop.setup import Setup, new_file, read_setup


def room_at(kind: str, people: int = 2, setup: Setup | None = None) -> Room:
    """A room at the first step of this kind, with people at the tables in turn."""
    room = Room(setup or Setup())
    tables = list(BY_KEY)
    for i in range(people):
        room.take({"kind": "joined", "token": f"t{i + 1}"})
        room.take({"kind": "seated", "person": i + 1, "table": tables[i % len(tables)]})
    while room.step.kind != kind:
        forward(room)
    return room


def forward(room: Room) -> None:
    """On, whoever has decided."""
    room.take({"kind": "next", "anyway": True})
    if room.running:
        room.take({"kind": "ran", "topic": room.running})


def predict(room: Room, person: int, pick: str = "fewer", low: float = 1.0, high: float = 2.0) -> None:
    topic = room.step.topic
    room.take({"kind": "predicted", "person": person, "topic": topic, "pick": pick, "low": low, "high": high})


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_takes_its_minutes_and_its_rounds_reach_ten_years(plan: int) -> None:
    assert sum(step.minutes for step in PLANS[plan]) == plan
    assert sum(ROUNDS[plan]) == MONTHS
    assert Setup(plan=plan).span(len(ROUNDS[plan]))[1] == MONTHS
    assert {step.kind for step in PLANS[plan]} <= {*TITLES}
    debrief = next(step for step in PLANS[plan] if step.kind == "debrief")
    assert debrief.minutes * 5 >= plan  # a fifth of the time


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_with_other_rounds_takes_the_same_minutes(plan: int) -> None:
    for rounds in range(1, most_rounds(plan) + 1):
        steps = steps_of(plan, rounds)
        assert sum(step.minutes for step in steps) == plan
        assert sum(step.kind == "decide" for step in steps) == rounds
        assert min(step.minutes for step in steps) > 0
    assert steps_of(plan, len(AGENDAS[plan][1])) == PLANS[plan]


def test_every_run_comes_after_a_prediction() -> None:
    for steps in PLANS.values():
        for before, after in itertools.pairwise(steps):
            if after.kind == "see" or after.kind.endswith("_see"):
                assert before.topic


def test_next_waits_for_tables_and_people_and_the_facilitator_may_go_on() -> None:
    room = room_at("decide")
    with pytest.raises(Refused, match="Not everybody"):
        room.take({"kind": "next"})
    assert room.missing_tables == ["users", "professionals"]
    for person in (1, 2):
        room.take({"kind": "ready", "person": person, "round": 1})
        assert room.missing_people
        predict(room, person)
    room.take({"kind": "next"})
    assert room.running == "round1"
    assert room.by_program[1] == ["managers", "commissioner", "foundation"]


def test_a_decision_is_the_tables_and_saying_it_twice_changes_nothing() -> None:
    room = room_at("decide")
    for _ in range(2):
        room.take({"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "wait"})
    assert room.choice(1, "users", "homes") == "wait"
    room.take({"kind": "ready", "person": 1, "round": 1})
    room.take({"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "wait"})
    assert "users" in room.ready
    room.take({"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "take"})
    assert "users" not in room.ready


def test_what_a_table_decided_holds_in_the_next_round_until_it_decides_again() -> None:
    room = room_at("decide")
    room.take({"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "wait"})
    forward(room)
    while room.step.kind != "decide":
        forward(room)
    assert room.step.round == 2
    assert room.choices(2)["users"]["homes"] == "wait"


def test_a_table_whose_people_step_out_is_played_by_the_program_and_blocks_nothing() -> None:
    room = room_at("decide")
    room.take({"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "wait"})
    room.take({"kind": "away", "person": 1})
    assert room.missing_tables == ["professionals"]
    assert 1 not in room.missing_people
    forward(room)
    assert room.played[1]["users"]["homes"] == USUAL
    assert "users" in room.by_program[1]


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "decided", "person": 2, "round": 1, "decision": "homes", "option": "wait"},  # another table's
        {"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "nothing"},
        {"kind": "decided", "person": 1, "round": 2, "decision": "homes", "option": "wait"},
        {"kind": "decided", "person": 9, "round": 1, "decision": "homes", "option": "wait"},
        {"kind": "ready", "person": 1, "round": 2},
        {"kind": "predicted", "person": 1, "topic": "round2", "pick": "more", "low": 1, "high": 2},
        {"kind": "predicted", "person": 1, "topic": "round1", "pick": "up", "low": 1, "high": 2},
        {"kind": "predicted", "person": 1, "topic": "round1", "pick": "more", "low": 3, "high": 2},
        {"kind": "predicted", "person": 1, "topic": "round1", "pick": "more", "low": float("nan"), "high": 2},
        {"kind": "predicted", "person": 1, "topic": "round1", "pick": "more", "low": None, "high": 2},
        *(
            {"kind": "predicted", "person": 1, "topic": "round1", "pick": "more", "low": 1, "high": 2, "line": line}
            for line in (
                [1, 2, 3],
                [1, 2, 3, None],
                [1, 2, 3, float("inf")],
                "1234",
                [1, 2, 3, True],
                {"a": 1},
                [[1]] * 4,
            )
        ),
        {"kind": "answered", "person": 1, "answers": [1] * 6},
        {"kind": "seated", "person": 1, "table": "host"},
        {"kind": "ran", "topic": "round1"},
        {"kind": "take"},
        {"kind": "people"},
        {},
    ],
)
def test_what_cannot_be_done_now_is_refused_and_changes_nothing(event: dict[str, Any]) -> None:
    room = room_at("decide")
    before = repr(room)
    with pytest.raises(Refused):
        room.take(event)
    assert repr(room) == before


def test_a_prediction_stays_as_it_was_once_its_result_was_there() -> None:
    room = room_at("decide")
    predict(room, 1)
    predict(room, 1, "more", 5, 6)  # until then it may change
    forward(room)
    room.take({"kind": "back"})
    assert room.step.kind == "decide"
    with pytest.raises(Refused, match="stays as it was"):
        predict(room, 1, "fewer")
    assert room.predictions("round1")[1].low == 5
    assert room.missing_people == []


def test_one_step_back_opens_the_decisions_of_a_round_again() -> None:
    room = room_at("see")
    assert room.played.keys() == {1}
    room.take({"kind": "back"})
    assert room.played == {}
    room.take({"kind": "decided", "person": 1, "round": 1, "decision": "homes", "option": "wait"})


def test_results_are_hidden_until_they_are_shown_and_again_after_the_room_talked_about_them() -> None:
    room = room_at("see")
    assert room.hidden
    room.take({"kind": "show"})
    assert not room.hidden
    forward(room)
    assert room.step.kind == "talk"
    assert not room.hidden
    forward(room)
    assert room.hidden


def test_reset_begins_anew_with_the_same_people() -> None:
    room = room_at("talk")
    predicted = room.predicted.copy()
    room.take({"kind": "reset"})
    assert (room.at, room.played, room.predicted, room.locked) == (0, {}, {}, set())
    assert len(room.people) == 2
    assert predicted == {}


@pytest.mark.parametrize("plan", PLANS)
def test_a_foundation_decides_while_it_has_money_and_nothing_afterwards(plan: int) -> None:
    setup = Setup(plan=plan)
    foundation = list(BY_KEY).index("foundation") + 1
    room = room_at("decide", 5, setup)
    for number in range(1, len(setup.months) + 1):
        while room.step.round != number:
            forward(room)
        while room.step.kind != "decide":
            forward(room)
        event = {"kind": "decided", "person": foundation, "round": number, "decision": "sites", "option": "willing"}
        if setup.span(number)[0] < MONEY_ENDS:
            room.take(event)
            assert "foundation" in room.missing_tables
        else:
            with pytest.raises(Refused, match="no such choice"):
                room.take(event)
            assert room.missing_tables == [one for one in BY_KEY if one != "foundation"]
        forward(room)
        decided = room.played[number]["foundation"]
        assert decided.get("sites") == ("willing" if setup.span(number)[0] < MONEY_ENDS else None)
        assert room.played[number]["users"]


def test_a_table_without_phones_is_typed_in_by_the_host_and_holds_until_it_decides_again() -> None:
    room = room_at("decide", 1)
    typed = {"kind": "typed", "table": "managers", "decision": "open", "option": "often", "round": 1}
    room.take(typed)
    assert room.missing_tables == ["users"]  # the facilitator knows when paper is ready
    forward(room)
    assert room.by_program[1] == ["professionals", "commissioner", "foundation"]
    while room.step.round != 2:
        forward(room)
    forward(room)
    assert room.played[1]["managers"]["open"] == room.played[2]["managers"]["open"] == "often"
    assert "managers" not in room.by_program[2]
    room.take({"kind": "reset"})
    assert room.paper == set()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "users"}, "its own phones decide"),
        ({"table": "cooks"}, "no such table"),
        ({"table": ["managers"]}, "no such table"),
        ({"option": "buy"}, "no such choice"),
        ({"decision": "homes"}, "no such choice"),
        ({"round": 2}, "round is over"),
    ],
)
def test_what_cannot_be_typed_in_is_refused_and_changes_nothing(change: dict[str, Any], said: str) -> None:
    room = room_at("decide", 1)
    typed = {"kind": "typed", "table": "managers", "decision": "open", "option": "often", "round": 1}
    before = repr(room)
    with pytest.raises(Refused, match=said):
        room.take({**typed, **change})
    assert repr(room) == before


def test_a_table_that_is_asked_nothing_blocks_nothing() -> None:
    room = room_at("decide", 5, Setup(decisions=("users.voice",)))
    assert room.missing_tables == ["users"]
    room.take({"kind": "ready", "person": 1, "round": 1})
    for person in room.people:
        predict(room, person)
    room.take({"kind": "next"})


def test_time_runs_from_the_start_and_not_from_when_the_computer_was_ready() -> None:
    room, waiting = Room(Setup()), Room(Setup())
    assert room.seconds_left(900.0) == 360.0
    room.take({"kind": "resume", "at": 900.0})
    assert room.seconds_left(960.0) == 300.0
    waiting.take({"kind": "next", "at": 900.0})  # who goes on has started
    assert waiting.seconds_left(930.0) == 210.0
    waiting.take({"kind": "reset", "at": 1000.0})
    assert waiting.seconds_left(2000.0) == 360.0


def test_time_stands_still_while_paused() -> None:
    room = Room(Setup())
    room.take({"kind": "resume", "at": 0.0})
    room.take({"kind": "pause", "at": 60.0})
    assert room.seconds_left(500.0) == 300.0
    room.take({"kind": "resume", "at": 500.0})
    assert room.seconds_left(500.0) == 300.0


def test_the_log_is_the_room(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "room", Setup())
    for i in range(3):
        book.take("joined", token=f"t{i}")
        book.take("seated", person=i + 1, table="users")
    with pytest.raises(Refused):
        book.take("seated", person=7, table="users")
    while book.room.step.kind != "decide":
        book.take("next", anyway=True)
        if book.room.running:
            book.take("ran", topic=book.room.running)
    book.take("decided", person=2, round=1, decision="beds", option="in")
    again = Logbook(tmp_path / "room")
    assert repr(again.room) == repr(book.room)
    assert (again.code, again.key, again.events) == (book.code, book.key, book.events)


def test_an_event_that_was_half_written_when_the_server_was_killed_is_not_there(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "room", Setup())
    book.take("joined", token="t")
    (tmp_path / "room/events/.0000002.json.999999999.abc.part").write_text('{"kind": "seat')
    assert len(Logbook(tmp_path / "room").events) == 1
    assert [one.name for one in (tmp_path / "room/events").iterdir()] == ["0000001.json"]


def test_everything_goes_with_one_command_and_nothing_else_does(tmp_path: Path) -> None:
    book = Logbook(tmp_path / "room", Setup())
    book.take("joined", token="t")
    assert delete(tmp_path / "room") == 1
    assert not (tmp_path / "room").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other/setup.json").write_text(json.dumps({"mine": 1}))
    with pytest.raises(BadInput, match="is no workshop"):
        delete(tmp_path / "other")
    with pytest.raises(BadInput, match="was left alone"):
        Logbook(tmp_path, Setup())
    assert (tmp_path / "other/setup.json").exists()


def test_a_folder_with_another_workshop_is_not_gone_on_with(tmp_path: Path) -> None:
    Logbook(tmp_path / "room", Setup())
    with pytest.raises(BadInput, match="holds another workshop"):
        Logbook(tmp_path / "room", Setup(plan=60))


def test_a_new_facilitators_file_says_what_holds_without_one(tmp_path: Path) -> None:
    new_file(tmp_path / "mine.toml")
    assert read_setup(tmp_path / "mine.toml") == Setup()
    with pytest.raises(BadInput, match="nothing is written over"):
        new_file(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("plan = 75", "plan", "no plan of 75"),
        ('place = "atlantis"', "place", "atlantis"),
        ('place = "american_school_district"', "place", "about homelessness"),
        ('worldview = "flat"', "worldview", "flat"),
        ('language = "xx"', "language", "no language"),
        ('tables = ["users", "kings"]', "tables", "kings"),
        ('strategies = ["homes"]', "strategies", "two different ones"),
        ('strategies = ["homes", "status_quo"]', "strategies", "shown beside the others"),
        ('strategies = ["homes", "home"]', "strategies", "home"),
        ("people = 3", "people", "500"),
        ("colour = 3", "colour", "colour"),
        ('level = "expert"', "level", "all, beginner, some"),
        ("rounds = [2, 2]", "rounds", "10 together"),
        ("rounds = [2, 2, 2, 1, 1, 2]", "rounds", "at most 5 rounds"),
        ("rounds = [5, 5.0]", "rounds", "whole years"),
        ("rounds = [12, -2]", "rounds", "at least 1"),
        ('decisions = ["users.home"]', "decisions", "users.homes"),
        ('level = "beginner"\ndecisions = ["users.beds"]', "decisions", "users.homes"),
        ('levers = ["listening"]', "levers", "level 'all'"),
        ('level = "all"\nlevers = ["listen"]', "levers", "listening"),
        ('level = "all"\nlevers = ["start"]', "levers", "no lever that a room may touch"),
        ('[screens]\nlunch = "Soup"', "screens.lunch", "welcome"),
        ('[screens]\nwelcome = 3', "screens.welcome", "text"),
        ('[notes]\ndebrief = "one line"', "notes.debrief", "list"),
        ('[notes]\ndebrief = ["\\u202e"]', "notes.debrief", "no line"),
        ('role.kings = { title = "K" }', "role.kings", "kings"),
        ('[role.users]\nname = "K"', "role.users.name", "title, who"),
        ('[role.users]\ntitle = "a\\nb"', "role.users.title", "more than one line"),
    ],
)  # fmt: skip
def test_a_facilitators_mistake_is_told_with_file_line_and_field(
    tmp_path: Path, text: str, field: str, said: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text + "\n")
    with pytest.raises(BadInput, match=said) as told:
        read_setup(path)
    assert str(told.value).startswith(f"{path}:{text.count(chr(10)) + 1}, field '{field}': ")


SCALE = """\
title = "A scale"
permission = "Dr A, letter of 2 May"
items = ["I look for patterns.", "I act at once."]
answers = ["never", "often", "always"]
reverse = [2]
"""


def with_scale(tmp_path: Path, scale: str) -> Setup:
    (tmp_path / "scale.toml").write_text(scale)
    (tmp_path / "mine.toml").write_text('scale = "scale.toml"\n')
    return read_setup(tmp_path / "mine.toml")


def test_a_published_scale_has_its_own_marks_and_counts_back_where_it_says_so(tmp_path: Path) -> None:
    setup = with_scale(tmp_path, SCALE)
    assert setup.scale is not None
    assert setup.scale.score((3, 1)) == 3.0
    assert setup.scale.score((3, 3)) == 2.0
    assert setup.scale.score((3, 0)) is None
    room = Room(setup)
    room.take({"kind": "joined", "token": "t"})
    room.take({"kind": "next"})
    assert room.questions == 8
    for marks in ([1] * 6, [1] * 6 + [4, 1], [6] + [1] * 7, [1] * 6 + [-1, 1], [True] * 8):
        with pytest.raises(Refused):
            room.take({"kind": "answered", "person": 1, "answers": marks})
    room.take({"kind": "answered", "person": 1, "answers": [5] * 6 + [3, 0]})


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('permission = "Dr A, letter of 2 May"\n', "", "permission"),
        ("Dr A, letter of 2 May", " ", "is empty"),
        ("[2]", "[3]", "1 to 2"),
        ('["never", "often", "always"]', '["never"]', "2 to 7"),
        ('["I look for patterns.", "I act at once."]', "[]", "1 to 30"),
    ],
)
def test_a_scale_without_permission_or_with_a_mistake_is_refused(tmp_path: Path, was: str, now: str, said: str) -> None:
    assert was in SCALE
    with pytest.raises(BadInput, match=said) as told:
        with_scale(tmp_path, SCALE.replace(was, now))
    assert "scale.toml" in str(told.value)
    assert f"{tmp_path / 'mine.toml'}:1, field 'scale'" in str(told.value)


def test_a_setup_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    text = """\
level = "all"
rounds = [1, 4, 5]
levers = ["listening", "share_homes", "share_places"]
title = "Our city"
[screens]
welcome = "Coffee"
[notes]
debrief = ["Ask the night staff."]
[role.users]
title = "Residents"
"""
    with_scale(tmp_path, SCALE)
    (tmp_path / "mine.toml").write_text('scale = "scale.toml"\n' + text)
    setup = read_setup(tmp_path / "mine.toml")
    assert Setup.of(json.loads(json.dumps(setup.plain))) == setup
    assert Logbook(tmp_path / "room", setup).setup == Logbook(tmp_path / "room", setup).setup == setup
    assert [one.key for one in setup.roles["foundation"].decisions] == ["listening", "share_places", "share_homes"]
    assert setup.roles["users"].title == "Residents"
    assert setup.months == (12, 48, 60)


def test_a_setup_of_another_version_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="another version"):
        Setup.of({"plan": 90, "colour": "red"})


def test_a_lever_is_set_within_its_range_and_shares_within_their_whole() -> None:
    room = room_at("decide", 5, Setup(level="all"))

    def decide(lever: str, value: object) -> None:
        room.take({"kind": "decided", "person": 5, "round": 1, "decision": lever, "option": value})

    for value in ("5", "-1", "nan", "inf", "", "often", None, [1], {"a": 1}):
        with pytest.raises(Refused):
            decide("listening", value)
    decide("listening", "1.5")
    decide("share_homes", "0")
    with pytest.raises(Refused, match="more than the whole"):
        decide("share_homes", "0.5")
    decide("share_places", "0.1")
    decide("share_homes", "0.5")
    with pytest.raises(Refused):
        decide("budget", "0.05")
    assert room.choices(1)["foundation"]["share_homes"] == "0.5"


def test_a_line_has_its_points_in_half_years_or_years() -> None:
    room = Room(Setup(plan=60))
    assert room.points("round1") == (6, 12, 18, 24)
    assert room.points("round3") == (60, 72, 84, 96, 108, 120)
    assert room.points("show") == tuple(range(12, 121, 12))
    assert Room(Setup(plan=180)).points("round1") == (6, 12)


def test_a_line_is_kept_with_the_prediction_and_may_be_left_out() -> None:
    room = room_at("decide")
    for line in (None, [], [1, 2, 3, 4]):
        room.take({"kind": "predicted", "person": 1, "topic": "round1", "pick": "more", "low": 1, "high": 2,
                   "line": line})  # fmt: skip
    assert room.predictions("round1")[1].line == (1.0, 2.0, 3.0, 4.0)
    predict(room, 1)
    assert room.predictions("round1")[1].line == ()
