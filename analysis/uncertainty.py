"""What is uncertain in a comparison, and how much of it is luck: the two kinds of uncertainty, in words and tables.

Simulation noise is what other seeds could change; parameters are what nobody has measured well enough.  The statistics
are in analysis/contrasts.py, the plausible parameter sets in scenarios/plausible.py.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri  # type: ignore[import-untyped]
from scipy.stats import false_discovery_control, spearmanr  # type: ignore[import-untyped]

from analysis.comparison import Comparison
from analysis.contrasts import by_set
from analysis.spread import CONFIDENCE
from analysis.words import (
    from_to,
    interval,
    label,
    listed,
    number,
    own,
    per_cent_of,
    sets_said,
    shown_difference,
    small,
    unit,
)
from evidence.quantities import inputs
from model.balance_words import stands_still
from model.measures import HEADLINE
from runs.running import digits
from scenarios.language import ENGLISH, G_, N_, say, spoken
from scenarios.plausible import BALANCED, DATA, PLACE, PRIOR, STRUCTURE, Sample, held, origins, set_by_domain
from scenarios.scenario import NOBODY

FALSE_ALARMS = 0.05  # of the parameters said to stand out, how many may be chance
FEWEST_SETS = 8  # with fewer, a rank correlation says nothing about one of two hundred parameters
SHOWN = 3  # parameters for each measure

BOTH = N_("Intervals hold two kinds of uncertainty: simulation noise, which more runs would narrow, and the model's "
        "numbers, which only better evidence would. They say nothing about whether its rules are right.")  # fmt: skip

NO_SUM = N_("The range of both is no sum of the other two: on each side it is about the root of their squares and of a "
          "third, how far the mean of so few sets may be off.")  # fmt: skip


DRAWN = {
    DATA: N_("{count} from the calibrated sample"), PRIOR: N_("{count} from the evidence's range"),
    PLACE: N_("{count} from the place's own"), STRUCTURE: N_("{count} among forms of a rule or numbers of providers"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matter:
    """How a parameter's draws go with a difference over `n` sets: Spearman's rank correlation.

    `low` and `high`: its 95% interval (Fisher's z with the standard error of Bonett and Wright 2000, Psychometrika
    65(1)).  `p` of no relation.  `stands_out`: still beyond chance after looking at every parameter that was drawn
    (Benjamini and Hochberg 1995, false discoveries at most FALSE_ALARMS).
    """

    parameter: str
    rho: float
    low: float
    high: float
    p: float
    n: int
    stands_out: bool


def drawn(compared: Comparison) -> dict[str, str]:
    """Where each drawn parameter comes from (one of plausible.KINDS); what the worldview or --set says is not drawn."""
    if not compared.uncertain:
        return {}
    assumed = _assumed(compared)
    return {name: kind for name, kind in origins(compared.place, compared.sample).items() if name not in assumed}


def _assumed(compared: Comparison) -> set[str]:
    """What the worldview or --set says."""
    return {*compared.worldview.values, *compared.settings.parameters}


def matters(compared: Comparison, scenario: str, against: str, measure: str, month: int) -> list[Matter]:
    """Every drawn parameter by how strongly it goes with this difference, the strongest first.

    Empty with fewer than FEWEST_SETS sets, or where the difference is the same in all of them.
    """
    gaps = by_set(compared.months, scenario, against, measure, month)
    n, gap = gaps.height, gaps["difference"].to_numpy()
    if n < FEWEST_SETS or not np.isfinite(gap).all() or np.ptp(gap) == 0:
        return []
    sets = [compared.sets[number - 1] for number in gaps["set"]]
    columns = {name: np.array([one[name] for one in sets]) for name in drawn(compared)}
    columns = {name: column for name, column in columns.items() if np.ptp(column) > 0}
    found = [spearmanr(column, gap) for column in columns.values()]
    beyond = false_discovery_control([one.pvalue for one in found]) <= FALSE_ALARMS if found else []
    rows = [
        Matter(name, float(one.statistic), *_around(float(one.statistic), n), float(one.pvalue), n, bool(out))
        for name, one, out in zip(columns, found, beyond, strict=True)
    ]
    return sorted(rows, key=lambda row: (-abs(row.rho), row.parameter))


def _around(rho: float, n: int) -> tuple[float, float]:
    """The 95% interval of a rank correlation over n pairs."""
    if abs(rho) >= 1:
        return rho, rho
    half = float(ndtri((1 + CONFIDENCE) / 2)) * float(np.sqrt((1 + rho**2 / 2) / (n - 3)))
    return float(np.tanh(np.arctanh(rho) - half)), float(np.tanh(np.arctanh(rho) + half))


def main_pairs(compared: Comparison) -> list[tuple[str, str]]:
    """The differences that a reader came for: one strategy against none, two against each other, more against none."""
    names = compared.names
    return [(names[0], names[1])] if len(names) == 2 else [(name, NOBODY) for name in names]


def sentence(compared: Comparison) -> str:
    """One plain sentence: in what share of the plausible worlds the main difference is a gain; "" if there are many."""
    pairs, month = main_pairs(compared), compared.when[-1]
    if len(pairs) != 1:
        return ""
    scenario, against = pairs[0]
    frame = compared.headline if against == NOBODY else compared.between
    rows = frame.filter(month=month, scenario=scenario, against=against)
    shares = [(label(row["measure"], compared.domain), row["better_in"]) for row in rows.iter_rows(named=True)]
    said = [say("in {share} on {measure}", share=per_cent(share), measure=small(text))
            for text, share in shares if share is not None]  # fmt: skip
    other = say("no foundation") if against == NOBODY else compared.titles[against]
    if not said:
        return ""
    return say(
        "Of {sets} plausible parameter sets, {who} does better than {other}, by however little, {shares}.",
        sets=str(len(compared.sets)),
        who=compared.titles[scenario],
        other=other,
        shares=listed(said),
    )


def per_cent(share: float | None) -> str:
    """83% of the worlds."""
    return "–" if share is None else per_cent_of(number(100 * share))


def about(compared: Comparison) -> list[str]:
    """What was drawn, what was not, and where it comes from: a sentence each."""
    kinds, seeds = Counter(drawn(compared).values()), compared.replicates // len(compared.sets)
    free = listed([say(text, count=kinds[kind]) for kind, text in DRAWN.items() if kinds[kind]])
    found = [
        say("{sets}; each is run with {seeds} seeds.  {count} parameters were drawn: {origins}.  From a range each "
            "comes by itself, because nothing here identifies it (among them all about beliefs, trust, ownership, "
            "rivalry and resistance).", sets=sets_said(len(compared.sets), compared.sample), seeds=str(seeds),
            count=str(sum(kinds.values()) - kinds[BALANCED]), origins=free)
    ]  # fmt: skip
    if kinds[BALANCED]:
        found += _balanced(compared, kinds[BALANCED])
    found.append(
        say("Held at the file's values: the {count} other figures of {place} ({some} ...), because they are tied to "
            "each other.  Nor are mechanisms drawn that are off by default.",
            count=len(held(compared.place, compared.sample)),
            place=compared.place.title, some=own(G_("crisis beds, inflow, homes"), compared.domain))
    )  # fmt: skip
    theirs = set_by_domain(compared.place)
    if theirs:
        found.append(say("Held as well: {count} numbers that hold in this field ({field}) and for which its file gives "
                         "no range.", count=len(theirs), field=say(compared.domain.title)))  # fmt: skip
    assumed = _assumed(compared) & origins(compared.place, compared.sample).keys()
    if assumed:
        found.append(say("Not drawn either: {count} parameters that the worldview or --set names.", count=len(assumed)))
    return found + (about_sample(compared.sample) if compared.sample else [])


def _balanced(compared: Comparison, count: int) -> list[str]:
    """What is refitted so that a place begins at its own counts, and where it cannot be."""
    found = [
        say("{count} more say how flows of people that nobody counts stand to each other; how high they are together "
            "is refitted in every set, so that {place} begins at its own counts.",
            count=count, place=compared.place.title)
    ]  # fmt: skip
    still = unsettled(compared)
    if still:
        found.append(
            say("In {still} of the {sets} sets no such rates within their ranges hold the counts: people outside the "
                "services become more or fewer from month 0 on, with a foundation or without.", still=still,
                sets=str(len(compared.sets)))
        )  # fmt: skip
    return found


def unsettled(compared: Comparison) -> int:
    """In how many parameter sets the place's counts cannot stand still without a foundation."""
    worlds = (compared.first.with_set(number, drawn) for number, drawn in enumerate(compared.sets, 1))
    return sum(not stands_still(world.balance) for world in worlds)


