"""People: where everybody is, a field of dots that plays month by month, and one life under both strategies."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import ceil
from typing import Any

import numpy as np
import solara

from agents.service_user import GONE, SITUATIONS
from analysis.comparison import SoFar
from analysis.figures import NOISE
from analysis.lives import spells, told
from analysis.people import (
    NEEDS,
    SHOWN,
    Shift,
    Whereabouts,
    areas_said,
    areas_table,
    elsewhere,
    field,
    needs,
    runs_of,
    sentence,
    shift_said,
    shift_table,
    shifts,
    spots,
    whereabouts,
    whereabouts_by_need,
)
from analysis.uncertainty import BOTH
from analysis.words import small
from dashboard.about import size_said
from dashboard.looks import FAINT, NOBODY_INK, PAPER, QUIET, dashes, ink, line, rounded
from dashboard.pages.compare import holds
from dashboard.parts import Chart, Dots, LifeTold, Scene, Table, element
from dashboard.parts.legend import LinesSaid
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import Seen, StudyProgress, Tell, Work, use_study
from dashboard.texts import runs_said
from engine.errors import BadInput
from evidence.strata import THIRDS
from model.state import BURN_IN
from runs.crowd import crowd
from runs.lives import Life, two_lives
from runs.pasts import Pasts
from runs.running import burnt_in
from scenarios.choice import Choice
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY, Scenario

DRAWN = 500_000  # people times months that are drawn at most; of more, a sample.  Some 0.2 MB a run.  Assumption
LOOK = 4  # months between two looks at whether somebody still waits
SHAPES = {"housed": "bar", "settled": "circle", "reform": "diamond", "looking": "hollow", "crisis": "square",
          "hidden": "ring", "unserved": "triangle"}  # fmt: skip
DECALS: list[dict[str, Any]] = [  # as SHOWN; a pattern each, so that colour is not needed
    {"symbol": "rect", "dashArrayX": [2, 6], "dashArrayY": [2, 6]},
    {"symbol": "none"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.785},
    {"symbol": "circle", "dashArrayX": [[4, 4], [0, 4, 4, 0]], "dashArrayY": [4, 0], "symbolSize": 0.8},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [1, 6]},
    {"symbol": "circle", "dashArrayX": [[8, 8], [0, 8, 8, 0]], "dashArrayY": [6, 0], "symbolSize": 0.5},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 3], "rotation": 0.785},
]
DASHES: tuple[Any, ...] = ([14, 3], "solid", [9, 4], [2, 3], [9, 3, 2, 3], [5, 2], [1, 2])  # as SHOWN
EVERYBODY = "all"
THIRDS_SAID = {"low": N_("low need"), "middle": N_("middle need"), "high": N_("high need")}
DRAWN_SAID = {  # by whether a sample is drawn, and whether both sides show the same run
    (False, True): N_("Everybody who is there in any month is drawn, simulated people: one run (seed {seed})."),
    (False, False): N_(
        "Everybody who is there in any month is drawn, simulated people: one run (seed {seed}), the same people on "
        "both sides. {apart}"
    ),
    (True, True): N_(
        "Drawn is a sample of one in {one_in} people, chosen by their number, whatever becomes of them, simulated "
        "people: one run (seed {seed})."
    ),
    (True, False): N_(
        "Drawn is a sample of one in {one_in} people, chosen by their number, whatever becomes of them, simulated "
        "people: one run (seed {seed}), the same people on both sides. {apart}"
    ),
}


@dataclass(frozen=True)
class View:
    """What is said of the mean of the runs; made once for everybody who sees the answer."""

    sentence: str
    where: Whereabouts
    shifts: dict[str, Shift]
    head: list[str]
    rows: list[list[str]]
    caption: str  # of that table


def view(compared: SoFar) -> View:
    """All words and numbers of a comparison."""
    month = compared.when[-1]
    caption = say("Mean of {runs}, month {month} ({when}); differences are from no foundation. {holds}",
                  runs=runs_said(compared.replicates), month=str(month), when=compared.after(month),
                  holds=say(BOTH if compared.uncertain else NOISE))  # fmt: skip
    return View(sentence(compared), whereabouts(compared), shifts(compared), *needs(compared), caption)


@dataclass(frozen=True)
class Field:
    """A crowd, packed for the browser: people, spots and months of arrival as little-endian numbers, one base64 text
    each; `runs` by scenario as `analysis.people.runs_of` writes them; `apart` a sentence for each pair of scenarios."""

    months: int
    one_in: int
    ends: tuple[int, ...]
    people: str
    spot: str
    came: str
    runs: dict[str, str]
    apart: dict[tuple[str, str], str]
    by_need: dict[str, Whereabouts]

    @property
    def shipped(self) -> dict[str, Any]:
        """What both sides of the field share."""
        return {"months": self.months, "ends": list(self.ends), "one_in": self.one_in,
                "people": self.people, "spot": self.spot, "came": self.came, "gone": GONE}  # fmt: skip


class _Stopped(Exception):
    """Nobody waits for this any more."""


def field_of(scenarios: Sequence[Scenario], pasts: Pasts) -> Work:
    """The work of recording one run of each scenario: everybody's place in every month."""

    def work(tell: Tell, cancel: Any) -> Field:
        total, done = BURN_IN + sum(one.months + 1 for one in scenarios), 0

        def tick(months: int) -> None:
            nonlocal done
            done += months
            if done % LOOK == 0:
                tell(done, total)
                if cancel.is_set():
                    raise _Stopped

        first = scenarios[0]
        past = pasts.find(first.burn_in_key)
        if past is None:
            past = burnt_in(first, tick)
            pasts.keep(first.burn_in_key, past)
        size = (first.people or first.real_size) * (first.months + 1)
        made = crowd(past, scenarios, ceil(size / DRAWN), tick)
        where = spots(made)
        return Field(
            made.months, made.one_in, where.ends, _packed(made.people, "<u4"), _packed(where.spot, "<u4"),
            _packed(where.came, "<u2"),
            {label: b64encode(runs_of(field(made, where, i))).decode() for i, label in enumerate(made.scenarios)},
            {pair: elsewhere(made, *pair) for pair in permutations(made.scenarios, 2)},
            {need: whereabouts_by_need(made, need) for need in THIRDS},
        )  # fmt: skip

    return work


