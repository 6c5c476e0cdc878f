"""A whole workshop of 90 minutes at speed, from the command to the debrief: a host and twelve phones, offline."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator

import pytest

from analysis.ask import compare
from benchmarks.workshop import CHOICE, TABLES, Client, Room
from workshop.history import EACH, ROOM, SETS
from workshop.plans import PLANS
from workshop.room import Room as State
from workshop.setup import Setup

pytestmark = pytest.mark.slow
PEOPLE = 12
TITLE = "Our <city>"
# A facilitator's file in each language, and which table nobody takes.
FILES = {
    "en": ('level = "some"', "foundation"),
    "es": ('level = "beginner"', "users"),
}
SETUP = """
title = "{title}"
language = "{language}"
people = 500
scale = "scale.toml"
{level}
[screens]
welcome = "Coffee is at the back."
[notes]
welcome = ["Open the window."]
[role.managers]
title = "Heads of houses"
"""
SCALE = """
title = "A scale"
permission = "Dr A, in May"
items = ["I look for patterns.", "I act at once."]
answers = ["never", "often", "always"]
reverse = [2]
"""


@pytest.fixture(scope="module", params=["en", "es"])
def room(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("workshop") / "room"
    level, _ = FILES[request.param]
    (folder.parent / "scale.toml").write_text(SCALE)
    (folder.parent / "mine.toml").write_text(SETUP.format(title=TITLE, language=request.param, level=level))
    found = Room(folder, "--setup", str(folder.parent / "mine.toml"))
    found.warm()
    yield found
    found.close()


def shown(host: Client, what: str) -> bool:
    return what in host.view("/host")["html"]


def predict(client: Client, draws: bool) -> None:
    html = client.view()["html"]
    topic = re.search(r'name="topic" value="(\w+)"', html)
    pick = re.search(r'name="pick" value="(\w+)"', html)
    assert topic, html
    assert pick
    assert re.search(r'name="low" value=""', html)  # nothing stands there that would be everybody's prediction
    points = re.findall(r'name="(line\d+)" value=""', html)
    line = [str(100 * i) for i, _ in enumerate(points)] if draws else []
    assert len(points) >= 4
    said = {"topic": topic[1], "pick": pick[1], "low": "100", "high": "9500,5", "line": line}
    assert client.do("predicted", **said) == (200, "")


def test_a_workshop_from_the_first_phone_to_the_debrief(room: Room) -> None:
    host = Client(room.port)
    host.as_host(room.key)
    clients = [Client(room.port) for _ in range(PEOPLE)]
    absent = FILES[setup_of(room).language][1]
    tables = [one for one in TABLES if one != absent]
    for i, client in enumerate(clients):
        assert client.join(room.code, f"Guest {i}") == 303
        assert client.do("seated", table=tables[i % 4]) == (200, "")  # one is played by the program
    for step in PLANS[90]:
        here = clients[0].view()["html"]
        if step.kind == "welcome":
            assert "Coffee is at the back." in here
            assert "Coffee is at the back." in host.view("/host")["html"]
            assert "Open the window." in host.view("/notes")["html"]
            assert "Open the window." not in here
            assert "Heads of houses" in host.view("/host")["html"]
        if step.kind in ("ask_before", "ask_after"):
            for client in clients:
                assert client.do("answered", answers=[3, 2, 1, 4, 0, 5, 3, 1])[0] == 200
        if step.topic:
            assert host.do("next", "/host")[0] == 409  # nobody has predicted
            for i, client in enumerate(clients):
                predict(client, i % 2 == 0)
        if step.kind == "decide":
            assert 'name="decision"' in here
            ended = "foundation" if setup_of(room).money_over(step.round) else ""
            for i, client in enumerate(clients):
                options = CHOICE.findall(client.view()["html"])
                assert (not options) == (tables[i % 4] == ended)
                if not options:
                    continue
                decision, option = options[step.round % len(options)]
                assert client.do("decided", decision=decision, option=option)[0] == 200
                assert client.do("ready")[0] == 200
        if step.kind.endswith("see"):
            assert not shown(host, "<svg")
            assert host.do("show", "/host")[0] == 200
            assert shown(host, "<svg")
            assert 'class="own"' in clients[0].view()["html"]
            assert '<polyline class="own"' in clients[0].view()["html"]  # drew a line
            assert "<svg" not in clients[1].view()["html"]
            assert '<polyline class="own"' not in host.view("/host")["html"]
        if step.kind == "close":
            break
        on(room, host)
    check_debrief(room, host, absent)


def on(room: Room, host: Client) -> None:
    """The next step, once the years have passed."""
    at = state(room).at
    assert host.do("next", "/host", step=str(at))[0] == 200
    assert host.do("next", "/host", step=str(at - 1))[0] == 409  # pressed twice
    for _ in range(1200):
        if state(room).at == at + 1:
            return
        time.sleep(0.05)
    raise AssertionError(f"still at {at}: {host.view('/host')['html']}")


def state(room: Room) -> State:
    """What the log says: the server's own room is the same."""
    return State.replayed(
        setup_of(room), [json.loads(one.read_text()) for one in sorted((room.folder / "events").glob("*.json"))]
    )


def setup_of(room: Room) -> Setup:
    """What the facilitator's file became."""
    return Setup.of(json.loads((room.folder / "setup.json").read_text())["setup"])


def check_debrief(room: Room, host: Client, absent: str) -> None:
    """The file holds every round, needs nothing else and names nobody; its numbers are those of `unfreeze compare`."""
    status, headers, text = host.ask("GET", "/debrief.html")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert text.count("<svg") == 9  # five rounds; two strategies and the room beside others, each also over the years
    assert text.count('class="drawn"') == 7 * PEOPLE // 2
    assert "Our &lt;city&gt;" in text
    assert TITLE not in text
    assert "Dr A, in May" in text
    assert not re.search(r"<script|<link|src=|Guest", text)
    tables = {name: list(csv.DictReader(io.StringIO(host.ask("GET", f"/{name}.csv")[2])))
              for name in ("decisions", "predictions", "answers", "results")}  # fmt: skip
    assert len(tables["predictions"]) == 7 * PEOPLE
    assert len(tables["answers"]) == 2 * PEOPLE
    assert {row["table"] for row in tables["decisions"] if row["by_program"] == "1"} == {absent}
    (room.folder.parent / "the_room.toml").write_text(host.ask("GET", "/the_room.toml")[2])
    ours = [float(r["value"]) for r in tables["results"]
            if (r["scenario"], r["month"], r["measure"]) == (ROOM, "120", "secure_people")]  # fmt: skip
    found = compare(str(room.folder.parent / "the_room.toml"), people=500, sets=SETS, replicates=EACH)
    theirs = found.results.months.filter(scenario=ROOM, month=120, measure="secure_people", stratum="all")
    by = found.units.factor("secure_people")
    assert sorted(ours) == sorted((theirs["value"].to_numpy() * by).tolist())
