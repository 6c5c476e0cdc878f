"""In words: measures, numbers and what stands beside them, in the domain's terms and the place's units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.contrasts import BASES, DIRECTION, EXPLAINED, NOT_KNOWN, Contrast
from analysis.units import EUROS, GROWING, MILLIONS, Units, kind_of
from model.measures import HEADLINE, MARGIN, MEASURES
from scenarios.domains import Domain, capital
from scenarios.language import ENGLISH, N_, say, spoken
from scenarios.scenario import NOBODY

if TYPE_CHECKING:
    from analysis.comparison import Comparison
    from scenarios.plausible import Sample

RUNS = N_("these runs cannot tell")  # why a verdict is not known
EVIDENCE = "evidence"  # the worldview that needs no mention
NOTHING_TO_COMPARE = N_("This is what happens without a foundation. There is nothing to compare it with.")
ABREAST = 2  # controls for the same all-payer money that have a clause each

PEOPLE, SPENT, PLACES, FIT = HEADLINE
WITHOUT = "without_home"

LABELS = {  # on axes and in tables
    "secure_people": N_("People with {secure_outcomes}"),
    "spend_to_date": N_("Spent by all payers"),
    "reform_mainstream": N_("Publicly paid {reformed_places}"),
    "fit": N_("How well {reformed_places} fit"),
    "without_home": N_("People without {secure_outcomes}"),
    "lasting_places": N_("Lasting {reformed_places}"),
    "secure_share": N_("Share of people with {secure_outcomes}"),
    "cost_per_secure_month": N_("Cost of a month of {secure_outcome}"),
    "crisis": N_("People {crisis}"),
    "reform": N_("People {reform}"),
}
MEANINGS = {
    "secure_people": N_("people with {secure_outcomes}: everybody who ever got one and still has it, by whatever door"),
    "spend_to_date": N_(
        "everything spent since month 0 by anybody: public money, the programme's, and unpaid hours of "
        "staff and of {service_users}"
    ),
    "reform_mainstream": N_(
        "{reformed_places} that public money pays for, whoever they fit. This is process: what a "
        "reform is out for, and no good to anybody by itself"
    ),
    "fit": N_("how near {reformed_places} are to what those who live in them want, from 0 to 1"),
    "without_home": N_("people without {secure_outcomes}: {hidden}, {unserved}, {crisis} or {looking}"),
    "lasting_places": N_(
        "{reformed_places} paid from public money and used by people whom they suit (fit .5 or "
        "more), of all places in use"
    ),
    "secure_share": N_("people with {secure_outcomes}, of all people in the system"),
    "cost_per_secure_month": N_(
        "everything spent in a month, by anybody, unpaid hours of staff and of {service_users} "
        "included, for each person who has {a secure_outcome}"
    ),
}
SPOKEN = {  # inside a sentence
    "secure_people": N_("people with {secure_outcomes}"),
    "spend_to_date": N_("what all payers spend"),
    "reform_mainstream": N_("publicly paid {reformed_places}"),
    "fit": N_("how well {reformed_places} fit"),
}
TITLES = {  # on buttons and at the head of a row, as a board would say it
    "secure_people": N_("People with {secure_outcomes}"),
    "spend_to_date": N_("What it costs"),
    "reform_mainstream": N_("Publicly paid places"),
    "fit": N_("How well they fit"),
}
BRIEF = {
    "secure_people": N_("people"), "spend_to_date": N_("spending"), "reform_mainstream": N_("places"), "fit": N_("fit"),
}  # fmt: skip


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
    speech = spoken()
    if speech.locale != ENGLISH and abs(value) != float("inf"):
        return speech.number(value, digits, sign).replace("-", "−")
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
        return per_cent_of(text)
    if "EUR" not in kind_of(measure):
        return text
    return amount(text, units, million=measure in MILLIONS)


def per_cent_of(text: str) -> str:
    """A number with the sign for per cent, as the language writes it: 32.57%."""
    return say("{number}%", number=text)


def per_cent(share: float, digits: int = 0) -> str:
    """A share in per cent: 33%."""
    return per_cent_of(number(100 * share, digits))


def amount(text: str, units: Units, million: bool = False) -> str:
    """A number with the place's money: EUR 4,590, CAD 2,502.5 million."""
    if million:
        return say("{currency} {number} million", currency=units.currency, number=text)
    return say("{currency} {number}", currency=units.currency, number=text)


