"""What the stored worlds say beyond shares: when which camp leaves more, what restates its assumptions, what year two
says of year eight, what one would regret, what is left at zero, and what practices add.

Each gives a `Table` of texts; the numbers in it come from stored rows and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import rankdata, spearmanr  # type: ignore[import-untyped]

from analysis.contrasts import DIRECTION
from analysis.words import number
from engine.errors import BadInput
from evidence.quantities import find_quantity
from model.measures import MEASURES
from studies.answer.arms import CRITIC, first_goal, of_contrasts, tuned_name
from studies.answer.judge import PRACTICES as STORED_PRACTICES
from studies.answer.judge import ZERO
from studies.answer.measured import drawn_together, shares
from studies.answer.plan import CAMPS, NOTHING, camps, plan
from studies.answer.stored import FEWEST, Stored
from studies.answer.worlds import DRAWN, HALVES, SEEN, SHORT
from studies.description import PRACTICES
from studies.findings import interaction, shapley_value

Numbers = npt.NDArray[np.float64]

FOLDS, TREES, LEAF, SEED = 5, 200, 10, 1
REGRETTED = 0.9  # the quantile of regret that stands beside the mean
BEST_OFTEN = 0.05  # share of worlds in which an arm must be the best one to be spoken of
WORDS = dict(zip(SHORT, ("people in secure homes", "all-payer cost", "mainstream places", "fit"), strict=True))
SHOWN = 8  # rows of a table of what goes with what


@dataclass(frozen=True)
class Table:
    """Heads, rows and sentences."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[str, ...] = ()


def per_cent(share: float) -> str:
    """62%."""
    return "–" if math.isnan(share) else f"{number(100 * share)}%"


def named(quantity: str) -> str:
    """A quantity in words, and its name."""
    meaning = find_quantity(quantity).meaning.rstrip(".")
    return f"{meaning[:1].lower()}{meaning[1:]} (`{quantity}`)"


def drawn(found: Stored) -> tuple[list[str], Numbers]:
    """Names of what differs between worlds in every place, and their values (world, name), places one after another."""
    columns = [DRAWN + name for name in found.drawn]
    x = np.concatenate([found.worlds.filter(place=place).select(columns).cast(pl.Float64()).to_numpy()
                        for place in found.places])  # fmt: skip
    varies = np.ptp(x, axis=0) > 0
    return [name.removeprefix(DRAWN) for name, v in zip(columns, varies, strict=True) if v], x[:, varies]


def expected(found: Stored, one: str, other: str, measure: str) -> tuple[Numbers, float]:
    """What is expected of a contrast in each world, in margins, more being better, luck drawn out place by place; and
    the share of the variance that was luck.  nan in worlds that stand apart."""
    values, luck = list[Numbers](), list[float]()
    for place in found.places:
        less = found.values(place, one, measure) - found.values(place, other, measure)
        less = DIRECTION[SHORT[measure]] * less / found.margins(place, measure)
        kept = found.carried(place, one) & found.carried(place, other) & np.isfinite(less).all(axis=0)
        here = np.full(less.shape[1], np.nan)
        here[kept], lost = drawn_together(less[:, kept]) if kept.any() else (less[0, kept], 0.0)
        values.append(here)
        luck.append(lost)
    return np.concatenate(values), float(np.mean(luck))


def _learners() -> Any:
    """What learns from worlds; BadInput without the extra that brings it."""
    try:
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import cross_val_score
        from sklearn.tree import DecisionTreeClassifier
    except ImportError as error:
        raise BadInput("Trees and forests need scikit-learn", do="pip install 'unfreeze[studies]'") from error
    return SimpleNamespace(Forest=RandomForestRegressor, Tree=DecisionTreeClassifier, score=cross_val_score)