def life_of(person: int, a: Scenario, b: Scenario) -> Work:
    """The work of living two runs again and keeping one person's months."""

    def work(tell: Tell, cancel: Any) -> Any:
        def on_progress(month: int, of: int) -> None:
            if month % LOOK == 0:
                tell(month, of)
                if cancel.is_set():
                    raise _Stopped

        return two_lives(a, b, person, on_progress)

    return work


def _packed(numbers: Any, kind: str) -> str:
    return b64encode(np.asarray(numbers).astype(kind).tobytes()).decode()


# --- the page ---------------------------------------------------------------------------------------------------------


@solara.component
def People(session: Session) -> None:
    """The page."""
    screen, answer = session.screen.value, session.answer.value
    made = answer.best.view(view) if answer is not None else None
    seen = use_study(("crowd", screen.subject), field_of(screen.scenarios, session.desk.finished.pasts))
    element("h1", made.sentence if made else say("Following everybody through both futures …"), cls="u-title")
    _Status(session)
    if made is not None and answer is not None:
        _Areas(session, made, seen, answer.best.number)
    with element("section", cls="u-people-part", label=say("Everybody, one by one")):
        element("h2", say("Everybody, one by one"))
        found: Field | None = seen.result if seen.state == "done" else None
        if found is None:
            StudyProgress(seen, say("Recording where everybody is"))
        else:
            _Dots(session, found, seen.number)
            _Life(session)


@solara.component
def _Status(session: Session) -> None:
    """How far the runs are."""
    answer, screen = session.answer.value, session.screen.value
    with element("p", cls="u-status", attributes={"role": "status", "id": "status"}):
        if session.failed.value:
            element("span", session.failed.value, cls="u-trouble")
        elif answer is None or not session.current:
            element("span", say("Running the first replicates of this scenario …"))
        else:
            element(
                "span",
                say("{holds} {size}.", holds=holds(answer, screen), size=capital(size_said(screen.scenarios[0]))),
                attributes={"id": "replicates", "data-replicates": str(answer.best.compared.replicates)},
            )


