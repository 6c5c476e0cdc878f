"""Who wins in whose world: the table of `unfreeze worldviews`, a row at a time."""

import numpy as np
import pytest

from analysis.comparison import NEEDED as MEASURES
from analysis.contrasts import NEEDED, contrast, pairs_of, worldviews
from analysis.worlds import Row, front_words, in_front, rows, sentence
from model.measures import HEADLINE
from runs.ensemble import ensemble
from scenarios.places import domain_of, find_place
from scenarios.scenario import Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

MONTHS, REPLICATES = 80, 3
NAMES, WORLDS = ("user_centred", "homes"), ("evidence", "scarcity")


def made(strategy: str, **gaps: float) -> Row:
    """A strategy that is so much better, in every measure's own good direction, in these worlds."""
    signs = np.array([-1 if measure == "spend_to_date" else 1 for measure in NEEDED])
    found, cells = {}, {}
    for world, gap in gaps.items():
        other = np.full((4, len(NEEDED)), 0.3)
        mine = other + gap * signs + np.array([[-1], [1], [-0.5], [0.5]]) * 1e-4 * signs
        found[world] = mine - other
        cells[world] = {m: contrast(m, MONTHS, strategy, "n", pairs_of(m, mine, other, other)) for m in HEADLINE}
    return Row(strategy, cells, found)


def test_the_table_is_that_of_the_command_line() -> None:
    asked = [Scenario(find_strategy(name), find_place("dublin"), find_worldview(world), 500, MONTHS)
             for world in WORLDS for name in NAMES]  # fmt: skip
    table = worldviews(ensemble(with_twins(asked), REPLICATES, keep=MEASURES).months, MONTHS)
    found = list(rows([find_strategy(name) for name in NAMES], [find_worldview(w) for w in WORLDS], asked[0], MONTHS,
                      REPLICATES))  # fmt: skip
    assert [row.strategy for row in found] == list(NAMES)
    for row in found:
        for world, cell in row.cells.items():
            for measure, own in cell.items():
                told = table.filter(strategy=row.strategy, worldview=world, measure=measure).row(0, named=True)
                assert (own.difference, own.low, own.high) == pytest.approx(
                    (told["difference"], told["low"], told["high"])
                )
                assert own.verdict == told["verdict"]


def test_a_cancelled_table_ends_early() -> None:
    like = Scenario(find_strategy("homes"), find_place("dublin"), find_worldview("evidence"), 500, MONTHS)
    assert list(rows([like.strategy], [like.worldview], like, MONTHS, 2, lambda scenarios, n: [])) == []


def test_verdicts_are_counted() -> None:
    row = made("a", one=0.05, two=-0.05, three=0.0)
    assert [row.count(side) for side in (1, -1)] == [4, 4]
    assert row.count(1, ["secure_people"]) == 1


@pytest.mark.parametrize("measure", HEADLINE)
def test_in_front_are_the_best_and_those_that_cannot_be_told_from_it(measure: str) -> None:
    found = [made("a", w=0.02), made("b", w=0.05), made("c", w=0.0), made("d", w=0.05)]
    assert in_front(found, "w", measure) == ["b", "d"]
    assert in_front(found[2:3], "w", measure) == []


def test_in_words() -> None:
    titles, domain = {name: name.upper() for name in "abcd"}, domain_of(find_place("dublin"))
    assert front_words([], titles) == "nobody"
    assert front_words(["a", "b"], titles) == "A or B"
    assert front_words(["a", "b", "c"], titles) == "A; 2 others cannot be told from it"
    best, none = made("a", w=0.05, v=0.05), made("b", w=0.0, v=-0.05)
    assert "Running 4 strategies" in sentence([], 4, 2, titles, domain)
    said = sentence([best, none], 4, 2, titles, domain)
    assert said.startswith("Of the first 2 of 4 strategies, A holds up best: better than no foundation on people ")
    assert said.endswith("; it is worse nowhere.")
    assert "A and C hold up best" in sentence([best, made("c", w=0.05, v=0.05)], 2, 2, titles, domain)
    assert "none is better" in sentence([none], 1, 2, titles, domain)