def about_sample(sample: Sample) -> list[str]:
    """Which calibrated sample it is, and whether its rules are today's: a sentence each."""
    made = calibration(sample) or {}
    words = [say("made {date}", date=made["date"]) if made["date"] else "",
             say("with '{command}'", command=made["command"]) if made["command"] else "",
             say("hash {hash}", hash=str(made["hash"]))]  # fmt: skip
    found = [say("The sample: {facts}.", facts=", ".join(word for word in words if word))]
    if sample.manifest.get("digits", digits()) != digits():
        found.append(
            say("It was fitted under rules that gave other digits than today's: 'unfreeze calibrate' fits it again.")
        )
    return found


def calibration(sample: Sample | None) -> dict[str, Any] | None:
    """The calibration that sets were drawn from, by command, date and hash; None if they are not calibrated."""
    return None if sample is None else {name: sample.manifest.get(name) for name in ("command", "date", "hash")}


def apart(compared: Comparison, row: dict[str, Any]) -> dict[str, str]:
    """One contrast's two kinds of uncertainty as text: noise, parameters, both; in how many worlds it is better."""
    measure, units = row["measure"], compared.units

    def ends(low: str, high: str) -> str:
        return interval(measure, row[low], row[high], units)

    return {
        "label": label(measure, compared.domain),
        "unit": unit(measure, True, units),
        "difference": shown_difference(measure, row["difference"], units),
        "noise": ends("noise_low", "noise_high"),
        "parameters": ends("parameters_low", "parameters_high"),
        "both": ends("low", "high"),
        "better": per_cent(row["better_in"]),
        "clearly_better": per_cent(row["clearly_better_in"]),
        "clearly_worse": per_cent(row["clearly_worse_in"]),
        "verdict": row["verdict"] or N_("not carried out"),
        "reason": say(row["reason"] or ""),
    }


