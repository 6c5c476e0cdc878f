"""Names and paths: shipped files are found however they are written, misspelt ones suggest the nearest."""

from pathlib import Path

import pytest

from engine.errors import UnknownName, UnreadableFile
from scenarios.domains import find_domain
from scenarios.names import FOLDERS, find, shipped
from scenarios.places import find_place
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

FINDERS = {"strategy": find_strategy, "worldview": find_worldview, "domain": find_domain, "place": find_place}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in FOLDERS for name in shipped(kind)])
def test_everything_that_ships_loads(kind: str, name: str) -> None:
    found = FINDERS[kind](name)
    assert found.name == name
    assert found.title
    assert found.meaning.endswith(".")


def test_hyphens_capitals_and_spaces_do_not_matter() -> None:
    assert find("strategy", "User-Centred") == find("strategy", "user centred") == find("strategy", "user_centred")


@pytest.mark.parametrize(
    ("kind", "name", "nearest"),
    [
        ("strategy", "catalytic", "catalytic_philanthropy"),
        ("strategy", "usercentred", "user_centred"),
        ("worldview", "skeptic", "sceptic"),
        ("place", "dubln", "dublin"),
        ("domain", "homelesness", "homelessness"),
        ("place", "x", None),
        ("place", "", None),
        ("place", "a\0b", None),
    ],
)
def test_unknown_names_suggest_the_nearest(kind: str, name: str, nearest: str | None) -> None:
    with pytest.raises(UnknownName, match=f"no {kind} called") as caught:
        find(kind, name)
    assert caught.value.nearest == nearest


def test_paths_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("place", tmp_path / "my city.toml") == tmp_path / "my city.toml"
    with pytest.raises(UnreadableFile, match="no such file"):
        find_place(tmp_path / "none.toml")
    with pytest.raises(UnreadableFile, match="it is a folder"):
        find_place(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("lot").write_text("title = 'x'")
    assert find("strategy", "lot") == Path("lot")
