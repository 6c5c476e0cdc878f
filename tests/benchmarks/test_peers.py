"""The reduced model of benchmarks/peers: our program, the plain reference, Mesa, and the file of results."""

import json
import re

import numpy as np
import pytest

from benchmarks.peers import plain_mesa, unfreeze_model
from benchmarks.peers.agreement import COMPARISONS, FALSE_ALARM, Agreement, compare
from benchmarks.peers.reduced import OUTPUTS, P
from benchmarks.peers.reference import System
from benchmarks.peers.run import HERE, MONTHS, PEERS, RECORD, RESULTS, Missing, Peer, environment
from engine.chance import bits, uniforms

PEOPLE, LIVED, RUNS = 300, 60, 80


class OurDraws(System):
    """The reference, handed our draws: of the same decision, month and person."""

    # what the reference asks for -> our group of decisions, and which of its four draws
    ADDRESS = {
        "leaves": (unfreeze_model.LIFE, 0),
        "lives": (unfreeze_model.LIFE, 1),
        "seeks": (unfreeze_model.LIFE, 2),
        "bed lottery": (unfreeze_model.LIFE, 3),
        "is referred": (unfreeze_model.REFERRAL, 0),
        "place lottery": (unfreeze_model.REFERRAL, 1),
        "need": (unfreeze_model.NEWCOMER, 0),
        "worker": (unfreeze_model.NEWCOMER, 1),
        "is replaced": (unfreeze_model.POST, 0),
        "belief": (unfreeze_model.POST, 1),
    } | {f"peer {k}": (unfreeze_model.COLLEAGUES, k) for k in range(4)}

    def __init__(self, people: int, seed: int) -> None:
        self.seed, self.lived = seed, -1  # the start is drawn before month 0
        super().__init__(people, seed)

    def luck(self, what: str, who: int) -> float:
        group, which = self.ADDRESS[what]
        month = 0 if what.startswith("peer") else -1 if not hasattr(self, "places") else self.lived
        return uniforms(self.seed, group, month, who)[which]


@pytest.mark.parametrize("seed", [1, 2])
def test_we_and_the_reference_live_the_same_months_with_the_same_draws(seed: int) -> None:
    ours = np.array(unfreeze_model.run(unfreeze_model.build(PEOPLE, 24, seed), 24))
    reference = OurDraws(PEOPLE, seed)
    theirs = np.array([reference.month() for _ in range(24)])
    belief = OUTPUTS.index("belief")
    counts = [k for k, name in enumerate(OUTPUTS) if name not in ("belief", "places", "shifted")]
    assert (ours[:, counts] == theirs[:, counts]).all()
    assert ours == pytest.approx(theirs, rel=1e-9)
    assert len(set(ours[:, belief])) == 24  # there was something to compare
    assert (ours[:, OUTPUTS.index("shifted")] > 0.0).all()


def test_tickets_of_the_lottery_are_in_the_order_of_their_draws() -> None:
    """The reference compares draws, we compare the whole numbers they are made from."""
    words = [bits(1, unfreeze_model.LIFE, 0, i)[3] for i in range(200)]
    draws = [uniforms(1, unfreeze_model.LIFE, 0, i)[3] for i in range(200)]
    assert sorted(range(200), key=words.__getitem__) == sorted(range(200), key=draws.__getitem__)


def test_nobody_is_lost_and_no_capacity_is_exceeded() -> None:
    rows = dict(zip(OUTPUTS, np.array(_run(3)).T, strict=True))
    assert (sum(rows[name] for name in OUTPUTS[:5]) == PEOPLE).all()
    assert (np.floor(np.append(9.0, rows["places"][:-1])) >= rows["looking"] + rows["reform"]).all()
    assert (rows["crisis"] + rows["looking"] <= 45).all()
    assert (rows["turned_away"] > 0).mean() > 0.9  # capacity binds


@pytest.fixture(scope="module")
def ours() -> list[object]:
    return [_run(seed) for seed in range(1, RUNS + 1)]


def _run(seed: int, **numbers: float) -> object:
    world = unfreeze_model.build(PEOPLE, LIVED, seed)._replace(p=P._replace(**numbers))
    return unfreeze_model.run(world, LIVED)


def _chance(found: Agreement) -> bool:
    return found.smallest_p * COMPARISONS >= FALSE_ALARM


@pytest.mark.compiled
def test_we_agree_with_plain_mesa(ours: list[object]) -> None:
    mesa = [plain_mesa.run(plain_mesa.build(PEOPLE, LIVED, seed), LIVED) for seed in range(1, RUNS + 1)]
    found = compare(ours, mesa)
    assert _chance(found), found


@pytest.mark.compiled
@pytest.mark.parametrize("wrong", [{"win": 0.16}, {"seek_need": 0.10}, {"drop_out": 0.08}])
def test_a_wrong_number_is_noticed_and_other_seeds_are_not(ours: list[object], wrong: dict[str, float]) -> None:
    others = range(1001, 1001 + RUNS)
    assert _chance(compare(ours, [_run(seed) for seed in others]))
    assert not _chance(compare(ours, [_run(seed, **wrong) for seed in others]))


def test_the_page_has_every_number() -> None:
    said = {float(word) for word in re.findall(r"\d+\.\d+|\d+", (HERE / "README.md").read_text(encoding="utf-8"))}
    shares = {"workers": 1.0 / P.workers}  # N/10
    missing = {name: x for name, x in P._asdict().items() if abs(shares.get(name, x)) not in said}
    assert missing == {}


def test_the_results_name_every_peer_with_its_times_or_the_reason_why_not() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    text = RESULTS.read_text(encoding="utf-8")
    assert [peer["name"] for peer in record["peers"]] == [peer.name for peer in PEERS]
    for peer in record["peers"]:
        assert f"| {peer['name']} |" in text
        if peer["status"] != "timed":
            assert peer["reason"], peer["name"]
            continue
        assert peer["agreement"]["same"]
        for people in map(str, MONTHS):
            runs = peer["runs"].get(people, [])
            assert all(run["nanoseconds"] > 0.0 for run in runs)
            assert runs or peer["not_run"][people], (peer["name"], people)


def test_a_peer_for_which_there_is_no_python_says_so() -> None:
    with pytest.raises(Missing, match=r"needs Python 2\.1, which is not here"):
        environment(Peer("old", "old", ("old==1",), newest=(2, 1)))
