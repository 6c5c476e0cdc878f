"""In words: measures, numbers and what stands beside them, in the domain's terms and the place's units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.contrasts import BASES, DIRECTION, EXPLAINED, Contrast
from analysis.units import EUROS, GROWING, MILLIONS, Units, kind_of
from model.measures import HEADLINE, MARGIN, MEASURES
from scenarios.domains import Domain, capital
from scenarios.scenario import NOBODY

if TYPE_CHECKING:
    from analysis.comparison import Comparison
    from scenarios.plausible import Sample

RUNS = "these runs cannot tell"  # why a verdict is not known
EVIDENCE = "evidence"  # the worldview that needs no mention
ABREAST = 2  # controls for the same all-payer money that have a clause each

PEOPLE, SPENT, PLACES, FIT = HEADLINE
WITHOUT = "without_home"

LABELS = {  # on axes and in tables
    "secure_people": "People with {secure_outcomes}",
    "spend_to_date": "Spent by all payers",
    "reform_mainstream": "Publicly paid {reformed_places}",
    "fit": "How well {reformed_places} fit",
    "without_home": "People without {secure_outcomes}",
    "lasting_places": "Lasting {reformed_places}",
    "secure_share": "Share of people with {secure_outcomes}",
    "cost_per_secure_month": "Cost of a month of {secure_outcome}",
    "crisis": "People {crisis}",
    "reform": "People {reform}",
}
MEANINGS = {
    "secure_people": "people with {secure_outcomes}: everybody who ever got one and still has it, by whatever door",
    "spend_to_date": "everything spent since month 0 by anybody: public money, the programme's, and unpaid hours of "
    "staff and of {service_users}",
    "reform_mainstream": "{reformed_places} that public money pays for, whoever they fit. This is process: what a "
    "reform is out for, and no good to anybody by itself",
    "fit": "how near {reformed_places} are to what those who live in them want, from 0 to 1",
    "without_home": "people without {secure_outcomes}: {hidden}, {unserved}, {crisis} or {looking}",
    "lasting_places": "{reformed_places} paid from public money and used by people whom they suit (fit .5 or "
    "more), of all places in use",
    "secure_share": "people with {secure_outcomes}, of all people in the system",
    "cost_per_secure_month": "everything spent in a month, by anybody, unpaid hours of staff and of {service_users} "
    "included, for each person who has {a secure_outcome}",
}
SPOKEN = {  # inside a sentence
    "secure_people": "people with {secure_outcomes}",
    "spend_to_date": "what all payers spend",
    "reform_mainstream": "publicly paid {reformed_places}",
    "fit": "how well {reformed_places} fit",
}
TITLES = {  # on buttons and at the head of a row, as a board would say it
    "secure_people": "People with {secure_outcomes}",
    "spend_to_date": "What it costs",
    "reform_mainstream": "Publicly paid places",
    "fit": "How well they fit",
}
BRIEF = {"secure_people": "people", "spend_to_date": "spending", "reform_mainstream": "places", "fit": "fit"}


def own(text: str, domain: Domain) -> str:
    """`text` with the domain's words for the general terms: "crisis beds in use" becomes "hostel beds in use"."""
    return domain.own(text)


def label(measure: str, domain: Domain) -> str:
    """What the measure is called on screen."""
    if measure in LABELS:
        return domain.says(LABELS[measure])
    return capital(own(MEASURES.fields[measure].meaning, domain))


def title(measure: str, domain: Domain) -> str:
    """What a quantity is called on a button."""
    return domain.says(TITLES[measure])


def meaning(measure: str, domain: Domain) -> str:
    """What the measure measures."""
    return domain.says(MEANINGS[measure]) if measure in MEANINGS else own(MEASURES.fields[measure].meaning, domain)


# --- numbers ----------------------------------------------------------------------------------------------------------


def is_share(measure: str) -> bool:
    """Shown in per cent, and its differences in points."""
    return kind_of(measure) == "share"


def unit(measure: str, difference: bool = False, units: Units = EUROS) -> str:
    """What one of the shown numbers is."""
    return units.unit(measure, difference)


def scale(measure: str, units: Units = EUROS) -> float:
    """What a number of the model is multiplied with before it is shown."""
    return units.factor(measure)


