"""In words: measures, numbers and the one sentence, in the domain's own terms."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from analysis.comparison import Comparison
from analysis.contrasts import NOT_KNOWN, SAME, VERDICTS
from model.measures import HEADLINE, MEASURES
from scenarios.domains import Domain
from scenarios.scenario import NOBODY

EVIDENCE = "evidence"  # the worldview that needs no mention
RUNS, WORLDS = "these runs cannot tell", "what is known cannot tell"  # why a verdict is not known
NAMED_AT_MOST = 4  # strategies with one verdict; more are counted

LABELS = {  # on axes and in tables
    "lasting_places": "Lasting {reformed_places}",
    "secure_share": "People with {secure_outcomes}",
    "cost_per_secure_month": "Cost of a month of {secure_outcome}",
    "crisis": "People {crisis}",
    "reform": "People {reform}",
}
MEANINGS = {
    "lasting_places": "{reformed_places} paid from mainstream money and used by people whom they suit (fit .5 or "
    "more), of all places in use",
    "secure_share": "people with {secure_outcomes}, of all people in the system and up to three years after",
    "cost_per_secure_month": "everything spent in a month, by anybody, unpaid hours of staff and of {service_users} "
    "included, for each person who has a {secure_outcome}",
}
SPOKEN = {  # inside a sentence
    "lasting_places": "lasting {reformed_places}",
    "secure_share": "the share of people with {secure_outcomes}",
    "cost_per_secure_month": "the cost of a month of {secure_outcome}",
}
BRIEF = {"lasting_places": "lasting places", "secure_share": "{secure_outcomes}", "cost_per_secure_month": "cost"}

NAMED = {**BRIEF, "lasting_places": SPOKEN["lasting_places"]}  # short, but in the domain's words where they stand alone


def own(text: str, domain: Domain) -> str:
    """`text` with the domain's words for the general terms: "crisis beds in use" becomes "hostel beds in use"."""
    return domain.own(text)


def capital(text: str) -> str:
    """The same with a capital letter in front."""
    return text[:1].upper() + text[1:]


def label(measure: str, domain: Domain) -> str:
    """What the measure is called on screen."""
    if measure in LABELS:
        return domain.says(LABELS[measure])
    text = own(MEASURES.fields[measure].meaning, domain)
    return text[0].upper() + text[1:]


def meaning(measure: str, domain: Domain) -> str:
    """What the measure measures."""
    return domain.says(MEANINGS[measure]) if measure in MEANINGS else own(MEASURES.fields[measure].meaning, domain)


def is_share(measure: str) -> bool:
    """Shown in per cent, and its differences in points."""
    return MEASURES.fields[measure].unit == "share"


def unit(measure: str, difference: bool = False) -> str:
    """What one of the shown numbers is."""
    if is_share(measure):
        return "points" if difference else "per cent"
    return MEASURES.fields[measure].unit


def scale(measure: str) -> float:
    """What a number is multiplied with before it is shown."""
    return 100.0 if is_share(measure) else 1.0


def number(value: float | None, digits: int = 0, sign: bool = False) -> str:
    """12,345 or +1.2; "–" where there is none.  Nothing rounds to a minus zero."""
    if value is None or value != value:
        return "–"
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", "−")


def digits(measure: str) -> int:
    """Decimals that are shown."""
    return 2 if is_share(measure) else 0


def shown(measure: str, value: float | None) -> str:
    """A value with its unit: 32.57%, EUR 4,590, 3,612."""
    text = number(None if value is None else value * scale(measure), digits(measure))
    if text == "–":
        return text
    if is_share(measure):
        return text + "%"
    return f"EUR {text}" if "EUR" in unit(measure) else text


def shown_difference(measure: str, value: float | None) -> str:
    """A difference in points, euros or whatever the measure counts; the unit stands beside it in the table."""
    return number(None if value is None else value * scale(measure), digits(measure), sign=True)


