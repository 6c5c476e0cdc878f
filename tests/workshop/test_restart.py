"""Nothing is lost: a killed server, dropped connections, another phone, somebody who comes late or presses twice."""

import json
import re
from collections.abc import Iterator

import pytest

from benchmarks.workshop import CHOICE, Client, Room

PEOPLE = 6
TABLES = ("users", "professionals", "managers")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    found = Room(tmp_path_factory.mktemp("restart") / "room", "--people", "500", "--plan", "60")
    found.warm()
    yield found
    found.close()


@pytest.fixture(scope="module")
def host(room: Room) -> Client:
    found = Client(room.port)
    found.as_host(room.key)
    return found


@pytest.fixture(scope="module")
def clients(room: Room) -> list[Client]:
    found = [Client(room.port) for _ in range(PEOPLE)]
    for i, client in enumerate(found):
        client.join(room.code, f"Guest {i + 1}")
        client.do("seated", table=TABLES[i % 3])
    return found


def people(room: Room) -> int:
    return sum(json.loads(one.read_text())["kind"] == "joined" for one in (room.folder / "events").glob("*.json"))


def at_decide(host: Client, client: Client) -> None:
    while 'value="decided"' not in client.view()["html"]:
        host.do("next", "/host", anyway="yes")


def test_who_presses_join_twice_is_in_once(room: Room, clients: list[Client]) -> None:
    before, one, twin = people(room), Client(room.port), Client(room.port)
    once = re.search(r'name="once" value="(\w+)"', one.ask("GET", "/")[2])
    assert once
    one.form("/join", code=room.code, once=once[1])
    twin.form("/join", code=room.code, once=once[1])  # the answer to the first was lost
    assert people(room) == before + 1
    assert one.cookies["workshop_me"] == twin.cookies["workshop_me"]


def test_thirty_dropped_connections_double_and_lose_nobody(room: Room, host: Client, clients: list[Client]) -> None:
    before = people(room)
    for i in range(30):
        clients[i % PEOPLE].drop()
        assert f"Guest {i % PEOPLE + 1}" in clients[i % PEOPLE].view()["html"]
    assert people(room) == before


def test_on_another_phone_somebody_is_the_same_person(room: Room, clients: list[Client]) -> None:
    word = re.search(r"keep this word: (\w+)", clients[2].view()["html"])
    assert word
    other = Client(room.port)
    assert other.form("/again", word=word[1].lower())[0] == 303
    assert "Guest 3" in other.view()["html"]


def test_a_server_that_is_killed_while_the_years_pass_loses_nothing(
    room: Room, host: Client, clients: list[Client]
) -> None:
    at_decide(host, clients[0])
    for i, client in enumerate(clients):
        decision, option = CHOICE.findall(client.view()["html"])[i % 3]
        assert client.do("decided", decision=decision, option=option)[0] == 200
    before = [json.loads(one.read_text()) for one in sorted((room.folder / "events").glob("*.json"))]
    assert host.do("next", "/host", anyway="yes")[0] == 200
    room.kill()
    room.start()
    for i, client in enumerate(clients):
        client.until(lambda html: "<h1>See</h1>" in html, seconds=120)
        assert f"Guest {i + 1}" in client.html  # the phone says the name again
    after = [json.loads(one.read_text()) for one in sorted((room.folder / "events").glob("*.json"))]
    assert after[: len(before)] == before
    assert [one["kind"] for one in after[len(before) :]] == ["next", "ran"]


def test_who_comes_late_decides_with_the_others_and_who_steps_out_is_not_waited_for(
    room: Room, host: Client, clients: list[Client]
) -> None:
    at_decide(host, clients[0])
    late = Client(room.port)
    late.join(room.code, "Late")
    late.do("seated", table="foundation")
    assert 'value="decided"' in late.view()["html"]
    for client in clients:
        client.do("ready")
        client.do("predicted", topic="round2", pick="same", low="1", high="2")
    assert host.do("next", "/host")[0] == 409  # the late one
    assert late.do("away") == (200, "")
    assert host.do("next", "/host")[0] == 200
    assert "stepped out" in late.view()["html"]
    assert late.do("back_in") == (200, "")


def test_a_server_stops_while_it_gets_ready(tmp_path_factory: pytest.TempPathFactory) -> None:
    one = Room(tmp_path_factory.mktemp("stops") / "room")
    one.close()  # or TimeoutExpired
    assert one.process is not None
    assert one.process.returncode in (0, -15, 143)
