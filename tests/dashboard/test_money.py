"""The money page without a browser: what it says adds up, and what the address says is checked."""

import warnings

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    from dashboard.pages import money as page
    from dashboard.session import Session

from analysis.money import FOR, LINES, PURPOSES
from analysis.money_words import headline, told
from dashboard.money_charts import LINE_INKS, STACK
from dashboard.runs import Answer, Desk
from dashboard.screen import read_query
from scenarios.domains import find_domain
from scenarios.scenario import NOBODY

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80"


def answered(query: str, replicates: int = 4) -> Answer:
    return list(Desk(cores=2, keep=frozenset(page.KEEP)).ask(read_query(query), replicates))[-1]


@pytest.fixture(scope="module")
def answer() -> Answer:
    return answered(SMALL)


def amount(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def test_every_chart_has_a_sentence_and_a_table_that_adds_up(answer: Answer) -> None:
    made = answer.view(page.view)
    assert made.more is not None
    assert made.purposes is not None
    assert made.plane is not None
    for figure in (made.years, made.more, made.purposes, made.plane, made.savings):
        assert figure.says
        assert figure.rows
        assert all(len(row) == len(figure.head) for row in figure.rows)
    for row in made.years.rows:
        *parts, whole = map(amount, row[1:])
        assert sum(parts) == pytest.approx(whole, abs=0.005 * (len(parts) + 1))
    column = [amount(row[1]) for row in made.more.rows]
    assert sum(column[1:]) == pytest.approx(column[0], abs=0.005 * len(column))
    *purposes, whole, _ = [amount(row[2]) for row in made.purposes.rows]
    assert sum(purposes) == pytest.approx(whole, abs=0.5 * (len(purposes) + 1))


def test_the_sentence_changes_with_the_picture_and_says_only_what_runs_can_tell(answer: Answer) -> None:
    made = answer.view(page.view)
    other = answered(SMALL + "&s=homes").view(page.view)
    nothing = answered(SMALL + "&s=placebo").view(page.view)
    assert len({made.sentence, other.sentence, nothing.sentence}) == 3
    assert "Homes costs EUR" in other.sentence
    assert "costs neither more nor less" in nothing.sentence
    assert "no price" in nothing.extras[0]
    assert "practically the same" in nothing.verdicts


def test_one_replicate_claims_nothing() -> None:
    one = answered(SMALL, 1).view(page.view)
    assert "costs neither more nor less" in one.sentence
    assert "not known" in one.verdicts
    assert one.more is not None
    assert "none" in one.more.rows[0]


def test_four_strategies_fit_into_one_sentence() -> None:
    four = answered(SMALL + "&s=homes&s=top_up&s=user_centred&s=placebo")
    sentence = four.view(page.view).sentence
    assert sentence.startswith("Over 80 months")
    assert "4 strategies" in sentence
    assert len(sentence) < 260


def test_nobody_alone_has_a_sentence(answer: Answer) -> None:
    assert headline(answer.compared, {}, 80).startswith("Over 80 months everybody together spends EUR")


@pytest.mark.parametrize(
    ("more", "expected"),
    [("", ("user_centred", "all", "all")), ("&x-flow=0&x-when=during&x-whose=foundation",
                                            ("catalytic_philanthropy", "during", "foundation")),
     ("&x-flow=2&x-whose=foundation", (NOBODY, "all", "all")),
     ("&x-flow=99&x-when=never&x-whose=%3Cb%3E", ("user_centred", "all", "all"))],
)  # fmt: skip
def test_the_flow_follows_the_address_and_ignores_nonsense(
    answer: Answer, more: str, expected: tuple[str, ...]
) -> None:
    session = Session(SMALL + more, Desk(cores=2, keep=frozenset(page.KEEP)))
    assert page.chosen(session, answer.compared) == expected
    figure = answer.view(page.river(*expected))
    assert answer.view(page.river(*expected)) is figure
    assert figure.rows
    names = {node["name"] for node in figure.option["series"][0]["data"]}
    assert {end for link in figure.option["series"][0]["links"] for end in (link["source"], link["target"])} <= names


def test_everything_has_a_colour_and_the_domains_own_words(answer: Answer) -> None:
    assert set(STACK) == set(LINE_INKS) == {line.name for line in LINES}
    said = " ".join(row[0] for row in answer.view(page.river("user_centred", "all", "all")).rows)
    assert "Hostel beds" in said
    assert "risis" not in said
    school = find_domain("education")
    for text in [line.title for line in (*LINES, *PURPOSES)]:
        assert "crisis" not in told(text, school)
    assert set(FOR) < {line.name for line in PURPOSES}