def plain(value: float) -> str:
    """A parameter as somebody would write it: no exponent, no needless zeros."""
    text = f"{Decimal(f'{value:.10g}'):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def money(euros: float) -> str:
    """EUR 7.9 million, EUR 12,000 or nothing."""
    if abs(euros) < 0.5:
        return "nothing"
    return f"EUR {euros / 1e6:,.1f} million" if abs(euros) >= 1e6 else f"EUR {euros:,.0f}"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def predicate(verdicts: Mapping[str, str], names: Mapping[str, str], every: str, why: str = RUNS) -> str:
    """What the verdicts of the three headline measures say, e.g. "better on cost and practically the same on ...".

    `every` stands for all three when they share one verdict; `why` something is not known is RUNS or WORLDS.
    """
    parts = []
    for word in VERDICTS:
        those = [names[measure] for measure in HEADLINE if verdicts[measure] == word]
        if those:
            what = every if len(those) == len(HEADLINE) else listed(those)
            parts.append(f"{word} on {what}" + (f" ({why})" if word == NOT_KNOWN else ""))
    return listed(parts)


def verdicts(rows: pl.DataFrame, scenario: str, against: str, month: int) -> dict[str, str]:
    """The three verdicts of one pair in one month."""
    pair = rows.filter(pl.col("scenario") == scenario, pl.col("against") == against, pl.col("month") == month)
    return dict(pair.select("measure", "verdict").iter_rows())


def sentence(comparison: Comparison) -> str:
    """One sentence for a board: which strategy did better in what lasts, against what, and what it cost.

    It says what the verdicts of the last moment say, all three measures together, and nothing more.
    """
    titles, names = comparison.titles, comparison.names
    opening = _opening(comparison)
    if not names:
        return f"{opening}, this is what happens without a foundation; there is nothing to compare it with."
    month = comparison.when[-1]
    held = {name: verdicts(comparison.headline, name, NOBODY, month) for name in names}
    spoken = {measure: comparison.domain.says(text) for measure, text in SPOKEN.items()}
    every = listed(list(spoken.values()))
    why = WORLDS if comparison.uncertain else RUNS
    if len(names) == 1:
        found = f"{titles[names[0]]} compared with no foundation is {predicate(held[names[0]], spoken, every, why)}"
    elif len(names) == 2:
        a, b = (titles[name] for name in names)
        apart = predicate(verdicts(comparison.between, *names, month), spoken, every, why)
        found = f"{a} compared with {b} is {apart}; {_beside_nobody(comparison)}"
    else:
        said = [f"on {spoken[measure]}, {_tally({titles[n]: held[n][measure] for n in names})}" for measure in HEADLINE]
        found = f"of {len(names)} strategies compared with no foundation: {'; '.join(said)}"
    return f"{opening}, {comparison.after(month)}, {found}; {_spending(comparison)}."


def headline(comparison: Comparison) -> str:
    """The same for a screen, in some thirty words: who did better on what, at the last moment.  `aside` says the rest.

    One strategy is held against no foundation, two against one another; of more, verdicts are counted.
    """
    titles, names = comparison.titles, comparison.names
    if not names:
        return "This is what happens without a foundation."
    month = comparison.when[-1]
    brief = {measure: comparison.domain.says(text) for measure, text in NAMED.items()}
    when = comparison.after(month)
    if len(names) <= 2:
        against = NOBODY if len(names) == 1 else names[1]
        rows = comparison.headline if against == NOBODY else comparison.between
        other = "no foundation" if against == NOBODY else titles[against]
        found = _briefly(verdicts(rows, names[0], against, month), brief, titles[names[0]], other)
        return f"{when[0].upper()}{when[1:]}, {found}."
    held = [verdicts(comparison.headline, name, NOBODY, month) for name in names]
    counts = []
    for measure in HEADLINE:
        words = [each[measure] for each in held]
        tally = [f"{'all' if words.count(word) == len(names) else words.count(word)} {word}"
                 for word in VERDICTS if word in words]  # fmt: skip
        counts.append(f"{brief[measure]}: {', '.join(tally)}")
    return f"{len(names)} strategies against no foundation, {when} – {'; '.join(counts)}."


