"""What the stored worlds say beyond shares: when which camp leaves more, what restates its assumptions, what year two
says of year eight, what one would regret, what is left at zero, and what practices add.

Each gives a `Table` of texts (texts.py); the numbers in it come from stored rows and nowhere else.
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
from engine.errors import BadInput
from evidence.quantities import find_quantity
from model.measures import MEASURES
from studies.answer.arms import CRITIC, first_goal, of_contrasts, tuned_name
from studies.answer.judge import PRACTICES as STORED_PRACTICES
from studies.answer.judge import ZERO
from studies.answer.measured import drawn_together, shares
from studies.answer.plan import CAMPS, HOMES, NOTHING, PLACES, camps, plan
from studies.answer.stored import FEWEST, Stored
from studies.answer.texts import OPENS, WITHIN, Listed, Number, Part, Text, later
from studies.answer.worlds import DRAWN, HALVES, SEEN, SHORT
from studies.description import PRACTICES
from studies.findings import interaction, shapley_value

Numbers = npt.NDArray[np.float64]

FOLDS, TREES, LEAF, SEED = 5, 200, 10, 1
REGRETTED = 0.9  # the quantile of regret that stands beside the mean
BEST_OFTEN = 0.05  # share of worlds in which an arm must be the best one to be spoken of
WORDS: dict[str, Part] = dict(zip(SHORT, (later("people in secure homes"), later("all-payer cost"),
                                          later("mainstream places"), later("fit")), strict=True))  # fmt: skip
SHOWN = 8  # rows of a table of what goes with what


@dataclass(frozen=True)
class Table:
    """Heads, rows and sentences."""

    heads: tuple[Part, ...]
    rows: tuple[tuple[Part, ...], ...]
    words: tuple[Part, ...] = ()


def per_cent(share: float) -> Number:
    """62%."""
    return Number(share, per_cent=True)


def named(quantity: str) -> Text:
    """A quantity in words, and its name."""
    return later("{meaning} (`{name}`)", meaning=Text(find_quantity(quantity).meaning, form=WITHIN), name=quantity)


def against(one: str, other: str) -> Text:
    """Two camps: "User-led against funder-led"."""
    return later("{one} against {other}", one=Text(camps()[one].title), other=Text(camps()[other].title.lower()))


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
    root = Text(texts["root"], {"one_lead": Text(camps()["users"].lead), "other_lead": Text(camps()["funder"].lead)})
    if len(classes) < FEWEST or len(np.unique(classes)) < 2:
        return Table((), (), (root,))
    learn = _learners()
    model = learn.Tree(max_leaf_nodes=said["splits"] + 1, min_samples_leaf=said["smallest"],
                       random_state=SEED)  # fmt: skip
    model.fit(x[kept], classes)
    leaves = _leaves(model.tree_, names)
    if len(leaves) < 2:
        return Table((), (), (root,))
    words: list[Part] = [_leaf(path, model.tree_, leaf, model.classes_) for leaf, path in leaves]
    folds = min(FOLDS, int(np.bincount(classes + 1)[np.unique(classes) + 1].min()))
    usual = float(np.max(np.bincount(classes + 1)) / len(classes))
    if folds >= 2:
        right = float(learn.score(model, x[kept], classes, cv=folds).mean())
        words.append(later("In worlds that it has not seen the tree is right in {right}; whoever always names the most "
                           "frequent of the three is right in {usual}.", right=per_cent(right),
                           usual=per_cent(usual)))  # fmt: skip
    return Table((), (), tuple(words))


def _leaves(made: Any, names: Sequence[str]) -> list[tuple[int, list[Text]]]:
    """Each leaf and the way to it, in words."""
    found: list[tuple[int, list[Text]]] = []

    def walk(node: int, path: list[Text]) -> None:
        if made.children_left[node] == made.children_right[node]:
            found.append((node, path))
            return
        what, at = named(names[made.feature[node]]), Number(float(made.threshold[node]), significant=3)
        walk(made.children_left[node], [*path, later("{what} is at most {at}", what=what, at=at)])
        walk(made.children_right[node], [*path, later("{what} is above {at}", what=what, at=at)])

    walk(0, [])
    return found


def _leaf(path: Sequence[Text], made: Any, leaf: int, classes: npt.NDArray[np.int64]) -> Text:
    texts = plan()["sentences"]["tree"]
    counts = made.value[leaf][0] / made.value[leaf][0].sum()
    winner = int(classes[int(counts.argmax())])
    text = texts["neither"] if winner == 0 else texts["leaf"]
    lead = camps()["users" if winner > 0 else "funder"].lead
    share = float(made.n_node_samples[leaf] / made.n_node_samples[0])
    gaps: dict[str, Part] = {} if winner == 0 else {"lead": Text(lead)}
    gaps |= {"when": Listed(tuple(path)), "share": per_cent(share), "right": per_cent(float(counts.max()))}
    return Text(text, gaps, OPENS)


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
    heads = (later("contrast"), later("measure"), later("distances of designs"), later("width of fit"),
             later("speed of redesign"), later("these three together"), later("free money"), later("all numbers"),
             later("luck, of what was run"))  # fmt: skip
    order = ("distances", "width", "redesign", "close", "money", "all", "luck")
    rows = [(against(one, other), WORDS[measure], *(per_cent(by[n]) for n in order))
            for (one, other, measure), by in found.items()]  # fmt: skip
    close = [(key, by["close"]) for key, by in found.items() if by["close"] > 0.5]
    words = [later("{contrast} in {measure} is nearly a definition: {share} of it comes of distances, width and "
                   "redesign.", contrast=against(one, other), measure=WORDS[measure], share=per_cent(share))
             for (one, other, measure), share in close]  # fmt: skip
    return Table(heads, tuple(rows), tuple(words))


# --- what year two says -----------------------------------------------------------------------------------------------


def indicators(found: Stored) -> Table:
    """Rank correlations, over worlds and the camps' arms, of what is seen in year two with what is there in year eight,
    each against no foundation; the strongest."""
    late = plan()["horizon"]["year_eight"]
    rows: list[tuple[Part, ...]] = []
    told = ("people", "places", "fit")
    every = pl.concat([
        found.part(place, arm).with_columns(
            (pl.col(f"{m}_{late}") / pl.Series(found.margins(place, m))).alias(f"late_{m}") for m in told)
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
        rows += [(WORDS[measure], later("{meaning} (`{name}`)", meaning=Text(MEASURES.fields[name].meaning), name=name),
                  Number(rho, 2, sign=True)) for rho, name in ranked[: SHOWN // 2]]  # fmt: skip
    words = (later("Correlations of ranks over worlds, and no causes; with one of {of} six of ten pairs of worlds are "
                   "in the right order.", of=Number(0.3, 1)),)  # fmt: skip
    heads = later("in year eight"), later("what is seen in year two"), later("rank correlation")
    return Table(heads, tuple(rows), words)


def _camps_arms(found: Stored) -> list[str]:
    return [name for name in of_contrasts({name: name for name in found.arms}) if name in found.arms]


# --- regret -----------------------------------------------------------------------------------------------------------


def regret(found: Stored) -> Table:
    """In margins: how much less than the best arm of each world an arm leaves; mean over worlds and a bad world's."""
    names, x = drawn(found)
    arms = [NOTHING, *found.arms]
    rows, words = list[tuple[Part, ...]](), list[Part]()
    by_measure = {measure: np.stack([_worth(found, arm, measure) for arm in arms]) for measure in SHORT}
    by_regret = {measure: values.max(axis=0) - values for measure, values in by_measure.items()}
    order = np.argsort(by_regret["people"].mean(axis=1), kind="stable")
    for i in order:
        cells = [later("{mean} ({bad})", mean=Number(float(lost[i].mean()), 2),
                       bad=Number(float(np.quantile(lost[i], REGRETTED)), 1))
                 for lost in by_regret.values()]  # fmt: skip
        rows.append((called(arms[i]), *cells))
    for measure in ("people", "places", "fit"):
        lost = by_regret[measure].mean(axis=1)
        words.append(later("For {measure} one would least regret {arm}.", measure=WORDS[measure],
                           arm=called(arms[int(lost.argmin())])))  # fmt: skip
    best = by_measure["people"].argmax(axis=0)
    for i, arm in enumerate(arms):
        share = float((best == i).mean())
        if share >= BEST_OFTEN and len(best) >= FEWEST:
            words.append(later("{arm} is best for people in {share} of the worlds, rather where {where}.", OPENS,
                               arm=called(arm), share=per_cent(share), where=_rather(best == i, names, x)))  # fmt: skip
    return Table((later("arm"), *WORDS.values()), tuple(rows), tuple(words))


