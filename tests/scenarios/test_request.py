"""What is to be run, said in four ways; files of one's own under names that whoever starts a server offers."""

from pathlib import Path

import pytest

from engine.errors import BadInput
from runs.store import run_hash
from scenarios import names
from scenarios.choice import Choice, read_choice
from scenarios.request import Request, from_file, from_link, from_toml, is_scenario_file

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
