"""One quantity has one number: on Compare, on Money, in the presenter, in the briefing and from the command."""

import contextlib
import io
import json
import re
import shlex
import warnings
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    from dashboard.pages import KEEP, compare, money, presenter

from analysis.answer import called
from analysis.comparison import SoFar
from analysis.words import PEOPLE, PLACES, SPENT
from cli.main import run
from dashboard.runs import Desk
from dashboard.screen import Screen, read_query
from model.measures import HEADLINE
from scenarios.scenario import NOBODY

pytestmark = pytest.mark.filterwarnings("ignore")
NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?")
SMALL = "people=500&months=80&s=user_centred&s=homes,budget=0.05"  # so much money that it buys homes for sure
CHANCE, UNMEASURED = f"{SMALL}&point=yes", SMALL
RUNS = 3


@dataclass(frozen=True)
class Known:
    """What a server answers, what the command that it shows prints, and the briefing that it writes."""

    screen: Screen
    compared: SoFar
    printed: dict[str, Any]
    briefing: str


@pytest.fixture(scope="module", params=[CHANCE, UNMEASURED])
def known(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Known:
    screen = read_query(request.param)
    best = list(Desk(cores=2, keep=KEEP).ask(screen, RUNS))[-1].best.compared
    assert best.uncertain is not screen.point
    out = tmp_path_factory.mktemp("typed") / "out"
    words = shlex.split(screen.command.replace("--replicates 32", f"--replicates {RUNS}"))[1:]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert run([*words, "--json", "--out", str(out)]) == 0
    return Known(screen, best, json.loads(said.getvalue()), unescape((out / "report.html").read_text(encoding="utf-8")))


def same(text: str, wanted: list[float]) -> None:
    """The numbers in it are those wanted, as far as they are shown."""
    found = NUMBER.findall(text)
    assert len(found) == len(wanted), (text, wanted)
    for shown, one in zip(found, wanted, strict=True):
        decimals = len(shown.partition(".")[2])
        number = float(shown.replace(",", "").replace("−", "-"))
        assert number == pytest.approx(one, abs=0.5001 * 10**-decimals), (text, wanted)


def of_command(known: Known, name: str, measure: str, month: int) -> list[float]:
    """Difference from no foundation, low and high, as --json has them; money in millions."""
    wanted = {"strategy": name, "against": NOBODY, "measure": measure, "month": month}
    (row,) = (row for row in known.printed["differences"] if wanted.items() <= row.items())
    return [row[key] / (1e6 if measure == SPENT else 1) for key in ("difference", "low", "high")]


def test_compare_says_what_the_command_prints(known: Known) -> None:
    made, month = compare.view(known.compared), known.compared.when[-1]
    assert [tile["name"] for tile in made.tiles] == list(HEADLINE)
    for tile in made.tiles:
        assert [row["name"] for row in tile["rows"]] == list(known.compared.names)
        for row in tile["rows"]:
            same(f"{row['gap']} {row['ends']}", of_command(known, row["name"], tile["name"], month))
    for i, name in enumerate(known.compared.names):
        for cell, measure in zip(made.verdicts.rows[i][1:], HEADLINE, strict=True):
            same(cell, of_command(known, name, measure, month))
    assert made.headline.partition(", ")[2].startswith(("neither", "nobody", "Homes", "User"))


def test_money_says_what_the_command_prints(known: Known) -> None:
    made = money.view(known.compared)
    assert made.more is not None
    title, *cells = made.more.rows[0]  # all payers, over the whole run
    assert title == "All of it"
    total = next(row for row in made.bought_rows if row[0].startswith("All spending"))
    for i, name in enumerate(known.compared.names):
        wanted = of_command(known, name, SPENT, known.compared.first.months)
        same(" ".join(cells[2 * i : 2 * i + 2]), wanted)
        same(" ".join(total[2 + 3 * i + 1 : 2 + 3 * i + 3]), wanted)
    drawn = presenter.shown("money", 0)(known.compared).figure
    assert drawn.rows == made.more.rows


def test_the_briefing_says_what_the_command_prints(known: Known) -> None:
    month = known.compared.when[-1]
    told = re.findall(r"<dd>(.*?)</dd>", known.briefing.partition('<dl class="three">')[2].partition("</dl>")[0])
    assert len(told) == 3
    for text, measure in zip(told, (PEOPLE, SPENT, PLACES), strict=True):
        for said in text.split("; "):
            name = next(one for one in known.compared.names if said.startswith(called(known.compared, one)))
            same(said.removeprefix(called(known.compared, name)), of_command(known, name, measure, month))
    assert f"<h1>{compare.view(known.compared).headline}</h1>" in known.briefing


def test_the_price_of_one_more_person_is_the_same_everywhere(known: Known) -> None:
    made, spent = compare.view(known.compared), money.view(known.compared)
    assert spent.extras[::2] == made.prices[:2]
    assert len(made.prices) == 2 + len(known.compared.controls)
    assert known.compared.uncertain or known.printed["for_each_more"][1]["price"] is not None
    for said, printed in zip(made.prices, known.printed["for_each_more"], strict=True):
        assert f"<li>{said}</li>" in known.briefing
        if printed["price"] is None:
            assert "no price" in said
        else:
            same(said.partition("EUR ")[2].split(":")[0], [printed["price"][key] for key in ("value", "low", "high")])
