"""Every screen, figure and page speaks a place's own words: nobody in a school reads of hostels and tenancies."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import polars as pl
import pytest

from analysis import figures
from analysis.contrasts import BETTER
from analysis.figures import worldviews_heatmap
from cli.main import run
from evidence.quantities import inputs
from model.measures import HEADLINE, MEASURES
from model.state import EVENTS, LEDGER
from scenarios.domain_words import WORDS
from scenarios.domains import WANTS, Domain, find_domain
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

PLACE = "american_school_district"
AT = ["--place", PLACE]
SMALL = ["--people", "500", "--months", "84"]
SIZE = ["--size", "500", "--months", "84"]
FORBIDDEN = re.compile(
    r"\b(hostels?|homeless\w*|hous(?:e|ed|ing|ings)|homes?|beds?|tenan\w+|rough\w*|streets?|sofas?|shelter\w*|"
    r"residents?|rents?|landlords?)\b",
    re.IGNORECASE,
)
# What somebody types - crisis_beds, lose_home_need, the strategy `homes` - has one name everywhere.
# So have the situations of the flow table, whose meaning stands below it in the domain's words.
NAMES = re.compile(
    r"unfreeze-results/\S+|\b\w+_\w+\b|\b(?:homes|housed)\b(?=  )|strategy homes\b|"
    r"settled housed left|^housed:|from housed|[Tt]o take home|Home, End",  # the last two: an idiom, and a key
    re.MULTILINE,
)
# An article that the word after it does not take, or a small word twice: a template was filled without care.
MISSPOKEN = re.compile(r"\b[Aa] (?!one\b|once\b|uni|us[eu]|eu)[aeiou]|\b[Aa]n [bcdfgjklmnpqrstvwyz]|"
                       r"\b(in|a|an|the|of|to|with|people) \1\b")  # fmt: skip
DOMAIN = find_domain("education")


def leaks(text: str) -> list[str]:
    """Words of homelessness, each with what stands around it; names that are typed do not count."""
    return _found(FORBIDDEN, text)


def _found(words: re.Pattern[str], text: str) -> list[str]:
    plain = NAMES.sub(" ", text)
    every = [*words.finditer(plain), *MISSPOKEN.finditer(plain)]
    return [plain[max(0, m.start() - 60) : m.end() + 40] for m in every]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_leak_would_be_found() -> None:
    assert leaks("people in a hostel")
    assert leaks("ready, waits for a home")
    assert leaks("emergency beds")
    assert leaks("got a opening")
    assert leaks("as in in need")
    assert not leaks("an opening, a useful hour, a one-off")
    assert not leaks("crisis_beds, lose_home_need and a brought-along belief")


@pytest.mark.usefixtures("no_pictures")  # the next test reads those
@pytest.mark.parametrize(
    "command",
    [
        ["run", "homes", *SIZE, *AT, "--events"],
        ["person", "any", "status_quo", "user_centred", *SMALL, *AT],
        ["compare", "homes", "user_centred", *SMALL, *AT, "--sets", "2", "--replicates", "2"],
        [
            "compare",
            "homes",
            "top_up",
            "hybrid",
            *SMALL,
            *AT,
            "--replicates",
            "1",
            "--point",
            "--worldview",
            "scarcity",
        ],
        ["worldviews", "homes", "user_centred", *SMALL, *AT, "--replicates", "1", "--point"],
        ["trial", "--people", "60", "--size", "1500", "--need", "0.3", "1", "--months", "12", *AT],
        ["month", "--no-time", *AT],
        ["list", "strategies", *AT],
        ["list", "worldviews", *AT],
        ["list", "levers", *AT],
        ["list", "parameters", *AT],
        ["list", "measures", *AT],
        ["show", PLACE],
        ["show", PLACE, *AT],
        ["show", "homes", *AT],
        ["show", "scarcity", *AT],
        ["show", "share_homes", *AT],
        ["show", "accept_bed", *AT],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_screens_speak_of_schools(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command) == 0
    page = capsys.readouterr().out
    page = page.split("\nSources\n")[0]  # titles of publications are their authors' words
    assert len(page) > 200
    assert leaks(page) == []


def test_the_report_and_its_figures_speak_of_schools(tmp_path: Path) -> None:
    said: list[str] = []
    usual = mpl.rcParams["svg.fonttype"]
    style = figures.STYLE["svg.fonttype"]
    figures.STYLE["svg.fonttype"] = "none"  # letters as letters, so that they can be read here
    try:
        assert (
            run(
                [
                    "compare",
                    "homes",
                    "catalytic_philanthropy",
                    *SMALL,
                    *AT,
                    "--sets",
                    "2",
                    "--replicates",
                    "2",
                    "--out",
                    "made",
                ]
            )
            == 0
        )
    finally:
        figures.STYLE["svg.fonttype"] = style
    assert mpl.rcParams["svg.fonttype"] == usual
    for file in ("comparison.svg", "levers.svg"):
        said += ["".join(text.itertext()) for text in ElementTree.parse(tmp_path / "made" / file).iter()
                 if text.tag.endswith("text")]  # fmt: skip
    assert any("thriving" in text for text in said)
    page = (tmp_path / "made" / "report.html").read_text(encoding="utf-8")
    page = re.sub(r'src="data:[^"]*"|<style>.*?</style>|<(code|pre)[^>]*>.*?</\1>', "", page, flags=re.DOTALL)
    page = re.sub(r"<h2[^>]*>Sources</h2>.*", "", page, flags=re.DOTALL)  # titles of publications
    page = re.sub(r"<[^>]+>", " ", page)
    assert "Openings to thrive" in page
    assert "teachers" in page
    assert leaks("\n".join([*said, page])) == []


def test_every_text_of_the_model_can_be_said_of_schools() -> None:
    """Not only what a small run happens to show: every measure, account, event, input, lever, strategy, worldview."""
    texts = [(n, f"{f.meaning} | {f.unit}") for n, f in [*MEASURES.fields.items(), *LEDGER.fields.items()]]
    texts += [(event, event) for event in EVENTS]
    texts += [(n, f"{q.meaning} | {q.unit}") for n, q in inputs().items()]
    texts += [(n, f"{v.meaning} | {v.gain} | {v.cost} | {v.unit}") for n, v in load_levers().items()]
    for name in shipped("strategy"):
        one = DOMAIN.told(find_strategy(name))
        texts.append((name, f"{one.title} | {one.meaning}"))
    for name in shipped("worldview"):
        view = DOMAIN.told(find_worldview(name))
        texts.append((name, f"{view.title} | {view.meaning} | {view.believes}"))
    assert {name: found for name, text in texts if (found := leaks(DOMAIN.own(text)))} == {}


def test_no_strategy_changes_but_its_words() -> None:
    for name in shipped("strategy"):
        assert DOMAIN.told(find_strategy(name)).phases == find_strategy(name).phases


def test_the_words_of_a_phrase_win_over_those_of_a_part_of_it() -> None:
    assert DOMAIN.own("Crisis beds in use") == "Standard places in use"
    assert DOMAIN.own("people hidden homeless") == "pupils falling behind unseen"
    assert DOMAIN.own("a bedrock of homeliness") == "a bedrock of homeliness"
    assert find_domain("homelessness").own("Crisis beds and beds, a home") == "Hostel beds and beds, a home"
    assert DOMAIN.own("A home, and the re-housed") == "An opening to thrive, and the re-housed"


def test_education_has_every_word_and_a_place() -> None:
    assert set(DOMAIN.words) == set(WORDS)
    assert set(DOMAIN.wants) == set(WANTS)
    assert leaks(json.dumps([*DOMAIN.words.values(), *DOMAIN.wants.values(), *DOMAIN.phrases.values()])) == []
    place = find_place(PLACE)
    assert place.domain == DOMAIN.name
    assert all(leaks(text) == [] for text in [place.title, place.meaning, *(f.note for f in place.figures.values())])


def test_the_heat_map_speaks_of_schools() -> None:
    row = {"strategy": "a", "worldview": "w", "verdict": BETTER, "difference": 0.1, "other": 1.0}
    table = pl.DataFrame([{**row, "measure": m} for m in HEADLINE])
    drawn = worldviews_heatmap(table, {"a": "Alpha", "w": "World"}, DOMAIN)
    said = [text.get_text() for axes in drawn.axes for text in axes.texts]
    assert "places" in said
    assert leaks("\n".join(said)) == []


# In care "home" is the field's own word.  A bed and a street are not; nor are words that people ask not to be called.
FOREIGN = re.compile(
    r"\b(hostels?|homeless\w*|beds?|tenan\w+|rough\w*|streets?|sofas?|shelter\w*|landlords?|housing first|"
    r"patients?|sufferers?|inmates?|mentally ill|schizophrenic\w*|low.functioning|high.functioning|the disabled)\b",
    re.IGNORECASE,
)
CARE = {
    "intellectual_disability": "ireland_disability",
    "mental_health": "ireland_mental_health",
    "supported_employment": "supported_employment_trial",
}


def foreign(text: str) -> list[str]:
    """Words that no page of a care domain has, each with what stands around it."""
    return _found(FOREIGN, text)


def test_where_people_need_a_job_nobody_says_home() -> None:
    """But of those who are at home and do not look, and of homes in general where no field is meant."""
    said = texts_of(find_domain("supported_employment"))
    homes = {name: text for name, text in said if re.search(r"\bhomes?\b", text.replace("at home, not looking", ""))}
    assert homes == {}


def texts_of(domain: Domain) -> list[tuple[str, str]]:
    """Every measure, account, event, input, lever, strategy and worldview, as they are said in a domain."""
    texts = [(n, f"{f.meaning} | {f.unit}") for n, f in [*MEASURES.fields.items(), *LEDGER.fields.items()]]
    texts += [(event, event) for event in EVENTS]
    texts += [(n, f"{q.meaning} | {q.unit}") for n, q in inputs().items()]
    texts += [(n, f"{v.meaning} | {v.gain} | {v.cost} | {v.unit}") for n, v in load_levers().items()]
    said = [(name, domain.own(text)) for name, text in texts]
    for name in shipped("strategy"):
        strategy = domain.told(find_strategy(name))
        said.append((name, f"{strategy.title} | {strategy.meaning}"))
    for name in shipped("worldview"):
        view = domain.told(find_worldview(name))
        said.append((name, f"{view.title} | {view.meaning} | {view.believes}"))
    return said


@pytest.mark.parametrize("name", [*CARE, str(Path(__file__).parents[2] / "examples" / "my_domain.toml")])
def test_every_text_of_the_model_can_be_said_in_the_words_of_care(name: str) -> None:
    """Also in those of somebody's own field, which gives little more than it must."""
    assert {n: found for n, text in texts_of(find_domain(name)) if (found := foreign(text))} == {}


@pytest.mark.parametrize("name", CARE)
def test_a_domain_of_care_has_its_own_words_and_a_place(name: str) -> None:
    domain, place = find_domain(name), find_place(CARE[name])
    said = [domain.meaning, *domain.words.values(), *domain.wants.values(), *domain.phrases.values()]
    assert foreign(json.dumps(said)) == []
    assert place.domain == name
    assert not place.warnings


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("name", CARE)
@pytest.mark.parametrize(
    "command",
    [
        ["compare", "homes", "user_centred", *SMALL, "--replicates", "1", "--point"],
        ["month", "--no-time"],
        ["list", "strategies"],
        ["list", "parameters"],
        ["list", "measures"],
        ["show", "accept_bed"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_screens_speak_the_words_of_care(name: str, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--place", CARE[name]]) == 0
    page = capsys.readouterr().out.split("\nSources\n")[0]
    assert len(page) > 200
    assert foreign(page) == []