@solara.component
def _Areas(session: Session, made: View, seen: Seen, number: int) -> None:
    """Stacked areas, a picture for each strategy and one without a foundation."""
    screen = session.screen.value
    domain, need = screen.domain, screen.remembered("x-need", EVERYBODY)
    recorded: Field | None = seen.result if seen.state == "done" else None
    one_third = need in THIRDS
    where = recorded.by_need[need] if one_third and recorded is not None else made.where
    with element("section", cls="u-people-part", label=say("Where people are")):
        element("h2", say("Where people are, month by month"))
        with element("div", cls="u-people-who"):
            Scene(
                fields=[{"name": "need", "label": say("People of"), "kind": "choice",
                         "value": need if one_third else EVERYBODY, "hint": "",
                         "options": [{"value": EVERYBODY, "title": say("every need")},
                                     *({"value": name, "title": say(NEEDS[name])} for name in THIRDS)]}],
                event_change=lambda d: session.change(lambda s: s.with_more(
                    "x-need", None if d["value"] not in THIRDS else str(d["value"])), "need"),
            )  # fmt: skip
            _Situations(domain)
        if one_third and recorded is None:
            element("p", say("This is recorded in a run of its own, which is under way."), cls="u-quiet")
        else:
            with element("div", cls="u-panels"):
                for label in where.counts:
                    head, rows = areas_table(where, label, domain)
                    Chart(
                        areas(where, label, domain, screen.scenarios), title=titles(screen)[label],
                        unit=say("simulated people") if one_third else say("people"),
                        says=areas_said(where, label, domain), head=head, rows=rows,
                        rev=number if where.runs > 1 or not one_third else number + 1, name=f"chart-where-{label}",
                        height=300,
                    )  # fmt: skip
            element("p", _pictures_said(where, screen.seed, one_third), cls="u-quiet")
        if not one_third and made.shifts:
            element("h3", say("How that differs from no foundation"))
            lines = [(domain.word(place), f"var(--at-{place})", dash, 3.0)
                     for place, dash in zip(SHOWN, DASHES, strict=True)]  # fmt: skip
            LinesSaid(lines, say("Lines in the charts of differences"))
            edge = max(_edge(shift) for shift in made.shifts.values())
            with element("div", cls="u-panels"):
                for label, shift in made.shifts.items():
                    head, rows = shift_table(shift, domain)
                    Chart(
                        moves(shift, domain, edge),
                        title=say("{who} against no foundation", who=titles(screen)[label]),
                        unit=say("people more or fewer"),
                        says=shift_said(shift, domain), head=head, rows=rows, rev=number,
                        name=f"chart-shift-{label}", height=280,
                    )  # fmt: skip
        element("h3", domain.says("People with {secure_outcomes}, by need"))
        Table(head=made.head, rows=made.rows, caption=made.caption)


def _pictures_said(where: Whereabouts, seed: int, one_third: bool) -> str:
    """What the stacked areas hold."""
    if one_third:
        return say("Each picture shows one recorded run (seed {seed}), simulated people. Shaded in the background: a "
                   "programme is running.", seed=str(seed))  # fmt: skip
    return say("Each picture shows the mean of {runs}, at the size of the place. Shaded in the background: a programme "
               "is running.", runs=runs_said(where.runs))  # fmt: skip


@solara.component
def _Situations(domain: Domain) -> None:
    """Colour and pattern of each situation, in words' company."""
    with element("ul", cls="u-legend", label=say("Situations")):
        for place in SHOWN:
            with element("li"):
                element("span", cls=f"u-at u-at-{place}", attributes={"aria-hidden": "true"})
                element("span", domain.word(place))