def shown_difference(measure: str, value: float | None, units: Units = EUROS) -> str:
    """A difference in points, money or whatever the measure counts; the unit stands beside it in the table."""
    value = None if value is None else value * scale(measure, units)
    return number(value, digits(measure, value), sign=True)


def from_to(low: str, high: str) -> str:
    """+0.21 to +0.57."""
    return say("{low} to {high}", low=low, high=high)


def interval(measure: str, low: float | None, high: float | None, units: Units = EUROS) -> str:
    """+0.21 to +0.57, or that there is none."""
    if low is None or high is None:
        return say("none")
    return from_to(shown_difference(measure, low, units), shown_difference(measure, high, units))


def plain(value: float) -> str:
    """A parameter as somebody would write it: no exponent, no needless zeros."""
    text = f"{Decimal(f'{value:.10g}'):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if spoken().locale != ENGLISH:
        return number(value, len(text.partition(".")[2]))
    return text.replace("-", "−")


def money(euros: float, units: Units = EUROS) -> str:
    """EUR 7.9 million, CAD 12,000 or nothing."""
    own_money = units.amount(euros)
    if abs(own_money) < 0.5:
        return say("nothing")
    if abs(own_money) < 1e6:
        return amount(number(own_money), units)
    return amount(number(own_money / 1e6, 1), units, million=True)


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return spoken().listed(parts)


def small(text: str) -> str:
    """The same with a small letter in front."""
    return text[:1].lower() + text[1:]


def in_words(one: Contrast) -> str:
    """The word for a difference as it is shown; where it is not known, by what."""
    if one.verdict == NOT_KNOWN:
        return say("not known (these runs cannot tell)")
    return say(one.verdict or str(one.reason))


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
        gap = amount(gap, units, million=True) if measure == SPENT else gap
        what = {"what": say(BRIEF[measure]), "verdict": say(str(one.verdict)), "gap": gap}
        if one.low is None:
            said.append(say("{what} {verdict} ({gap})", **what))
        else:
            ends = interval(measure, one.low, one.high, units)
            said.append(say("{what} {verdict} ({gap}, {ends})", **what, ends=ends))
    first, second = (compared.titles[name] for name in names)
    return say("{first} against {second}: {differences}.", first=first, second=second, differences=listed(said))


def homes_instead(compared: Comparison) -> str:
    """What the same money would do if it bought homes: a clause for the programme's, one for all payers'; "" without
    controls.  Of more than two strategies all payers' controls are told together."""
    month, units = compared.when[-1], compared.units
    found = {name: compared.contrast(name, NOBODY, PEOPLE, month) for name in compared.controls}
    equal = [one.control for one in compared.equal_cost if one.control in found]
    together = equal if len(equal) > ABREAST else []
    said = [_of_control(compared, name, one) for name, one in found.items() if name not in together]
    sizes = sorted(one.difference for name, one in found.items() if name in together and one.difference is not None)
    if sizes:
        low, high = (shown_difference(PEOPLE, end, units) for end in (sizes[0], sizes[-1]))
        text = N_("{low} to {high} people with {homes} for what all payers paid under each")
        said.append(compared.domain.says(text, low=low, high=high))
    for cost in compared.equal_cost:
        if cost.control is None and len(compared.equal_cost) <= ABREAST:
            said.append(small(cost.sentence.removesuffix(".")))
    return say("Beside it: {clauses}.", clauses="; ".join(said)) if said else ""


def _of_control(compared: Comparison, name: str, one: Contrast) -> str:
    """A control's clause: how many people, and what becomes of those who have no home."""
    units = compared.units
    gap, what = shown_difference(PEOPLE, one.difference, units), small(compared.titles[name])
    if one.low is None:
        people = say("{what}: {gap} people", what=what, gap=gap)
    else:
        ends = interval(PEOPLE, one.low, one.high, units)
        people = say("{what}: {gap} people ({ends})", what=what, gap=gap, ends=ends)
    return _without(compared.contrast(name, NOBODY, WITHOUT, compared.when[-1]), units, people)


def _without(one: Contrast, units: Units, people: str = "") -> str:
    """The clause, and what becomes of those who have no home: with its range, or that no fewer are without."""
    if one.low is None or one.high is None:
        return people
    ends = interval(WITHOUT, one.low, one.high, units)
    if one.high < 0:
        return say("{people} and fewer without ({ends})", people=people, ends=ends)
    if one.low > 0:
        return say("{people} and more without ({ends})", people=people, ends=ends)
    return say("{people} and, as far as these runs can tell, no fewer without ({ends})", people=people, ends=ends)


