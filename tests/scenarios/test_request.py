"""What is to be run, said in four ways; files of one's own under names that whoever starts a server offers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cli.options import Asked
from engine.errors import BadInput
from runs.store import run_hash
from scenarios import names
from scenarios.choice import Choice, read_choice
from scenarios.request import OneRun, Request, from_file, from_link, from_toml, is_scenario_file, request_of
from scenarios.scenario import Scenario

ROOT = Path(__file__).parents[2]
ONE = Request(
    place="denver", worldview="from_within", choices=(Choice("user_centred", {"listening": 4.0}), Choice("homes")),
    settings=(("contact", 0.0), ("budget", 0.02)), people=700, months=130, seed=5,
)  # fmt: skip


def hashes(request: Request) -> list[str]:
    return [run_hash(one) for one in request.asked]


def test_link_file_and_python_are_one_request(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(ONE.toml, encoding="utf-8")
    for other, left in (from_link(ONE.query, Request()), from_toml(ONE.toml.encode(), Request())):
        assert (other, left) == (ONE, [])
        assert hashes(other) == hashes(ONE)
    assert from_file(file) == ONE


def test_what_is_left_out_of_somebodys_file_is_said_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text("strategies = ['homes']\ncolour = 'red'\npeople = 3\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"scenario\.toml: .*'colour', which means nothing.*3 people are too few"):
        from_file(file)


def test_a_scenario_file_is_told_from_other_files(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(ONE.toml, encoding="utf-8")
    assert is_scenario_file(str(file))
    others = [
        ROOT / "scenarios" / "strategies" / "homes.toml",
        ROOT / "examples" / "my_city.toml",
        tmp_path / "none.toml",
    ]
    assert not any(is_scenario_file(str(other)) for other in [*others, tmp_path, "homes", "a\0b"])


def test_a_lever_of_ones_own_strategy_may_be_set_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text((ROOT / "scenarios" / "strategies" / "homes.toml").read_text(encoding="utf-8"), encoding="utf-8")
    made = read_choice(f"{file},budget=0.03", files=True).strategy()
    assert made.name == "mine,budget=0.03"
    assert made.settings()[0][1]["budget"] == 0.03
    with pytest.raises(BadInput, match="no strategy called"):
        read_choice(f"{file},budget=0.03")  # a link names no file


PHASES = {"listening": 4.0, "phase2.share_places": 0.4, "phase2.share_spotlight": 0.1}
OWN = ("user_centred.listening=4", "user_centred.phase2.share_places=.4", "user_centred.phase2.share_spotlight=.1")


def test_a_lever_of_one_strategy_and_one_phase_is_the_same_in_every_door(tmp_path: Path) -> None:
    usual = replace(ONE, settings=())
    wanted = replace(usual, choices=(Choice("user_centred", PHASES), Choice("homes")))
    word = "user_centred,listening=4,phase2.share_places=.4,phase2.share_spotlight=.1"
    assert read_choice(word) == wanted.choices[0]
    said = "&".join(f"set={one}" for one in OWN)
    link = f"place=denver&worldview=from_within&s=user_centred&s=homes&people=700&months=130&seed=5&{said}"
    file = tmp_path / "scenario.toml"
    lines = [line for line in usual.toml.splitlines() if not line.startswith(("strategies", "set"))]
    file.write_text("\n".join([*lines, 'strategies = ["user_centred", "homes"]', f"set = {json.dumps(OWN)}"]))
    size = Asked("denver", 700, 130, 5, OWN, "from_within")
    settings = {name: float(value) for name, _, value in (one.partition("=") for one in OWN)}
    denver: OneRun = {"place": "denver", "worldview": "from_within", "people": 700, "months": 130, "seed": 5}
    found = [
        from_link(link, Request())[0], from_file(file), size.request(["user_centred", "homes"]),
        request_of(["user_centred", "homes"], **denver, settings=settings),
        request_of([word, "homes"], **denver),
    ]  # fmt: skip
    assert found == [wanted] * len(found)
    assert {tuple(hashes(one)) for one in [*found, from_link(wanted.query, Request())[0]]} == {tuple(hashes(wanted))}
    one = Scenario.of("user_centred", "denver", "from_within", 700, 130, 5, settings)
    assert run_hash(one) == hashes(wanted)[0]


def test_a_lever_of_one_phase_holds_in_that_phase_only() -> None:
    (_, first), (begins, second) = read_choice("hybrid,phase1.listening=4,phase1.branding=.5").strategy().settings()
    assert (first["listening"], first["branding"]) == (4, 0.5)
    assert (begins, second["listening"], second["branding"]) == (36, 2, 0)
    made = read_choice("hybrid,listening=3,phase2.listening=0").strategy()
    assert [levers["listening"] for _, levers in made.settings()] == [3, 0]
    assert made.title == "Hybrid (listening 3, listening 0 in phase 2)"


def test_what_was_typed_beside_a_file_counts_more(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('strategies = ["user_centred,listening=4", "homes"]\n')
    found = Asked(assignments=("user_centred.listening=1",)).request([str(file)])
    assert [str(one) for one in found.choices] == ["user_centred,listening=1", "homes"]


def test_ones_own_strategy_is_called_by_the_name_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text((ROOT / "scenarios" / "strategies" / "homes.toml").read_text(encoding="utf-8"), encoding="utf-8")
    found = Asked(people=500, assignments=("mine.budget=0.02",)).request([str(file)])
    assert found.asked[0].strategy.name == "mine,budget=0.02"


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (["homes.listening=4"], "'homes' is not among the strategies here. Allowed: user_centred, hybrid"),
        (["hybrid.phase3.listening=4"], "'hybrid' has 2 phases. Allowed: phase1, phase2"),
        (["hybrid.listenin=4"], "'listening'"),
        (["hybrid.listening=99"], "listening"),
        (["hybrid.contact=0"], "'contact' is a parameter"),
        (["phase2.listening=4"], "does not say whose phase"),
        (["hybrid.phase2.start=4"], "'start' holds for the whole programme"),
        (["hybrid.branding=.4", "branding=.3"], "'branding' is set for every strategy and for hybrid alone"),
        (["user_centred.listening=4"], "'listening' of user_centred is set twice"),
        (["hybrid.phase2.share_homes=.5"], "month 36.*more than the whole"),
    ],
)
def test_a_lever_of_one_strategy_that_cannot_be_is_refused_in_words(assignments: list[str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Asked(assignments=tuple(assignments)).request(["user_centred,listening=2", "hybrid"])


def test_a_link_names_what_is_offered_and_the_command_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(names.OFFERED + "PLACE", "")
    city = tmp_path / "ourcity.toml"
    city.write_text((ROOT / "examples" / "my_city.toml").read_text(encoding="utf-8"), encoding="utf-8")

    class Linked(Request):
        FILES = False

    refused, left = from_link("place=ourcity", Linked())
    assert refused.place == "dublin"
    assert "no place called 'ourcity'" in left[0]
    assert names.offer("place", str(city)) == "ourcity"
    found, left = from_link("place=ourcity&s=homes", Linked())
    assert left == []
    assert found.where.name == "ourcity"
    assert f"--place {city}" in found.command_line("compare")
    assert from_link(f"place={city}", Linked())[0].place == "dublin"  # a path is never opened
    assert names.offer("place", str(city)) == "ourcity"  # the same again
    (tmp_path / "other").mkdir()
    for other in (tmp_path / "other" / "ourcity.toml", tmp_path / "dublin.toml"):
        with pytest.raises(BadInput, match="another place called"):
            names.offer("place", str(other))
