"""What somebody calls their own strategy or worldview is what every screen, page and picture says."""

from pathlib import Path

import pytest

from cli.main import run
from scenarios.domains import find_domain
from scenarios.names import shipped
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

ROOT = Path(__file__).parents[2]
TITLE = "Crisis beds become homes: people are housed"  # four general terms, which every domain says otherwise
SMALL = ("--people", "500", "--months", "74", "--replicates", "2", "--point")


def written(folder: Path, kind: str, name: str, title: str = TITLE) -> Path:
    """A shipped file under somebody's own title."""
    lines = (ROOT / "scenarios" / kind / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("title ="))
    lines[at] = f'title = "{title}"'
    path = folder / f"{name}.toml"  # the shipped name, too
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("domain", shipped("domain"))
def test_a_domain_translates_our_texts_and_nobody_elses(tmp_path: Path, domain: str) -> None:
    words = find_domain(domain)
    assert words.own(TITLE) != TITLE
    for kind, find, name in (("strategies", find_strategy, "homes"), ("worldviews", find_worldview, "sceptic")):
        mine = find(written(tmp_path, kind, name))
        assert words.told(mine).title == TITLE
        assert words.told(mine).meaning == find(name).meaning
        assert words.told(find(name)).meaning == words.own(find(name).meaning)


def test_a_title_of_ones_own_stands_everywhere_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    path = written(tmp_path / "mine", "strategies", "user_centred", "Crisis bed reform")
    assert run(["compare", str(path), "homes", *SMALL, "--place", "ireland_disability", "--out", "out"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for text in (said, page):
        assert "Crisis bed reform" in text
    wrong = find_domain("intellectual_disability").own("Crisis bed reform")
    assert wrong != "Crisis bed reform"
    assert wrong not in page
    assert wrong not in said