def same_money(compared: Comparison) -> str:
    """The heading over controls: what the same money does in homes."""
    return compared.domain.says(N_("What the same money does in {homes}"))


def how_sure(compared: Comparison) -> str:
    """What the interval in the sentence holds: what nobody has measured first, luck second."""
    names = [name for name in compared.names if name not in compared.not_carried_out]
    if not names or compared.replicates < 2:
        return ""
    if not compared.uncertain:
        return say("Ranges are 95% intervals by luck alone. What nobody has measured is left out: the model's numbers "
                   "stand at their default values.")  # fmt: skip
    one = compared.contrast(names[0], NOBODY, PEOPLE, compared.when[-1])
    sets = sets_said(len(compared.sets), compared.sample)
    if one.noise_low is None:
        return say("Ranges are 95% intervals. They hold what nobody has measured ({sets}), and luck.", sets=sets)
    ends = interval(PEOPLE, one.noise_low, one.noise_high, compared.units)
    return say("Ranges are 95% intervals. They hold what nobody has measured ({sets}), and luck (alone, for "
               "{strategy}: {ends}).", sets=sets, strategy=compared.titles[names[0]], ends=ends)  # fmt: skip


def sets_said(number: int, sample: Sample | None) -> str:
    """How many parameter sets there are and where they come from, wherever their spread is shown."""
    return say("{number} plausible parameter sets, {drawn_from}", number=str(number), drawn_from=drawn_from(sample))


def drawn_briefly(sample: Sample | None) -> str:
    """`drawn_from` where there is room for a few words only."""
    return say("drawn from ranges, not calibrated") if sample is None else say("drawn from a calibrated sample")


def drawn_from(sample: Sample | None) -> str:
    """Where parameter sets come from: the one wording of it."""
    if sample is None:
        return say("drawn from the ranges of the evidence and balanced with the place's counts, not calibrated")
    return say("drawn from a calibrated sample where it has a number, else from the ranges of the evidence and "
               "balanced with the place's counts")  # fmt: skip


def units_said(compared: Comparison) -> list[str]:
    """In what money, of what year, discounted or not, and at what size numbers are given."""
    rate, money_of = compared.discount_rate, {"currency": compared.place.currency, "prices": compared.place.prices}
    if rate:
        said = [say("Money: {currency}, {prices}; sums since month 0 of all payers, unpaid hours included, "
                    "discounted by {rate}% a year.", **money_of, rate=plain(100 * rate))]  # fmt: skip
    else:
        said = [say("Money: {currency}, {prices}; sums since month 0 of all payers, unpaid hours included, "
                    "undiscounted.", **money_of)]  # fmt: skip
    if compared.scaled:
        said.append(say("People, places and money are scaled up from {simulated} simulated people to {real}.",
                        simulated=compared.first.people, real=compared.first.real_size))  # fmt: skip
    if compared.programme is not None:
        said.append(say("What lasts is read {when}.", when=compared.after(compared.when[-1])))
    return said


def explained() -> str:
    """What the verdicts mean."""
    return "  ".join(say("{verdict}: {meaning}.", verdict=capital(say(word)), meaning=say(text))
                     for word, text in EXPLAINED.items())  # fmt: skip


def margins_said(compared: Comparison) -> str:
    """What matters in practice, in words: how large a difference must be."""
    said = []
    for measure in HEADLINE:
        rule, what = MARGIN[measure], say(BRIEF[measure])
        if measure in BASES:
            share, base, at_start = BASES[measure]
            of = compared.domain.says(SPOKEN[base]) if base in SPOKEN else label(base, compared.domain)
            text = N_("{what} {share}% of {base} at the start") if at_start else N_("{what} {share}% of {base}")
            said.append(say(text, what=what, share=plain(100 * share), base=small(of)))
        else:
            said.append(say("{what} {margin}", what=what, margin=plain(float(str(rule)))))
    return say("What matters in practice, as shares of the run without a foundation: {margins}.",
               margins=", ".join(said))  # fmt: skip


def better_when(measure: str) -> str:
    """ "more is better", "less is better", or "" where neither is."""
    sign = DIRECTION.get(measure, 0)
    return "" if sign == 0 else say("more is better") if sign > 0 else say("less is better")