def moves_with(found: Stored) -> list[str]:
    """The quantities whose ranks go most with the first contrast in people, the most first; none of too few worlds."""
    one, other = (tuned_name(camp, first_goal()) for camp in ("users", "funder"))
    y, _ = expected(found, one, other, "people")
    names, x = drawn(found)
    kept = np.isfinite(y)
    if found.too_few or np.ptp(y[kept]) == 0:
        return []
    ranks = rankdata(np.column_stack([y[kept], x[kept]]), axis=0)
    ranks -= ranks.mean(axis=0)
    lengths = np.sqrt((ranks**2).sum(axis=0))
    together = np.abs(ranks[:, 0] @ ranks[:, 1:]) / np.maximum(lengths[1:], 1e-9)
    return [names[i] for i in np.argsort(-together, kind="stable")[:SHOWN]]


# --- when which -------------------------------------------------------------------------------------------------------


def tree(found: Stored, measure: str = "people") -> Table:
    """In which worlds users' lead leaves more, in which a funder's plan, in which neither: at most five splits."""
    one, other = (tuned_name(camp, first_goal()) for camp in ("users", "funder"))
    y, _ = expected(found, one, other, measure)
    names, x = drawn(found)
    kept = np.isfinite(y)
    classes = np.where(y[kept] > 1, 1, np.where(y[kept] < -1, -1, 0))
    texts, said = plan()["sentences"]["tree"], plan()["tree"]
    root = texts["root"].format(one_lead=camps()["users"].lead, other_lead=camps()["funder"].lead)
    if len(classes) < FEWEST or len(np.unique(classes)) < 2:
        return Table((), (), (root,))
    learn = _learners()
    model = learn.Tree(max_leaf_nodes=said["splits"] + 1, min_samples_leaf=said["smallest"],
                       random_state=SEED)  # fmt: skip
    model.fit(x[kept], classes)
    leaves = _leaves(model.tree_, names)
    if len(leaves) < 2:
        return Table((), (), (root,))
    words = [_leaf(path, model.tree_, leaf, model.classes_) for leaf, path in leaves]
    folds = min(FOLDS, int(np.bincount(classes + 1)[np.unique(classes) + 1].min()))
    usual = float(np.max(np.bincount(classes + 1)) / len(classes))
    if folds >= 2:
        right = float(learn.score(model, x[kept], classes, cv=folds).mean())
        words.append(f"In worlds that it has not seen the tree is right in {per_cent(right)}; whoever always names the "
                     f"most frequent of the three is right in {per_cent(usual)}.")  # fmt: skip
    return Table((), (), tuple(words))