def aside(comparison: Comparison) -> str:
    """What `headline` leaves out: the other contrasts, who or what is meant, what was spent, and that it is a model."""
    names, spent = comparison.names, ""
    if names:
        text = _spending(comparison)
        spent = f"{text[0].upper()}{text[1:]}. "
    if len(names) == 2:
        text = _beside_nobody(comparison)
        spent = f"{text[0].upper()}{text[1:]}. {spent}"
    elif len(names) > 2:
        month = comparison.when[-1]
        held = {name: verdicts(comparison.headline, name, NOBODY, month) for name in names}
        titles = comparison.titles
        said = [
            f"{comparison.domain.says(BRIEF[measure])}: {_tally({titles[name]: held[name][measure] for name in names})}"
            for measure in HEADLINE
        ]
        text = "; ".join(said)
        spent = f"{text[0].upper()}{text[1:]}. {spent}"
    return f"{spent}{_opening(comparison)}, not a forecast."


def _briefly(found: Mapping[str, str], names: Mapping[str, str], who: str, other: str) -> str:
    """ "A is better than B on x and practically the same on y; not known: z".  Every verdict once."""
    parts: list[str] = []
    doubt = [names[measure] for measure in HEADLINE if found[measure] == NOT_KNOWN]
    for word in (verdict for verdict in VERDICTS if verdict != NOT_KNOWN):
        those = [names[measure] for measure in HEADLINE if found[measure] == word]
        if those:
            than = "" if parts else f" {'as' if word == SAME else 'than'} {other}"
            parts.append(f"{word}{than} on {listed(those)}")
    if not parts:
        return f"how {who} compares with {other} is not known on {listed(doubt)}"
    return f"{who} is {listed(parts)}" + (f"; not known: {listed(doubt)}" if doubt else "")


def _opening(comparison: Comparison) -> str:
    """In whose world, and whether it is a copy of the place."""
    opening = "In the model"
    if comparison.scaled:
        opening += f", scaled to {comparison.first.people:,} people"
    if comparison.worldview.name != EVIDENCE:
        opening += f", as the worldview '{comparison.worldview.title}' sees it"
    return opening


def _beside_nobody(comparison: Comparison) -> str:
    """Two strategies, each compared with no foundation."""
    why = WORLDS if comparison.uncertain else RUNS
    brief = {measure: comparison.domain.says(text) for measure, text in BRIEF.items()}
    first, second = (
        predicate(verdicts(comparison.headline, name, NOBODY, comparison.when[-1]), brief, "all three", why)
        for name in comparison.names
    )
    a, b = (comparison.titles[name] for name in comparison.names)
    both = f"both are {first}" if first == second else f"{a} is {first}, and {b} is {second}"
    return f"compared with no foundation, {both}"


def _tally(words: Mapping[str, str]) -> str:
    """Who has which verdict: by name, or how many if they are many."""
    parts = []
    for word in VERDICTS:
        who = [title for title, verdict in words.items() if verdict == word]
        if who:
            parts.append(
                f"{listed(who) if len(who) <= NAMED_AT_MOST else len(who)} {'is' if len(who) == 1 else 'are'} {word}"
            )
    return listed(parts)


def _spending(comparison: Comparison) -> str:
    amounts = {name: money(comparison.spent.get(name, 0.0)) for name in comparison.names}
    if len(amounts) == 1:
        return f"the programme spends {next(iter(amounts.values()))}"
    if len(set(amounts.values())) == 1:
        return f"the programmes spend {next(iter(amounts.values()))} each"
    if len(amounts) > NAMED_AT_MOST:
        low, high = (money(pick(comparison.spent.get(name, 0.0) for name in amounts)) for pick in (min, max))
        return f"the programmes spend between {low} and {high}"
    return "the programmes spend " + listed(
        [f"{amount} ({comparison.titles[name]})" for name, amount in amounts.items()]
    )