def strongest(compared: Comparison) -> list[dict[str, Any]]:
    """The parameters that go most with the first main difference at the last moment: SHOWN for each measure."""
    rows: list[dict[str, Any]] = []
    if not compared.names:
        return rows
    (scenario, against), *_ = main_pairs(compared)
    kinds = drawn(compared)
    for measure in HEADLINE:
        for one in matters(compared, scenario, against, measure, compared.when[-1])[:SHOWN]:
            rows.append({
                "measure": label(measure, compared.domain), "name": one.parameter, "kind": say(kinds[one.parameter]),
                "meaning": own(inputs()[one.parameter].meaning, compared.domain), "rho": number(one.rho, 2, sign=True),
                "interval": from_to(number(one.low, 2, sign=True), number(one.high, 2, sign=True)), "n": one.n,
                "p": _chance(one.p), "stands_out": one.stands_out,
            })  # fmt: skip
    return rows


def _chance(p: float) -> str:
    """A p-value as papers in the language write it: .045, 0,045."""
    least = 0.001
    if spoken().locale == ENGLISH:
        return "< .001" if p < least else f"{p:.3f}".lstrip("0")
    return f"< {number(least, 3)}" if p < least else number(p, 3)


def strongest_of(compared: Comparison) -> str:
    """Which difference `strongest` is about."""
    scenario, against = main_pairs(compared)[0]
    other = say("no foundation") if against == NOBODY else compared.titles[against]
    return say("{who} against {other}, {when}", who=compared.titles[scenario], other=other,
               when=compared.after(compared.when[-1]))  # fmt: skip


def chance_alone(parameters: int, level: float = 0.05) -> int:
    """How many of so many parameters without any effect would have p below `level`."""
    return round(parameters * level)
