"""Attacks: nobody acts as host or as another table, reads what is not theirs, or puts anything on another's screen."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.workshop import Client, Room
from workshop.roles import BY_KEY, ROLES
from workshop.room import OF_HOST

PASSWORD = "not-for-disk-7731"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    found = Room(
        tmp_path_factory.mktemp("attacks") / "room", "--people", "500", "--wifi", "Guests", "--wifi-password", PASSWORD
    )
    found.warm()
    yield found
    found.close()


@pytest.fixture(scope="module")
def host(room: Room) -> Client:
    found = Client(room.port)
    found.as_host(room.key)
    return found


@pytest.fixture(scope="module")
def user(room: Room) -> Client:
    found = Client(room.port)
    assert found.join(room.code, EVIL) == 303
    assert found.do("seated", table="users")[0] == 200
    return found


def decide(room: Room, host: Client, user: Client) -> None:
    """Go on to the first round."""
    for _ in range(400):
        if 'value="decided"' in user.view()["html"]:
            return
        host.do("next", "/host", anyway="yes")
    raise AssertionError(user.html)


def test_the_host_needs_the_key(room: Room, user: Client) -> None:
    for cookies in ({}, {"workshop_host": ""}, {"workshop_host": room.code}, dict(user.cookies)):
        one = Client(room.port)
        one.cookies = cookies
        for kind in OF_HOST:
            assert one.do(kind, "/host")[0] == 401
        for page in ("/host", "/notes", "/paper"):
            assert one.view(page)["http"] == 401
        assert one.do("typed", "/paper", table="managers", decision="open", option="often")[0] == 401
        for page in (
            "host",
            "notes",
            "paper",
            "debrief.html",
            "decisions.csv",
            "predictions.csv",
            "results.csv",
            "the_room.toml",
        ):
            assert one.ask("GET", f"/{page}")[0] == 403
    one = Client(room.port)
    one.as_host("A" * 20)
    assert "workshop_host" not in one.cookies


def test_a_person_does_nothing_that_hosts_do_or_somebody_else_does(room: Room, host: Client, user: Client) -> None:
    other = Client(room.port)
    other.join(room.code)
    other.do("seated", table="managers")
    decide(room, host, user)
    for kind in (*OF_HOST, "joined", "ran", "take", "people", ""):
        assert user.do(kind)[0] == 409
    assert other.do("decided", decision="homes", option="wait")[0] == 409  # the users' decision
    other.do("decided", decision="open", option="often", person=1, table="users", kind2="next")
    log = [json.loads(one.read_text()) for one in sorted((room.folder / "events").glob("*.json"))]
    assert log[-1]["person"] == 2
    assert {"kind2", "table"}.isdisjoint(log[-1])


def test_a_screen_holds_what_its_table_may_see_and_no_more(room: Room, host: Client, user: Client) -> None:
    decide(room, host, user)
    html = user.view()["html"]
    mine = dict(BY_KEY["users"].sees)
    assert all(called.replace("'", "&#39;") in html for called in mine.values())
    for role in ROLES:
        if role.key != "users":
            assert not [called for name, called in role.sees if name not in mine and f">{called}<" in html]
            assert not [one.key for one in role.decisions if f'value="{one.key}"' in html]


def test_nobody_reads_anothers_prediction_or_word(room: Room, host: Client, user: Client) -> None:
    decide(room, host, user)
    assert user.do("predicted", topic="round1", pick="more", low="4321", high="87654", line=["4321"] * 4)[0] == 200
    one = Client(room.port)
    one.join(room.code)
    one.do("seated", table="users")
    for page, client in (("/me", one), ("/host", host), ("/notes", host)):
        html = client.view(page)["html"]
        assert "4321" not in html
        assert user.cookies["workshop_me"] not in html
    assert "4321" in user.view()["html"]
    everything = "".join(path.read_text() for path in room.folder.rglob("*.json"))
    assert user.cookies["workshop_me"] not in everything


def test_a_name_is_text_on_every_screen_and_on_no_disk(room: Room, host: Client, user: Client) -> None:
    for page, client in (("/me", user), ("/host", host)):
        html = client.view(page)["html"]
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html
    everything = "".join(path.read_text() for path in room.folder.rglob("*.json"))
    assert "onerror" not in everything
    long = Client(room.port)
    long.join(room.code, "\u202eabc\x07" + "x" * 500)
    assert "\u202e" not in long.view()["html"]
    assert "x" * 25 not in long.html


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"content-type": "text/plain"}, 400),  # a form of another page cannot set our header
    ],
)
def test_another_page_cannot_act_through_somebodys_browser(
    room: Room, user: Client, headers: dict[str, str], status: int
) -> None:
    assert user.ask("POST", "/me/do", json.dumps({"kind": "away"}), headers)[0] == status


@pytest.mark.parametrize("body", ["", "[]", "null", '{"kind": ["away"]}', '{"kind": {"a": 1}}', "{" * 500, "x" * 9000])
def test_nonsense_is_refused_and_nothing_breaks(room: Room, user: Client, body: str) -> None:
    status, _, text = user.ask("POST", "/me/do", body, {"x-workshop": "1"})
    assert status in (400, 409)
    assert json.loads(text)["error"]
    assert user.view()["http"] == 200


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "seated", "table": ["users"]}, {"kind": "seated", "table": {"a": 1}}, {"kind": "seated"},
        {"kind": "decided", "decision": ["homes"], "option": "wait"},
        {"kind": "decided", "decision": "homes", "option": {}},
        {"kind": "predicted", "topic": "round1", "pick": "more", "low": "1e999", "high": "1e999"},
        {"kind": "predicted", "topic": "round1", "pick": ["more"], "low": 1, "high": 2},
        *({"kind": "predicted", "topic": "round1", "pick": "more", "low": 1, "high": 2, "line": line}
          for line in (["1e999"] * 4, [EVIL] * 4, [[]] * 4, [{}] * 4, {"a": 1}, "1234", [1] * 3, [1] * 300)),
        {"kind": "decided", "decision": "listening", "option": "1"},
        {"kind": "answered", "answers": "111111"}, {"kind": "answered", "answers": [[], 1, 2, 3, 4, 5]},
        {"kind": "ready", "round": "nan"},
    ],
)  # fmt: skip
def test_what_no_page_sends_is_refused(room: Room, host: Client, user: Client, more: dict[str, Any]) -> None:
    decide(room, host, user)
    kind = more.pop("kind")
    assert user.do(kind, **more)[0] == 409


def test_guessing_words_stops_working_after_a_while(room: Room, host: Client) -> None:
    one = Client(room.port)
    for _ in range(25):
        assert one.form("/again", word="AAAAAAAAAA")[0] == 403
    assert one.join(room.code) == 403  # for a minute
    assert host.view("/host")["http"] == 200  # who is in stays in


def test_the_networks_password_is_for_the_host_and_for_no_disk(room: Room, host: Client, user: Client) -> None:
    assert host.ask("GET", "/wifi.svg")[0] == 200
    assert user.ask("GET", "/wifi.svg")[0] == 404
    assert Client(room.port).ask("GET", "/wifi.svg")[0] == 404
    assert PASSWORD not in "".join(path.read_text() for path in room.folder.rglob("*.json"))


def test_the_code_is_told_by_the_rooms_screen_alone(room: Room, host: Client) -> None:
    """A picture that anybody in the network may fetch would let in whoever has not seen the screen."""
    stranger = Client(room.port)
    assert host.ask("GET", "/qr.svg")[2].startswith("<?xml")
    assert stranger.ask("GET", "/qr.svg")[0] == 404
    for path in ("/", "/host", "/stories", "/readyz"):
        assert room.code not in stranger.ask("GET", path)[2]


def test_nobody_reads_in_a_story_what_the_room_is_to_predict(room: Room, host: Client, user: Client) -> None:
    assert user.view()["http"] == 200  # somebody is in
    for client in (user, Client(room.port), host):
        assert client.ask("GET", "/stories/9")[0] == 403
    assert 'href="/stories"' not in Client(room.port).ask("GET", "/")[2]


def test_what_is_too_long_is_not_read(room: Room) -> None:
    """Memory would be anybody's to fill: the server answers long before it has been sent everything."""
    for path in ("/join", "/again"):
        with socket.create_connection(("127.0.0.1", room.port), timeout=30) as line:
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{room.port}\r\nContent-Length: 1000000000\r\n\r\n"
            line.sendall(head.encode() + b"x" * 100_000)
            assert line.recv(12) == b"HTTP/1.1 403"