def _worth(found: Stored, arm: str, measure: str) -> Numbers:
    """(world,) in margins, more being better, luck drawn out; an arm that was not carried out is worth nothing."""
    values = []
    for place in found.places:
        own = DIRECTION[SHORT[measure]] * found.values(place, arm, measure) / found.margins(place, measure)
        own = np.where(np.isfinite(own) & found.carried(place, arm), own, 0.0)
        values.append(drawn_together(own)[0])
    return np.concatenate(values)


def _rather(inside: npt.NDArray[np.bool_], names: Sequence[str], x: Numbers) -> Listed:
    """The two numbers by which those worlds differ most from the others (area under the curve), in words."""
    ranks = rankdata(x, axis=0)
    n, m = int(inside.sum()), int((~inside).sum())
    area = (ranks[inside].sum(axis=0) - n * (n + 1) / 2) / (n * max(m, 1)) if m else np.full(len(names), 0.5)
    most = np.argsort(-np.abs(area - 0.5), kind="stable")[:2]
    return Listed(tuple(later("{what} is large", what=named(names[i])) if area[i] > 0.5 else
                        later("{what} is small", what=named(names[i])) for i in most))  # fmt: skip


def called(arm: str) -> Part:
    """An arm in words."""
    if arm == NOTHING:
        return later("no foundation")
    for camp in CAMPS:
        for goal in (name for name in plan()["goals"] if name != "first"):
            name = tuned_name(camp, goal)
            if arm.startswith(name):
                return _tuned(camp, goal, arm.removeprefix(name))
    if arm.startswith(CRITIC):
        return later("the critic's, {name}", name=arm.removeprefix(CRITIC).strip("s_").replace("_", " "))
    return in_words(arm)