@solara.component
def _Dots(session: Session, found: Field, number: int) -> None:
    """The field, both sides."""
    screen = session.screen.value
    left, right = pair(screen)
    names = titles(screen)
    said = say(DRAWN_SAID[found.one_in > 1, left == right], one_in=str(found.one_in), seed=str(screen.seed),
               apart=found.apart.get((left, right), ""))  # fmt: skip
    element("p", said, cls="u-quiet")
    Dots(
        field=found.shipped,
        sides=[{**_side(screen, label), "runs": found.runs[label], "value": label} for label in (left, right)],
        options=[{"value": label, "title": names[label]} for label in names],
        places=[{"code": SITUATIONS.index(place), "title": screen.domain.word(place), "shape": SHAPES[place],
                 "ink": f"--at-{place}"} for place in SHOWN],
        thirds=[say(THIRDS_SAID[name]) for name in THIRDS], programme=list(programme(screen.scenarios)),
        start=_month(screen), chosen=screen.remembered("x-person"), trouble=session.complaints.value.get("person", ""),
        rev=number, name="dots",
        event_month=lambda month: session.change(lambda s: s.with_more("x-month", str(int(month))), "month"),
        event_person=lambda text: session.change(lambda s: s.with_more("x-person", _number(text)), "person"),
        event_side_changed=lambda d: session.change(
            lambda s: s.with_more(("x-left", "x-right")[int(d["side"])], str(d["value"]))),
    )  # fmt: skip


@solara.component
def _Life(session: Session) -> None:
    """One person's life under the two strategies of the field."""
    screen = session.screen.value
    text = screen.remembered("x-person")
    person = int(text) if text.isdecimal() else 0
    left, right = pair(screen)
    by_label = {one.label: one for one in screen.scenarios}
    a, b = by_label[left], by_label[right]
    seen = use_study(("life", screen.subject, person, left, right), life_of(person, a, b), wanted=text.isdecimal())
    if not text.isdecimal():
        element("p", say("Nobody is chosen yet: click a dot, or type a number."), cls="u-quiet")
        return
    if seen.state != "done":
        StudyProgress(seen, say("Living the life of person {person} again", person=str(person)))
        return
    story, names = told(seen.result, screen.domain), titles(screen)
    apart = (say("The two lives are the same to the last digit.") if story.apart is None else
             say("The two lives part in month {month}.", month=str(story.apart)))  # fmt: skip
    who = {"person": str(person), "left": names[left], "right": names[right]}
    with element("section", cls="u-people-part", label=say("Person {person}", **who), attributes={"id": "life-of"}):
        element("h2", say("Person {person}: one life, two futures", **who))
        element("p", story.portrait, cls="u-life-who")
        stays = [[str(first), str(last), names[label], place]
                 for label, life in zip((left, right), seen.result, strict=True)
                 for first, last, place in spells(life, screen.domain)]  # fmt: skip
        Chart(
            steps(seen.result, screen, (left, right)), title=say("Where this person is"), says=apart,
            description=say("Where person {person} is under {left} and under {right}; in words below.", **who),
            head=[say("From month"), say("to month"), say("under"), small(say("Place"))], rows=stays, rev=seen.number,
            name="chart-life", height=320,
        )  # fmt: skip
        LifeTold(
            number=str(person), rows=[[str(month), one, other] for month, one, other in story.rows],
            sides=[{**_side(screen, label), "summary": said}
                   for label, said in zip((left, right), story.summaries, strict=True)],
            command=person_command(screen, person, left, right), name="life",
        )  # fmt: skip


# --- pieces -----------------------------------------------------------------------------------------------------------


def titles(screen: Screen) -> dict[str, str]:
    """What each run is called, the one without a foundation first."""
    return {one.label: say("No foundation") if one.label == NOBODY else one.strategy.title for one in screen.scenarios}


def pair(screen: Screen) -> tuple[str, str]:
    """Which two runs stand side by side: as the address says, else the first two strategies."""
    labels = [one.label for one in screen.scenarios]
    usual = labels[1:3] if len(labels) > 2 else [labels[0], labels[-1]]
    left, right = (screen.remembered(key, label) for key, label in zip(("x-left", "x-right"), usual, strict=True))
    return (left if left in labels else usual[0], right if right in labels else usual[1])


