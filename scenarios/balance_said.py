"""What does not agree in a place's figures, in the language of the process and a field's words.

The model knows no language, and its text is part of the edition of the rules: its sentences (model/balance_words.py)
are known by their templates here, as those of the engine are in scenarios/refused.py.
"""

import re
from functools import cache

from scenarios.domains import Domain
from scenarios.language import ENGLISH, G_, N_, say, spoken

# Longer ones first where one begins like another.
SENTENCES = (
    G_("No rates were found under which all counts of this place stand together; the run begins with the nearest ones, "
       "and stocks will move."),
    G_("With these figures hidden homelessness falls by {size} people a month, to none in {time}: check the {inflow} "
       "new people a month against {supply} homes a month, and the {ratio} people hidden homeless for each crisis "
       "resident."),
    G_("With these figures hidden homelessness grows by {size} people a month and doubles in {time}: check the "
       "{inflow} new people a month against {supply} homes a month, and the {ratio} people hidden homeless for each "
       "crisis resident."),
    G_("With these figures hidden homelessness grows by {size} people a month: check the {inflow} new people a month "
       "against {supply} homes a month, and the {ratio} people hidden homeless for each crisis resident."),
    G_("With these figures people on the street do not stay {count} but become about {later}: check both these {again} "
       "and that {share}% of {inflow} new people a month begin there."),
    G_("{free} of {all} crisis beds stay empty, although everybody who asks gets one: check the {count} crisis beds, "
       "and that {share}% are in use, against {inflow} new people a month."),
    G_("Beds follow need by right, and {size} people a month more ask than these beds hold, however seldom people ask "
       "in the ranges: check the {count} crisis beds against {inflow} new people a month."),
    G_("{free} of {all} reformed places stay empty, although everybody who is put forward gets an offer: check these "
       "{again} places, and that a professional puts somebody forward with a chance of {chance} a month."),
    G_("{free} of {all} homes a month are taken by nobody, although everybody who waits gets one: check these {again} "
       "homes against {waiting} people in crisis beds."),
    G_("{free} of {all} homes a month are taken by nobody, although everybody who waits gets one: check these {again} "
       "homes against the assumption that nobody who stays long moves to a home without support."),
    G_("{share}% of residents have been there for less than six months, not {other}% as published, however often long "
       "stays end without a home: check {inflow} new people a month against {count} crisis beds."),
    G_("{count} different people are in crisis beds or on the street in a year, not {other} as published, however "
       "many newcomers are short stayers: check the {inflow} new people a month."),
    G_("There are no reformed places: nothing that is assumed of them matters here until some are opened."),
    G_("No homes become free: who comes first for one does not matter here."),
    G_("Nobody comes to the street: nothing that is assumed of people there matters here."),
)  # fmt: skip
TIMES = {"months": N_("{many} months"), "years": N_("{many} years")}  # with a number or a word for one
A_MONTH = "a month"  # as a time, not as a rate
NUMBER = r"[+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?"
TIME = rf"{A_MONTH}|[\w,]+ (?:{'|'.join(TIMES)})"
GAP = re.compile(r"\\{(\w+)\\}")  # of an escaped template


def balance_said(text: str, domain: Domain) -> str:
    """A sentence of the model on what does not agree, as a person reads it; in English with the field's words alone."""
    if spoken().language == ENGLISH:
        return domain.own(text)
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return domain.own(template, **{name: _filled(name, part) for name, part in found.groupdict().items()})
    return domain.own(text)


def _filled(name: str, text: str) -> str:
    if name != "time":
        text = text.replace(",", "")
        return text if "e" in text else spoken().number(float(text), len(text.partition(".")[2]))
    if text == A_MONTH:
        return say("one month")
    many, _, unit = text.partition(" ")
    return say(TIMES[unit], many=say(many) if many.isalpha() else _filled("", many))


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Of each template what its sentences look like."""
    return [(template, re.compile(GAP.sub(_gap, re.escape(template)))) for template in SENTENCES]


def _gap(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{TIME if found[1] == 'time' else NUMBER})"