def _tuned(camp: str, goal: str, size: str) -> Text:
    who, what = Text(camps()[camp].title.lower()), Text(goal)
    if size == "_small":
        return later("{camp}, tuned for {goal}, in many small grants", camp=who, goal=what)
    if size == "_large":
        return later("{camp}, tuned for {goal}, in few large grants", camp=who, goal=what)
    return later("{camp}, tuned for {goal}", camp=who, goal=what)


def in_words(strategy: str) -> Part:
    """A strategy of the plan by its name; another as its file is called."""
    name = strategy.replace("_", " ")
    return Text(name) if strategy in named_in_plan() else name


def named_in_plan() -> list[str]:
    """Strategies that the page calls by their names."""
    return list(dict.fromkeys([*plan()["shipped"]["arms"], *plan()["practices"]["on"], HOMES, PLACES]))


# --- at zero, practices -----------------------------------------------------------------------------------------------


def zero(found: Stored) -> Table:
    """The first contrast where mechanisms are off, and beside it the same worlds as they were drawn."""
    names: dict[str, Part] = {"as_drawn": later("as drawn")}
    names |= {n: Text(case["title"]) for n, case in plan()["zero"]["cases"].items()}
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
            rows.append((title, against(said["one"], said["other"]), *cells))
    words = (later("Better / practically the same / worse, in per cent of the worlds of one block of one place."),)
    return Table((later("case"), later("contrast"), *WORDS.values()), tuple(rows), words)


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
            pair = later("{one} and {other}: {more}", one=str(i + 1), other=str(j + 1), more=_mean_cell(most, measure))
            rows.append((in_words(on), WORDS[measure], *cells, pair))
    numbered = (later("practice {number}", number=str(i)) for i in range(1, len(PRACTICES) + 1))
    heads = (later("on"), later("measure"), *numbered, later("the strongest pair, beyond"))
    words = (later("People and places are counted, cost is in EUR million; ± is half of the mean's 95% interval."),)
    return Table(heads, tuple(rows), words)


def _mean_cell(values: Numbers, measure: str) -> Part:
    scale, digits = {"money": (1e-6, 2), "fit": (1.0, 3)}.get(measure, (1.0, 1))
    mean = scale * float(values.mean()) if len(values) else math.nan
    if len(values) < 2:
        return Number(mean, digits, sign=True)
    half = 1.96 * scale * float(values.std(ddof=1)) / math.sqrt(len(values))
    return later("{mean} ± {half}", mean=Number(mean, digits, sign=True), half=Number(half, digits))
