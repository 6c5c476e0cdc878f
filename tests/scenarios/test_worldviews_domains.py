"""Worldviews set quantities and never levers; domains have every word that a screen needs."""

from pathlib import Path

import pytest

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from evidence.quantities import inputs
from scenarios.domains import WANTS, WORDS, find_domain, read_domain
from scenarios.names import shipped
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
        (BELIEVES + "[set]\ndropout_fit = 7\n", OutOfRange, r"mine\.toml:5, field 'set\.dropout_fit'.*0\.55 to 1"),
        (BELIEVES + '[set]\ndropout_fit = "1"\n', BadInput, r"mine\.toml:5.*a number"),
        (BELIEVES + "[set]\nready_but_stuck = 0.3\n", BadInput, r"mine\.toml:5.*is a target"),
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
    words = "[words]\n" + "".join(f'{word} = "x"\n' for word in WORDS if word != "carer")
    wants = "[wants]\n" + "".join(f'{want} = "x"\n' for want in WANTS)
    with pytest.raises(MissingField, match=r"mine\.toml:3, field 'words': The field 'carer' is missing"):
        read_domain(write(tmp_path, HEAD + words + wants))
    with pytest.raises(MissingField, match=r"mine\.toml:1: The field 'wants' is missing.*\[wants\]"):
        read_domain(write(tmp_path, HEAD + words + 'carer = "x"\n'))
    with pytest.raises(UnknownName, match=r"mine\.toml:3\d, field 'words\.carers_'"):
        read_domain(write(tmp_path, HEAD + words + 'carer = "x"\ncarers_ = "x"\n' + wants))
    found = read_domain(write(tmp_path, HEAD + words + 'carer = "x"\n' + wants + "[set]\ncarer_share = 0.3\n"))
    assert found.values == {"carer_share": 0.3}