def number(value: float | None, digits: int = 0, sign: bool = False) -> str:
    """12,345 or +1.2; "–" where there is none.  Nothing rounds to a minus zero."""
    if value is None or value != value:
        return "–"
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", "−")


def digits(measure: str, value: float | None = None) -> int:
    """Decimals that are shown; `value` as it is shown: of few people or little money a decimal more."""
    kind, small = kind_of(measure), value is not None and abs(value) < 10
    if kind == "share":
        return 2
    if measure in MILLIONS:
        return 2 if small else 1
    if kind in GROWING:
        return 1 if small else 0
    return 0 if kind in ("grants", "providers") or "EUR" in kind or "month" in kind else 3


def shown(measure: str, value: float | None, units: Units = EUROS) -> str:
    """A value with its unit: 32.57%, EUR 4,590, 3,612, CAD 2,502.5 million."""
    value = None if value is None else value * scale(measure, units)
    text = number(value, digits(measure, value))
    if text == "–":
        return text
    if is_share(measure):
        return text + "%"
    if "EUR" not in kind_of(measure):
        return text
    return f"{units.currency} {text}{' million' if measure in MILLIONS else ''}"


def shown_difference(measure: str, value: float | None, units: Units = EUROS) -> str:
    """A difference in points, money or whatever the measure counts; the unit stands beside it in the table."""
    value = None if value is None else value * scale(measure, units)
    return number(value, digits(measure, value), sign=True)


def interval(measure: str, low: float | None, high: float | None, units: Units = EUROS) -> str:
    """+0.21 to +0.57, or that there is none."""
    if low is None or high is None:
        return "none"
    return f"{shown_difference(measure, low, units)} to {shown_difference(measure, high, units)}"


def plain(value: float) -> str:
    """A parameter as somebody would write it: no exponent, no needless zeros."""
    text = f"{Decimal(f'{value:.10g}'):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def money(euros: float, units: Units = EUROS) -> str:
    """EUR 7.9 million, CAD 12,000 or nothing."""
    amount = units.amount(euros)
    if abs(amount) < 0.5:
        return "nothing"
    if abs(amount) < 1e6:
        return f"{units.currency} {number(amount)}"
    return f"{units.currency} {number(amount / 1e6, 1)} million"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


# --- what stands beside it --------------------------------------------------------------------------------------------


def beside(compared: Comparison) -> str:
    """Two strategies against one another, the same people under both; "" unless there are two with a verdict."""
    names, units, month = compared.names, compared.units, compared.when[-1]
    if len(names) != 2 or compared.not_carried_out:
        return ""
    said = []
    for measure in HEADLINE:
        one = compared.contrast(names[0], names[1], measure, month)
        gap = shown_difference(measure, one.difference, units)
        gap = f"{units.currency} {gap} million" if measure == SPENT else gap
        ends = "" if one.low is None else f", {interval(measure, one.low, one.high, units)}"
        said.append(f"{BRIEF[measure]} {one.verdict} ({gap}{ends})")
    return f"{compared.titles[names[0]]} against {compared.titles[names[1]]}: {listed(said)}."


def homes_instead(compared: Comparison) -> str:
    """What the same money would do if it bought homes: a clause for the programme's, one for all payers'; "" without
    controls.  Of more than two strategies all payers' controls are told together."""
    month, units = compared.when[-1], compared.units
    found = {name: compared.contrast(name, NOBODY, PEOPLE, month) for name in compared.controls}
    equal = [one.control for one in compared.equal_cost if one.control in found]
    together = equal if len(equal) > ABREAST else []
    said = []
    for name, one in found.items():
        if name not in together:
            ends = "" if one.low is None else f" ({interval(PEOPLE, one.low, one.high, units)})"
            gap, what = shown_difference(PEOPLE, one.difference, units), compared.titles[name]
            without = _without(compared.contrast(name, NOBODY, WITHOUT, month), units)
            said.append(f"{what[0].lower()}{what[1:]}: {gap} people{ends}{without}")
    sizes = sorted(one.difference for name, one in found.items() if name in together and one.difference is not None)
    if sizes:
        low, high = (shown_difference(PEOPLE, end, units) for end in (sizes[0], sizes[-1]))
        what = compared.domain.own("homes for what all payers paid under each")
        said.append(f"{low} to {high} people with {what}")
    for cost in compared.equal_cost:
        if cost.control is None and len(compared.equal_cost) <= ABREAST:
            text = cost.sentence.removesuffix(".")
            said.append(text[0].lower() + text[1:])
    return f"Beside it: {'; '.join(said)}." if said else ""


