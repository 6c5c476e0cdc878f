"""Worldviews set quantities and never levers; domains have every word that a screen needs."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

import scenarios.domains as subject
from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from evidence.quantities import inputs
from scenarios.domain_words import WORDS
from scenarios.domains import WANTS, find_domain, read_domain
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview, read_worldview

HEAD = 'title = "T"\nmeaning = "M."\n'
BELIEVES = HEAD + 'believes = "B."\n'


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_the_six_worldviews_ship_and_evidence_sets_nothing() -> None:
    assert set(shipped("worldview")) == {
        "evidence", "innovation", "neutral_broker", "from_within", "scarcity", "sceptic"
    }  # fmt: skip
    assert find_worldview("evidence").values == {}


@pytest.mark.parametrize("name", [name for name in shipped("worldview") if name != "evidence"])
def test_a_worldview_changes_what_it_sets(name: str) -> None:
    values = find_worldview(name).values
    assert len(values) >= 5
    assert {n for n, value in values.items() if inputs()[n].value == value and value != inputs()[n].off} == set()


def test_the_sceptic_switches_off_and_does_nothing_else() -> None:
    assert all(inputs()[name].off == value for name, value in find_worldview("sceptic").values.items())


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (HEAD, MissingField, r"mine\.toml:1: The field 'believes' is missing"),
        (
            BELIEVES + "[set]\ndropout_fitt = 1\n",
            UnknownName,
            r"mine\.toml:5, field 'set\.dropout_fitt'.*'dropout_fit'\?",
        ),
        (BELIEVES + "[set]\ndropout_fit = 0\n", OutOfRange, r"mine\.toml:5, field 'set\.dropout_fit'.*0\.001 to 1000"),
        (BELIEVES + '[set]\ndropout_fit = "1"\n', BadInput, r"mine\.toml:5.*a number"),
        (BELIEVES + "[set]\nnew_share = 0.3\n", BadInput, r"mine\.toml:5.*is a target"),
        (BELIEVES + "[set]\nbranding = 0.3\n", UnknownName, r"mine\.toml:5.*no parameter called 'branding'"),
        (BELIEVES + "[sett]\n", UnknownName, r"mine\.toml:4, field 'sett'.*Did you mean 'set'\?"),
        (BELIEVES + "set = 3\n", BadInput, r"mine\.toml:4, field 'set'.*must be a table"),
    ],
)
def test_worldview_mistakes_name_file_line_and_field(
    tmp_path: Path, text: str, error: type[BadInput], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_worldview(write(tmp_path, text))


def test_homelessness_speaks_in_its_own_words() -> None:
    domain = find_domain("homelessness")
    assert set(domain.words) == set(WORDS)
    assert set(domain.wants) == set(WANTS)
    assert domain.says("20 {crisis_places} closed") == "20 hostel beds closed"


def test_a_domain_without_a_word_is_refused(tmp_path: Path) -> None:
    words = "[words]\n" + "".join(f'{word} = "x"\n' for word in WORDS if word != "crisis_place")
    wants = "[wants]\n" + "".join(f'{want} = "x"\n' for want in WANTS)
    with pytest.raises(BadInput, match=r"mine\.toml:3, field 'words': Words are missing: crisis_place"):
        read_domain(write(tmp_path, HEAD + words + wants))
    with pytest.raises(MissingField, match=r"mine\.toml:1: The field 'wants' is missing.*\[wants\]"):
        read_domain(write(tmp_path, HEAD + words + 'crisis_place = "x"\n'))
    with pytest.raises(UnknownName, match=r"mine\.toml:3\d, field 'words\.carers_'"):
        read_domain(write(tmp_path, HEAD + words + 'crisis_place = "x"\ncarers_ = "x"\n' + wants))
    found = read_domain(write(tmp_path, HEAD + words + 'crisis_place = "x"\n' + wants + "[set]\ncarer_share = 0.3\n"))
    assert found.values == {"carer_share": 0.3}


def test_a_domain_is_read_again_when_its_file_has_changed(tmp_path: Path) -> None:
    def text(share: float, word: str = "carer") -> str:
        words = "[words]\n" + "".join(f'{term} = "{word}"\n' for term in WORDS)
        wants = "[wants]\n" + "".join(f'{dimension} = "x"\n' for dimension in WANTS)
        return HEAD + words + wants + f"[set]\ncarer_share = {share}\n"

    path = write(tmp_path, text(0.3))
    assert find_domain(path) is find_domain(path)
    assert find_domain(path).values == {"carer_share": 0.3}
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    write(tmp_path, text(0.4))
    os.utime(path, ns=times)  # an editor that hides it
    assert find_domain(path).values == {"carer_share": 0.4}
    write(tmp_path, text(7.0))
    for _ in range(2):  # what is wrong is said every time
        with pytest.raises(OutOfRange, match="carer_share"):
            find_domain(path)
    path.unlink()
    with pytest.raises(BadInput, match="there is no such file"):
        find_domain(path)


def test_an_edited_domain_reaches_the_next_scenario_and_not_one_that_was_made(tmp_path: Path) -> None:
    domain = tmp_path / "mine.toml"
    shipped_text = (Path(subject.__file__).parent / "domains" / "homelessness.toml").read_text(encoding="utf-8")
    domain.write_text(shipped_text + "\n[set]\ncarer_share = 0.3\n", encoding="utf-8")
    place = replace(find_place("dublin"), domain=str(domain))

    def made() -> Scenario:
        return Scenario(find_strategy("homes"), place, find_worldview("evidence"), people=500)

    before = made()
    domain.write_text(shipped_text + "\n[set]\ncarer_share = 0.4\n", encoding="utf-8")
    assert before.with_seed(2).parameters()[0].carer_share == 0.3
    assert made().parameters()[0].carer_share == 0.4
    assert before.burn_in_key != made().burn_in_key