def _leaves(made: Any, names: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Each leaf and the way to it, in words."""
    found: list[tuple[int, list[str]]] = []

    def walk(node: int, path: list[str]) -> None:
        if made.children_left[node] == made.children_right[node]:
            found.append((node, path))
            return
        what, at = named(names[made.feature[node]]), f"{made.threshold[node]:.3g}"
        walk(made.children_left[node], [*path, f"{what} is at most {at}"])
        walk(made.children_right[node], [*path, f"{what} is above {at}"])

    walk(0, [])
    return found


def _leaf(path: Sequence[str], made: Any, leaf: int, classes: npt.NDArray[np.int64]) -> str:
    texts = plan()["sentences"]["tree"]
    counts = made.value[leaf][0] / made.value[leaf][0].sum()
    winner = int(classes[int(counts.argmax())])
    text = texts["neither"] if winner == 0 else texts["leaf"]
    lead = camps()["users" if winner > 0 else "funder"].lead
    share = made.n_node_samples[leaf] / made.n_node_samples[0]
    said = str(text).format(
        lead=lead, when=" and ".join(path), share=per_cent(share), right=per_cent(float(counts.max()))
    )
    return said[:1].upper() + said[1:]


# --- what restates its assumptions ------------------------------------------------------------------------------------


def restated(found: Stored) -> dict[tuple[str, str, str], dict[str, float]]:
    """By contrast and measure: the share of what worlds differ by, luck apart, that each group of quantities accounts
    for by itself, in worlds that the fit has not seen (a forest's trees, each judged on what it was not grown from)."""
    names, x = drawn(found)
    groups = {**plan()["restates"], "close": [*plan()["restates"]["distances"], *plan()["restates"]["width"],
                                              *plan()["restates"]["redesign"]], "all": names}  # fmt: skip
    result = {}
    for said in plan()["contrasts"]:
        one, other = (tuned_name(said[which], first_goal()) for which in ("one", "other"))
        for measure in SHORT:
            y, luck = expected(found, one, other, measure)
            kept = np.isfinite(y)
            result[said["one"], said["other"], measure] = {
                group: _explained(x[kept][:, [names.index(n) for n in of if n in names]], y[kept])
                for group, of in groups.items()
            } | {"luck": luck}  # fmt: skip
    return result


def _explained(x: Numbers, y: Numbers) -> float:
    """nan where there are too few worlds, or none differs."""
    if len(y) < FEWEST or x.shape[1] == 0 or np.ptp(y) == 0:
        return math.nan
    forest = _learners().Forest(TREES, min_samples_leaf=LEAF, max_features=max(1, min(x.shape[1], 60) // 2),
                                oob_score=True, random_state=SEED)  # fmt: skip
    return float(np.clip(forest.fit(x, y).oob_score_, 0, 1))


def restates(found: Mapping[tuple[str, str, str], Mapping[str, float]]) -> Table:
    """The same as a table."""
    heads = ("contrast", "measure", "distances of designs", "width of fit", "speed of redesign", "these three together",
             "free money", "all numbers", "luck, of what was run")  # fmt: skip
    order = ("distances", "width", "redesign", "close", "money", "all", "luck")
    rows = [(f"{camps()[one].title} against {camps()[other].title.lower()}", WORDS[measure],
             *(per_cent(by[n]) for n in order))
            for (one, other, measure), by in found.items()]  # fmt: skip
    close = [(key, by["close"]) for key, by in found.items() if by["close"] > 0.5]
    words = [f"{camps()[one].title} against {camps()[other].title.lower()} in {WORDS[measure]} is nearly a definition: "
             f"{per_cent(share)} of it comes of distances, width and redesign."
             for (one, other, measure), share in close]  # fmt: skip
    return Table(heads, tuple(rows), tuple(words))


# --- what year two says -----------------------------------------------------------------------------------------------


def indicators(found: Stored) -> Table:
    """Rank correlations, over worlds and the camps' arms, of what is seen in year two with what is there in year eight,
    each against no foundation; the strongest."""
    later, rows = plan()["horizon"]["year_eight"], []
    told = ("people", "places", "fit")
    every = pl.concat([
        found.part(place, arm).with_columns(
            (pl.col(f"{m}_{later}") / pl.Series(found.margins(place, m))).alias(f"late_{m}") for m in told)
        for place in found.places for arm in _camps_arms(found)
    ])  # fmt: skip
    for measure in told:
        ranked = []
        for name in plan()["indicators"]["measures"]:
            pair = every.select(f"{SEEN}{name}", f"late_{measure}").cast(pl.Float64()).fill_nan(None).drop_nulls()
            a, b = (pair[column].to_numpy() for column in pair.columns)
            if len(a) > 3 and np.ptp(a) > 0 and np.ptp(b) > 0:
                ranked.append((float(spearmanr(a, b).statistic), name))
        ranked.sort(key=lambda one: -abs(one[0]))
        rows += [(WORDS[measure], f"{MEASURES.fields[name].meaning} (`{name}`)", number(rho, 2, sign=True))
                 for rho, name in ranked[: SHOWN // 2]]  # fmt: skip
    words = ("Correlations of ranks over worlds, and no causes; with one of 0.3 six of ten pairs of worlds are in the "
             "right order.",)  # fmt: skip
    return Table(("in year eight", "what is seen in year two", "rank correlation"), tuple(rows), words)


def _camps_arms(found: Stored) -> list[str]:
    return [name for name in of_contrasts({name: name for name in found.arms}) if name in found.arms]


# --- regret -----------------------------------------------------------------------------------------------------------


def regret(found: Stored) -> Table:
    """In margins: how much less than the best arm of each world an arm leaves; mean over worlds and a bad world's."""
    names, x = drawn(found)
    arms = [NOTHING, *found.arms]
    rows, words = [], list[str]()
    by_measure = {measure: np.stack([_worth(found, arm, measure) for arm in arms]) for measure in SHORT}
    by_regret = {measure: values.max(axis=0) - values for measure, values in by_measure.items()}
    order = np.argsort(by_regret["people"].mean(axis=1), kind="stable")
    for i in order:
        cells = [f"{number(float(lost[i].mean()), 2)} ({number(float(np.quantile(lost[i], REGRETTED)), 1)})"
                 for lost in by_regret.values()]  # fmt: skip
        rows.append((called(arms[i]), *cells))
    for measure in ("people", "places", "fit"):
        lost = by_regret[measure].mean(axis=1)
        words.append(f"For {WORDS[measure]} one would least regret {called(arms[int(lost.argmin())])}.")
    best = by_measure["people"].argmax(axis=0)
    for i, arm in enumerate(arms):
        share = float((best == i).mean())
        if share >= BEST_OFTEN and len(best) >= FEWEST:
            words.append(f"{called(arm)[:1].upper()}{called(arm)[1:]} is best for people in {per_cent(share)} of the "
                         f"worlds, rather where {_rather(best == i, names, x)}.")  # fmt: skip
    return Table(("arm", *WORDS.values()), tuple(rows), tuple(words))


def _worth(found: Stored, arm: str, measure: str) -> Numbers:
    """(world,) in margins, more being better, luck drawn out; an arm that was not carried out is worth nothing."""
    values = []
    for place in found.places:
        own = DIRECTION[SHORT[measure]] * found.values(place, arm, measure) / found.margins(place, measure)
        own = np.where(np.isfinite(own) & found.carried(place, arm), own, 0.0)
        values.append(drawn_together(own)[0])
    return np.concatenate(values)


def _rather(inside: npt.NDArray[np.bool_], names: Sequence[str], x: Numbers) -> str:
    """The two numbers by which those worlds differ most from the others (area under the curve), in words."""
    ranks = rankdata(x, axis=0)
    n, m = int(inside.sum()), int((~inside).sum())
    area = (ranks[inside].sum(axis=0) - n * (n + 1) / 2) / (n * max(m, 1)) if m else np.full(len(names), 0.5)
    most = np.argsort(-np.abs(area - 0.5), kind="stable")[:2]
    return " and ".join(f"{named(names[i])} is {'large' if area[i] > 0.5 else 'small'}" for i in most)


def called(arm: str) -> str:
    """An arm in words."""
    if arm == NOTHING:
        return "no foundation"
    for camp in CAMPS:
        for goal in (name for name in plan()["goals"] if name != "first"):
            name = tuned_name(camp, goal)
            if arm.startswith(name):
                size = {f"{name}_small": ", in many small grants", f"{name}_large": ", in few large grants"}
                return f"{camps()[camp].title.lower()}, tuned for {goal}{size.get(arm, '')}"
    if arm.startswith(CRITIC):
        return f"the critic's, {arm.removeprefix(CRITIC).strip('s_').replace('_', ' ')}"
    return arm.replace("_", " ")


# --- at zero, practices -----------------------------------------------------------------------------------------------


def zero(found: Stored) -> Table:
    """The first contrast where mechanisms are off, and beside it the same worlds as they were drawn."""
    names = {"as_drawn": "as drawn"} | {n: case["title"] for n, case in plan()["zero"]["cases"].items()}
    paths = sorted(found.folder.glob(f"{ZERO}-*.parquet"))
    if not paths:
        raise BadInput(f"There is nothing of '{ZERO}' in '{found.folder}'", do="Run it first: unfreeze answer zero")
    names |= {p.stem.removeprefix(f"{ZERO}-"): p.stem.removeprefix(f"{ZERO}-").replace("_", " ")
              for p in paths if p.stem.removeprefix(f"{ZERO}-") not in names}  # fmt: skip
    rows = []
    for name, title in names.items():
        path = found.folder / f"{ZERO}-{name}.parquet"
        if not path.is_file():
            continue
        table = pl.read_parquet(path)
        for said in plan()["contrasts"]:
            one, other = (tuned_name(said[which], first_goal()) for which in ("one", "other"))
            cells = [_zero_cell(table, one, other, measure) for measure in SHORT]
            rows.append((title, f"{camps()[said['one']].title} against {camps()[said['other']].title.lower()}", *cells))
    words = ("Better / practically the same / worse, in per cent of the worlds of one block of one place.",)
    return Table(("case", "contrast", *WORDS.values()), tuple(rows), words)


def _zero_cell(table: pl.DataFrame, one: str, other: str, measure: str) -> str:
    a, b = (table.filter(arm=arm).sort("world") for arm in (one, other))
    values = [np.stack([part[f"{measure}_{half}"].cast(pl.Float64()).to_numpy() for half in HALVES]) for part in (a, b)]
    kept = (a["carried"] & b["carried"]).to_numpy() & np.isfinite(values[0] - values[1]).all(axis=0)
    margins = a[f"margin_{measure}"].cast(pl.Float64()).to_numpy()
    if not kept.any():
        return "–"
    found = shares({"": (values[0] - values[1])[:, kept]}, {"": margins[kept]}, DIRECTION[SHORT[measure]])
    return found.brief


def practices(found: Stored) -> Table:
    """What each practice adds over all orders of adding them, and what pairs add beyond, with 95% intervals of the mean
    over worlds."""
    rows = []
    for on in plan()["practices"]["on"]:
        table = pl.read_parquet(
            found.folder / f"{STORED_PRACTICES}-{on}.parquet")  # fmt: skip
        k = len(PRACTICES)
        arms = [table.filter(arm=f"{on}_{bits:02d}").sort("world") for bits in range(1 << k)]
        for measure in SHORT:
            worth = np.stack([
                np.mean([arm[f"{measure}_{half}"].cast(pl.Float64()).to_numpy() for half in HALVES], axis=0)
                for arm in arms
            ])  # fmt: skip
            worth = worth[:, np.isfinite(worth).all(axis=0)]
            cells = [_mean_cell(shapley_value(worth, i, k), measure) for i in range(k)]
            pairs = {(i, j): interaction(worth, i, j, k) for i, j in combinations(range(k), 2)}
            (i, j), most = max(pairs.items(), key=lambda one: abs(float(one[1].mean())))
            pair = f"{i + 1} and {j + 1}: {_mean_cell(most, measure)}"
            rows.append((on.replace("_", " "), WORDS[measure], *cells, pair))
    heads = ("on", "measure", *(f"practice {i}" for i in range(1, len(PRACTICES) + 1)), "the strongest pair, beyond")
    words = ("People and places are counted, cost is in EUR million; ± is half of the mean's 95% interval.",)
    return Table(heads, tuple(rows), words)


def _mean_cell(values: Numbers, measure: str) -> str:
    scale, digits = {"money": (1e-6, 2), "fit": (1.0, 3)}.get(measure, (1.0, 1))
    mean = scale * float(values.mean()) if len(values) else math.nan
    if len(values) < 2:
        return number(mean, digits, sign=True)
    half = 1.96 * scale * float(values.std(ddof=1)) / math.sqrt(len(values))
    return f"{number(mean, digits, sign=True)} ± {number(half, digits)}"