def person_command(screen: Screen, person: int, a: str, b: str) -> str:
    """What somebody types to read the same two lives."""
    choices = {one.label: choice for one, choice in zip(screen.scenarios[1:], screen.choices, strict=False)}
    pair = tuple(choices.get(label, Choice(NOBODY)) for label in (a, b))
    return replace(screen, choices=pair).command_line(f"person {person}")


def programme(scenarios: Sequence[Scenario]) -> tuple[int, ...]:
    """First and last month in which any foundation is at work; () if none ever is."""
    found = [one.programme for one in scenarios if one.programme]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else ()


def _side(screen: Screen, label: str) -> dict[str, str]:
    labels = [one.label for one in screen.scenarios if one.label != NOBODY]
    if label == NOBODY:
        return {"title": say("No foundation"), "ink": NOBODY_INK, "dash": ""}
    i = labels.index(label)
    return {"title": titles(screen)[label], "ink": ink(i), "dash": dashes(line(i))}


def _month(screen: Screen) -> int:
    """The month that the field begins with: as the address says, else the last."""
    text = screen.remembered("x-month")
    return min(int(text), screen.months) if text.isdecimal() else screen.months


def _number(text: Any) -> str:
    """A person's number as it stands in the address; BadInput if it is none."""
    found = str(text).strip()
    if not found.isdecimal() or len(found) > 10:
        raise BadInput(say("'{given}' is not the number of a person", given=found[:20]), allowed=say("a whole number"),
                       do=say("Click a dot to see one"))  # fmt: skip
    return str(int(found))