def _without(one: Contrast, units: Units) -> str:
    """What becomes of those who have no home: a clause with its range, or that no fewer are without."""
    if one.low is None or one.high is None:
        return ""
    ends = interval(WITHOUT, one.low, one.high, units)
    if one.high < 0:
        return f" and fewer without ({ends})"
    return (
        f" and more without ({ends})"
        if one.low > 0
        else f" and, as far as these runs can tell, no fewer without ({ends})"
    )


def same_money(compared: Comparison) -> str:
    """The heading over controls: what the same money does in homes."""
    return compared.domain.own("What the same money does in homes")


def how_sure(compared: Comparison) -> str:
    """What the interval in the sentence holds: what nobody has measured first, luck second."""
    names = [name for name in compared.names if name not in compared.not_carried_out]
    if not names or compared.replicates < 2:
        return ""
    if not compared.uncertain:
        return ("Ranges are 95% intervals by luck alone. What nobody has measured is left out: the model's numbers "
                "stand at their default values.")  # fmt: skip
    one, luck = compared.contrast(names[0], NOBODY, PEOPLE, compared.when[-1]), ""
    if one.noise_low is not None:
        ends = interval(PEOPLE, one.noise_low, one.noise_high, compared.units)
        luck = f" (alone, for {compared.titles[names[0]]}: {ends})"
    sets = sets_said(len(compared.sets), compared.sample)
    return f"Ranges are 95% intervals. They hold what nobody has measured ({sets}), and luck{luck}."


def sets_said(number: int, sample: Sample | None) -> str:
    """How many parameter sets there are and where they come from, wherever their spread is shown."""
    return f"{number} plausible parameter sets, {drawn_from(sample)}"


def drawn_briefly(sample: Sample | None) -> str:
    """`drawn_from` where there is room for a few words only."""
    return "drawn from ranges, not calibrated" if sample is None else "drawn from a calibrated sample"


def drawn_from(sample: Sample | None) -> str:
    """Where parameter sets come from: the one wording of it."""
    if sample is None:
        return "drawn from the ranges of the evidence and balanced with the place's counts, not calibrated"
    return ("drawn from a calibrated sample where it has a number, else from the ranges of the evidence and balanced "
            "with the place's counts")  # fmt: skip


def units_said(compared: Comparison) -> list[str]:
    """In what money, of what year, discounted or not, and at what size numbers are given."""
    rate = compared.discount_rate
    sums = f"discounted by {plain(100 * rate)}% a year" if rate else "undiscounted"
    said = [f"Money: {compared.place.currency}, {compared.place.prices}; sums since month 0 of all payers, unpaid "
            f"hours included, {sums}."]  # fmt: skip
    if compared.scaled:
        said.append(f"People, places and money are scaled up from {compared.first.people:,} simulated people to "
                    f"{compared.first.real_size:,}.")  # fmt: skip
    if compared.programme is not None:
        said.append(f"What lasts is read {compared.after(compared.when[-1])}.")
    return said


def explained() -> str:
    """What the verdicts mean."""
    return "  ".join(f"{capital(word)}: {text}." for word, text in EXPLAINED.items())


def margins_said(compared: Comparison) -> str:
    """What matters in practice, in words: how large a difference must be."""
    said = []
    for measure in HEADLINE:
        rule = MARGIN[measure]
        if measure in BASES:
            share, base, at_start = BASES[measure]
            of = compared.domain.says(SPOKEN[base]) if base in SPOKEN else label(base, compared.domain)
            at = " at the start" if at_start else ""
            said.append(f"{BRIEF[measure]} {plain(100 * share)}% of {of[0].lower()}{of[1:]}{at}")
        else:
            said.append(f"{BRIEF[measure]} {plain(float(str(rule)))}")
    return f"What matters in practice, as shares of the run without a foundation: {', '.join(said)}."


def better_when(measure: str) -> str:
    """ "more is better", "less is better", or "" where neither is."""
    return {1: "more is better", -1: "less is better"}.get(DIRECTION.get(measure, 0), "")