def areas(found: Whereabouts, label: str, domain: Domain, scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """One scenario's stacked areas; bands only come out right on a category axis."""
    own, last = found.counts[label], found.months
    step = next(s for s in (6, 12, 24, 48, 120) if last / s <= 6)
    series: list[dict[str, Any]] = []
    for place, values in zip(SHOWN, own, strict=True):
        colour = f"var(--at-{place})"
        series.append({
            "type": "line", "name": domain.word(place), "stack": "people", "data": rounded(values),
            "symbol": "none", "lineStyle": {"color": PAPER, "width": 1}, "itemStyle": {"color": colour},
            "areaStyle": {"color": colour, "opacity": 1},
        })  # fmt: skip
    shown = programme([one for one in scenarios if one.label == label])
    if shown:
        series[-1]["markArea"] = {
            "silent": True, "itemStyle": {"color": "var(--programme)", "opacity": 1},
            "label": {"show": True, "position": "insideTop", "color": QUIET, "fontSize": 11},
            "data": [[{"xAxis": str(shown[0]), "name": say("programme")}, {"xAxis": str(min(shown[1], last))}]],
            "z": -1,
        }  # fmt: skip
    return {
        "grid": {"left": 48, "right": 12, "top": 12, "bottom": 26},
        "xAxis": {"type": "category", "boundaryGap": False, "data": [str(month) for month in range(last + 1)],
                  "axisLabel": {"color": QUIET, "interval": step - 1}, "axisTick": {"show": False},
                  "axisLine": {"lineStyle": {"color": FAINT}}},
        "yAxis": {"type": "value", "min": 0, "max": _round_up(found.most), "splitNumber": 4,
                  "axisLabel": {"color": QUIET, "formatter": "fn:axis"}, "splitLine": {"lineStyle": {"color": FAINT}}},
        "tooltip": {"trigger": "axis", "confine": True, "valueFormatter": f"fn:number/0/ {say('people')}",
                    "order": "seriesDesc", "backgroundColor": PAPER, "borderColor": FAINT,
                    "textStyle": {"color": "var(--text)"}},
        "series": series,
        "aria": {"enabled": True, "label": {"enabled": False},
                 "decal": {"show": True, "decals": [{"color": "rgba(255,255,255,.35)", **one} for one in DECALS]}},
    }  # fmt: skip


def _edge(shift: Shift) -> float:
    """How far a picture must reach to both sides of 0, people; a round number."""
    ends = [one for one in (shift.middle, shift.low, shift.high) if one is not None]
    most = max(float(np.nanmax(np.abs(one), initial=1.0)) for one in ends)
    step = 10.0 ** np.floor(np.log10(most)) / 2
    return float(ceil(most / step) * step)


def moves(shift: Shift, domain: Domain, edge: float) -> dict[str, Any]:
    """How many more or fewer are where, with the intervals of the means as bands."""
    last = shift.middle.shape[1] - 1
    series: list[dict[str, Any]] = []
    for i, place in enumerate(SHOWN):
        colour = f"var(--at-{place})"
        if shift.low is not None and shift.high is not None:
            ends = zip(range(last + 1), rounded(shift.low[i]), rounded(shift.high[i]), strict=True)
            series.append({"type": "custom", "band": True, "fill": colour, "fillOpacity": 0.16, "silent": True, "z": 1,
                           "data": [list(point) for point in ends], "encode": {"x": 0, "y": [1, 2]},
                           "tooltip": {"show": False}})  # fmt: skip
        points = zip(range(last + 1), rounded(shift.middle[i]), strict=True)
        series.append({"type": "line", "name": domain.word(place), "data": [list(point) for point in points],
                       "showSymbol": False, "z": 3, "itemStyle": {"color": colour},
                       "lineStyle": {"color": colour, "type": DASHES[i], "width": 2}})  # fmt: skip
    axis = _months_axis(last)
    return {
        "grid": {"left": 48, "right": 12, "top": 12, "bottom": 26}, "xAxis": axis,
        "yAxis": {"type": "value", "min": -edge, "max": edge, "splitNumber": 4,
                  "axisLabel": {"color": QUIET, "formatter": "fn:points"},
                  "splitLine": {"lineStyle": {"color": FAINT}}},
        "tooltip": {"trigger": "axis", "confine": True, "valueFormatter": f"fn:signed/0/ {say('people')}",
                    "backgroundColor": PAPER, "borderColor": FAINT, "textStyle": {"color": "var(--text)"}},
        "series": series, "aria": {"enabled": False},
    }  # fmt: skip


def steps(lives: Sequence[Life], screen: Screen, labels: tuple[str, str]) -> dict[str, Any]:
    """One person's places as steps, the less secure lower; a line for each strategy."""
    ladder = SHOWN[::-1]
    series = []
    for k, (label, life) in enumerate(zip(labels, lives, strict=True)):
        side = _side(screen, label)
        levels = [None if one.me is None else ladder.index(SITUATIONS[one.me.situation]) for one in life]
        dash = [float(part) for part in side["dash"].split()] or "solid"
        series.append({"type": "line", "name": side["title"], "step": "start", "showSymbol": False, "z": 3 + k,
                       "data": [[month, level] for month, level in enumerate(levels)],
                       "itemStyle": {"color": side["ink"]},
                       "lineStyle": {"color": side["ink"], "type": dash if labels[0] != label else "solid",
                                     "width": 2.5 if k else 5, "opacity": 1 if k else 0.55}})  # fmt: skip
    return {
        "grid": {"left": 132, "right": 12, "top": 8, "bottom": 26}, "xAxis": _months_axis(screen.months),
        "yAxis": {"type": "category", "data": [screen.domain.word(place) for place in ladder],
                  "axisTick": {"show": False}, "axisLine": {"show": False},
                  "splitLine": {"show": True, "lineStyle": {"color": FAINT}},
                  "axisLabel": {"color": QUIET, "width": 122, "overflow": "break", "fontSize": 11, "lineHeight": 13,
                                "interval": 0}},
        "tooltip": {"show": False}, "series": series, "aria": {"enabled": False},
    }  # fmt: skip


def _months_axis(last: int) -> dict[str, Any]:
    step = next(s for s in (6, 12, 24, 48, 120) if last / s <= 7)
    return {"type": "value", "min": 0, "max": last, "interval": step, "axisLine": {"show": False},
            "axisTick": {"show": False}, "splitLine": {"show": False}, "axisPointer": {"label": {"precision": 0}},
            "axisLabel": {"color": QUIET, "formatter": "fn:axis"}}  # fmt: skip


def _round_up(most: float) -> float:
    """The end of the axis: a round number above, the same for all pictures."""
    step = 10.0 ** max(0, len(str(int(most))) - 1) / 2
    return ceil(most * 1.05 / step) * step
