"""Why: switch a mechanism off and see the difference shrink; switch the five practices one at a time, both ways."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import solara

from analysis.comparison import NEEDED
from analysis.contrasts import NOT_KNOWN, Contrast
from analysis.figures import NOISE, NOT_DONE
from analysis.units import Units
from analysis.why import (
    ADDED,
    BARE,
    FULL,
    PRACTICES,
    Effect,
    Mechanism,
    mechanisms,
    one_after_another,
    practice_scenarios,
    practice_title,
    practices,
    practices_sentence,
    ranked,
    ranking_sentence,
    switched_off,
    without_sentence,
)
from analysis.words import RUNS, interval, label, scale, shown_difference, small, unit
from dashboard import shipped
from dashboard.controls import source_text
from dashboard.looks import FAINT, MARGIN_INK, QUIET, symbol
from dashboard.pages.compare import with_unit
from dashboard.parts import Chart, Progress, Scene, element
from dashboard.runs import Desk
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import Seen, StudyProgress, Tell, use_study
from dashboard.texts import counted, rounded
from evidence.quantities import inputs
from model.measures import HEADLINE
from runs.ensemble import batches
from runs.summary import Batch
from scenarios.domains import Domain
from scenarios.language import N_, say
from scenarios.scenario import NOBODY, Scenario, lasting_months
from scenarios.strategy import find_strategy

STEPS = (8, 16, 32)  # replicates of the answers to one switch
EACH = 8  # replicates of each of all mechanisms: 141 of them, and a past of its own for each
SOME = 10  # mechanisms between two looks at the ranking so far
LARGEST = 10  # rows of the ranking's chart, and mechanisms that are tried unasked
ROW = 60  # pixels


@solara.component
def Why(session: Session) -> None:
    """The page."""
    screen, desk = session.screen.value, session.desk
    asked = _Asked.of(screen)
    known = solara.use_memo(lambda: {one.name: one for one in mechanisms(asked.pair[0])}, [screen.question])
    name = asked.mechanism if asked.mechanism in known else ""
    month = lasting_months(screen.scenarios)[-1]
    pair, threads = asked.pair, desk.cores
    one = use_study(
        ("off", screen.subject, asked.between, name),
        lambda tell, cancel: _tightening(
            lambda runs: switched_off(pair, name, month, STEPS[-1], runs), desk, tell, cancel),
        wanted=bool(name),
    )  # fmt: skip
    names = sorted(known) if asked.every else [one for one in shipped.top_mechanisms() if one in known]
    ready = shipped.mechanisms(screen, asked.between)
    every = use_study(
        ("each off", screen.subject, asked.between, tuple(names)),
        lambda tell, cancel: _each(pair, names, month, threads, tell, cancel),
        wanted=ready is None and bool(names),
    )
    if ready is not None:
        every = Seen("shipped", "done", len(ready), len(ready), ready)
    like = screen.scenarios[-1]
    known_five = shipped.practices(screen)
    five = use_study(
        ("practices", screen.place, screen.worldview, screen.settings, screen.people, screen.months, screen.seed),
        lambda tell, cancel: practice_work(like, desk, tell, cancel),
        wanted=known_five is None,
    )
    if known_five is not None:
        five = Seen("shipped", "done", known_five[0], known_five[0], known_five)
    titles = {m.name: _called(m, screen.domain) for m in known.values()}
    element("h1", headline(asked, screen.domain, one, every, five, titles), cls="u-title")
    element("p", say("Read where what lasts is read: month {month} of the run. Everything else stays as it is: the "
                     "same people, the same luck.", month=month), cls="u-quiet")  # fmt: skip
    _Asking(session, asked, list(known.values()))
    with element("div", cls="u-why"):
        _One(asked, screen, one, known.get(name))
        _Five(session, asked, screen, five)
        _Every(session, asked, screen, every, titles, len(known))
        element("p", say(NOISE), cls="u-quiet")


# --- what is asked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """What the address says about this page."""

    pair: tuple[Scenario, Scenario]
    between: str  # the pair as the address has it: "0-1", "1-n"
    titles: tuple[str, str]
    measure: str
    mechanism: str
    every: bool
    units: Units

    @classmethod
    def of(cls, screen: Screen) -> _Asked:
        """What cannot be is taken for the default: the first two strategies, or the only one and no foundation."""
        options = pairs(screen)
        between = screen.remembered("x-pair")
        between = between if between in options else next(iter(options))
        measure = screen.remembered("x-measure")
        a, b = between.split("-")
        chosen = _strategies(screen)
        one, two = chosen[int(a)], screen.scenarios[0] if b == "n" else chosen[int(b)]
        return cls((one, two), between, (_title(one), _title(two)), measure if measure in HEADLINE else HEADLINE[0],
                   screen.remembered("x-off"), screen.remembered("x-each") == "1", Units.of(one))  # fmt: skip


def pairs(screen: Screen) -> dict[str, str]:
    """Differences that can be looked into, by their name in the address: strategy against strategy, then nobody."""
    chosen = _strategies(screen)
    found = {f"{i}-{k}": _against(_title(a), _title(b))
             for i, a in enumerate(chosen) for k, b in enumerate(chosen) if i < k}  # fmt: skip
    return found | {f"{i}-n": _against(_title(a), say("no foundation")) for i, a in enumerate(chosen)}


def _against(one: str, other: str) -> str:
    return say("{one} against {other}", one=one, other=other)


def _strategies(screen: Screen) -> list[Scenario]:
    """Those with a foundation; nobody against nobody if there is none."""
    return [one for one in screen.scenarios if one.label != NOBODY] or [screen.scenarios[0]]


def _title(scenario: Scenario) -> str:
    return say("no foundation") if scenario.label == NOBODY else say(scenario.strategy.title)


def _called(mechanism: Mechanism, domain: Domain) -> str:
    """A mechanism inside a sentence: what its number means, in quotation marks."""
    text = domain.own(mechanism.meaning).rstrip(".")
    return f"“{text}”"


@solara.component
def _Asking(session: Session, asked: _Asked, known: Sequence[Mechanism]) -> None:
    """Which difference, in what, and which mechanism."""
    domain = session.screen.value.domain
    chosen = next((one for one in known if one.name == asked.mechanism), None)
    hint = say("{count} can be switched off here.", count=len(known))
    if chosen is not None:
        hint = say("{name}: {value} {unit}; off: {off}. {source}", name=chosen.name, value=rounded(chosen.value),
                   unit=domain.own(chosen.unit), off=rounded(chosen.off),
                   source=source_text(chosen.mark, chosen.source))  # fmt: skip
    elif asked.mechanism:
        none = say("There is nothing called '{name}' to switch off in this world.", name=asked.mechanism[:40])
        hint = f"{none} {hint}"
    options = [{"value": one.name, "title": domain.own(one.meaning).rstrip(".")} for one in known]

    def change(event: dict[str, Any]) -> None:
        key, value = f"x-{event['name']}", str(event["value"])
        session.change(lambda s: s.with_more(key, value or None))

    with element("div", cls="u-why-ask"):
        Scene(
            fields=[
                {"name": "off", "label": say("Switch off"), "kind": "choice", "value": chosen.name if chosen else "",
                 "hint": hint, "options": [{"value": "", "title": say("nothing yet")},
                                           *sorted(options, key=lambda one: one["title"].lower())]},
                {"name": "pair", "label": say("The difference between"), "kind": "choice", "value": asked.between,
                 "hint": "", "options": [{"value": key, "title": title}
                                         for key, title in pairs(session.screen.value).items()]},
                {"name": "measure", "label": say("In"), "kind": "choice", "value": asked.measure, "hint": "",
                 "options": [{"value": measure, "title": label(measure, domain)} for measure in HEADLINE]},
            ],
            event_change=change,
        )  # fmt: skip


# --- the work ---------------------------------------------------------------------------------------------------------


def _tightening[T](
    begin: Callable[[Callable[[Sequence[Scenario], int], Iterable[Batch]]], Iterable[T]], desk: Desk, tell: Tell,
    cancel: threading.Event,
) -> tuple[int, T] | None:  # fmt: skip
    """Run what `begin` makes of the desk's runs, and tell what is known after so many replicates as STEPS says."""

    def runs(scenarios: Sequence[Scenario], replicates: int) -> Iterable[Batch]:
        return desk.finished.replicates(scenarios, 0, replicates, desk.cores, cancel)

    last = None
    for done, found in enumerate(begin(runs), 1):
        last = (done, found)
        tell(done, STEPS[-1], last if done in STEPS else None)
    return last


def _each(
    pair: tuple[Scenario, Scenario], names: Sequence[str], month: int, threads: int, tell: Tell, cancel: threading.Event
) -> list[dict[str, Effect]]:
    """Every mechanism once.  Their runs are not kept: nobody looks at 141 worlds twice."""

    def runs(scenarios: Sequence[Scenario], replicates: int) -> Iterable[Batch]:
        return batches(scenarios, replicates, threads=threads, cancel=cancel, measures=NEEDED)

    found: list[dict[str, Effect]] = []
    for one in one_after_another(pair, names, month, EACH, runs):
        found.append(one)
        tell(len(found), len(names), list(found) if len(found) % SOME == 0 else None)
    return found


def practice_work(like: Scenario, desk: Desk, tell: Tell, cancel: threading.Event) -> Any:
    """The five practices, both ways, in the world of `like`."""
    scenarios = practice_scenarios(like)
    month = lasting_months(scenarios)[-1]
    return _tightening(lambda runs: practices(scenarios, month, STEPS[-1], runs), desk, tell, cancel)


# --- what is said and drawn -------------------------------------------------------------------------------------------


def headline(asked: _Asked, domain: Domain, one: Seen, every: Seen, five: Seen, titles: dict[str, str]) -> str:
    """The page's sentence: of the mechanism that is switched off, else of all of them, else of the practices."""
    units = asked.units
    if one.result is not None:
        effect = one.result[1][asked.measure]
        return without_sentence(effect, titles[effect.name], *asked.titles, domain, units)
    if one.state in ("waiting", "running"):
        return say("Running both worlds, with {what} and without it …", what=titles[asked.mechanism])
    if every.result:
        gone = [found for effect in every.result if (found := effect[asked.measure]).clear and _shrinks(found)]
        if gone:
            most = max(gone, key=lambda found: abs(found.change.difference or 0.0))
            return without_sentence(most, titles[most.name], *asked.titles, domain, units)
        return ranking_sentence([effect[asked.measure] for effect in every.result], titles, N_("mechanisms"),
                                max(every.of, len(every.result)), units)  # fmt: skip
    if five.result is not None:
        return practices_sentence(five.result[1][asked.measure], practice_names(domain), domain, units)
    a, b = asked.titles
    return say("What makes the difference between {one} and {other}? Switch something off and see whether it shrinks.",
               one=a, other=b)  # fmt: skip


def _shrinks(effect: Effect) -> bool:
    before, after = effect.before, effect.after
    return (before is not None and after is not None and before.difference is not None
            and after.difference is not None and abs(after.difference) < abs(before.difference))  # fmt: skip


@solara.component
def _One(asked: _Asked, screen: Screen, seen: Seen, mechanism: Mechanism | None) -> None:
    """One mechanism: the difference with it and without it, in all headline measures."""
    if mechanism is None:
        return
    domain = screen.domain
    with element("section", attributes={"aria-labelledby": "why-one"}):
        element("h2", say("With and without {what}", what=_called(mechanism, domain)), attributes={"id": "why-one"})
        StudyProgress(seen, say("Running the world with and without it"))
        if seen.result is None:
            return
        replicates, effects = seen.result
        effect = effects[asked.measure]
        rows = [(say("As it is"), effect.before, 0), (say("Switched off"), effect.after, 1)]
        Chart(
            dots([("", title, [(found, which)]) for title, found, which in rows if found], asked.measure,
                 effect.change.margin, asked.units),
            title=say("{one} against {other}: {measure}", one=asked.titles[0], other=asked.titles[1],
                      measure=label(asked.measure, domain)),
            unit=unit(asked.measure, True, asked.units),
            says=say("{replicates} of each world on the same people and seeds.", replicates=_replicates(replicates))
            + f" {say(WORDS)}",
            head=[say("Measure"), say("as it is"), say("95% interval"), say("verdict"), say("switched off"),
                  say("95% interval"), say("verdict"), small(say("Change")), say("95% interval"),
                  say("without it, {who} does", who=asked.titles[0])],
            rows=[_row(effects[measure], domain, asked.units) for measure in HEADLINE],
            rev=seen.number, name="chart-why-one", height=2 * ROW + 50,
        )  # fmt: skip
        element("p", say("The same on the command line:") + " ", cls="u-quiet")
        with element("div", cls="u-command"):
            element(
                "code",
                screen.with_setting(mechanism.name, mechanism.off).command,
                attributes={"id": "why-command"},
            )


WORDS = N_("Dots: the mean difference; lines: its 95% interval; between the dashed lines a difference is too small to "
           "matter in practice.")  # fmt: skip


def _replicates(number: int) -> str:
    return counted(number, N_("1 replicate"), N_("{count} replicates"))


def _row(effect: Effect, domain: Domain, units: Units) -> list[str]:
    measure = effect.change.measure
    row = [with_unit(measure, domain, units)]
    for found in (effect.before, effect.after, effect.change):
        assert found is not None
        row += [shown_difference(measure, found.difference, units), interval(measure, found.low, found.high, units),
                _word(found)]  # fmt: skip
    return row


def _word(found: Contrast) -> str:
    if found.verdict == NOT_KNOWN:
        return say("not known: {why}", why=say(RUNS))
    return say(found.verdict or NOT_DONE)


@solara.component
def _Every(session: Session, asked: _Asked, screen: Screen, seen: Seen, titles: dict[str, str], number: int) -> None:
    """All mechanisms, one after another, the largest change first."""
    domain, measure = screen.domain, asked.measure
    with element("section", attributes={"aria-labelledby": "why-every"}):
        element("h2", say("Which mechanism matters most?"), attributes={"id": "why-every"})
        partial = seen.of < number if seen.of else not asked.every
        if partial:
            tried = say("{some} of {all} are tried unasked: those that change most on the opening screen.",
                        some=LARGEST, all=number)  # fmt: skip
            Progress(what=tried, over=True, offer=say("Try all of them"),
                     event_start=lambda _: session.change(lambda s: s.with_more("x-each", "1")))  # fmt: skip
        StudyProgress(seen, say("Switching off one mechanism after another"))
        if not seen.result:
            return
        effects = ranked([effect[measure] for effect in seen.result])
        largest = effects[:LARGEST]
        base = effects[0].before
        by = 0.0 if base is None or base.difference is None else base.difference

        def choose(event: dict[str, Any]) -> None:
            if event.get("name") in titles:
                session.change(lambda s: s.with_more("x-off", str(event["name"])))

        Chart(
            dots([(one.name, titles[one.name].strip("“”"), [(one.change, 0 if one.clear else 3)]) for one in largest],
                 measure, effects[0].change.margin, asked.units),
            title=say("What switching it off changes: {measure}", measure=label(measure, domain)),
            unit=unit(measure, True, asked.units),
            says=" ".join([
                ranking_sentence(effects, titles, N_("mechanisms"), max(seen.of, len(effects)), asked.units),
                say("The difference as it is, in {replicates} replicates: {difference}.", replicates=EACH,
                    difference=shown_difference(measure, by, asked.units)),
                say(WORDS),
                say("One interval in twenty misses the truth by luck. Grey: not clear. Press a dot, or choose above, "
                    "to look closer."),
            ]),
            head=[say("Switched off"), say("name"), say("left of the difference"), small(say("Change")),
                  say("95% interval"), say("without it, {who} does", who=asked.titles[0]), say("mark")],
            rows=[_ranked_row(one, titles, asked.units) for one in effects],
            rev=seen.number, name="chart-why-every", height=len(largest) * ROW + 50, on_click=choose,
        )  # fmt: skip


def _ranked_row(effect: Effect, titles: dict[str, str], units: Units) -> list[str]:
    change, measure = effect.change, effect.change.measure
    left = effect.after.difference if effect.after is not None else None
    return [titles[effect.name].strip("“”"), effect.name, shown_difference(measure, left, units),
            shown_difference(measure, change.difference, units), interval(measure, change.low, change.high, units),
            _word(change),
            say(inputs()[effect.name].mark)]  # fmt: skip


@solara.component
def _Five(session: Session, asked: _Asked, screen: Screen, seen: Seen) -> None:
    """The five practices, added to the bare carrier and taken away from the full strategy."""
    domain, measure = screen.domain, asked.measure
    bare, full = (domain.told(find_strategy(name)) for name in (BARE, FULL))
    with element("section", attributes={"aria-labelledby": "why-five"}):
        element("h2", say("The five practices, one at a time"), attributes={"id": "why-five"})
        element("p", say("Added to '{bare}', which gives the same money without any of them; and taken away from "
                         "'{full}', which is the carrier with all five.", bare=bare.title, full=full.title),
                cls="u-quiet")  # fmt: skip
        StudyProgress(seen, say("Switching the five practices"))
        if seen.result is None:
            return
        replicates, found = seen.result
        effects, names = found[measure], practice_names(domain)
        order = list(dict.fromkeys(one.name for one in ranked(effects)))
        rows = [("", names[name][0].upper() + names[name][1:],
                 [(one.change, 0 if one.way == ADDED else 1) for one in effects if one.name == name])
                for name in order]  # fmt: skip
        Chart(
            dots(rows, measure, effects[0].change.margin, asked.units),
            title=say("What a practice changes: {measure}", measure=label(measure, domain)),
            unit=unit(measure, True, asked.units),
            says=" ".join([
                practices_sentence(effects, names, domain, asked.units), f"{_replicates(replicates)}.",
                say("Circles: added to the carrier; squares: what it adds to the other four."), say(WORDS),
            ]),
            head=[say("Practice"), say("measure"), say("added"), say("95% interval"), say("verdict"),
                  say("as the last of five"), say("95% interval"), say("verdict")],
            rows=[_practice_row(name, m, found, names, domain, asked.units) for m in HEADLINE for name in order],
            rev=seen.number, name="chart-why-five", height=len(order) * ROW + 50,
        )  # fmt: skip


def practice_names(domain: Domain) -> dict[str, str]:
    """The practices as a sentence calls them, in the domain's words."""
    return {name: practice_title(domain.told(find_strategy(name))) for name in PRACTICES}


def _practice_row(
    name: str, measure: str, found: dict[str, list[Effect]], names: dict[str, str], domain: Domain, units: Units
) -> list[str]:
    row = [names[name], with_unit(measure, domain, units)]
    for effect in (one for one in found[measure] if one.name == name):
        change = effect.change
        row += [shown_difference(measure, change.difference, units), interval(measure, change.low, change.high, units),
                _word(change)]  # fmt: skip
    return row


def dots(
    rows: Sequence[tuple[str, str, Sequence[tuple[Contrast, int]]]],
    measure: str,
    within: float | None,
    units: Units,
) -> dict[str, Any]:
    """A row for each (key, title, dots): dots with their intervals, each with a look of its own by number.

    ECharts' option; `within`: where the dashed lines stand, in the measure's unit.  A pressed dot sends its key.
    """
    by = scale(measure, units)
    points: dict[int, list[dict[str, Any]]] = {}
    lines: list[list[dict[str, Any]]] = []
    reach: list[float] = [0.0] if within is None else [-within * by, within * by]
    for i, (key, _, here) in enumerate(rows):
        for k, (found, which) in enumerate(here):
            if found.difference is None:
                continue
            x, y = found.difference * by, i + 0.16 + (0.2 * k if len(here) > 1 else 0.08)
            points.setdefault(which, []).append({"name": key, "value": [x, y]})
            reach.append(x)
            if found.low is not None and found.high is not None:
                low, high = found.low * by, found.high * by
                reach += [low, high]
                style = {"color": _colour(which), "width": 2.5, "type": "solid"}
                lines.append([{"coord": [low, y], "lineStyle": style}, {"coord": [high, y]}])
    room = 0.06 * (max(reach) - min(reach)) or 1.0
    least, most = min(reach) - room, max(reach) + room
    series: list[dict[str, Any]] = [
        {"type": "scatter", "name": "titles", "silent": True, "symbolSize": 0, "z": 6,
         "data": [{"value": [least, i - 0.24],
                   "label": {"show": True, "formatter": title, "position": "right", "distance": 0,
                             "color": "var(--text)", "fontSize": 13, "width": 340, "overflow": "break",
                             "lineHeight": 16}}
                  for i, (_, title, _) in enumerate(rows)]},
        {"type": "scatter", "name": "intervals", "data": [], "silent": True, "z": 2,
         "markLine": {"silent": True, "symbol": "none", "animation": False, "label": {"show": False}, "data": lines}},
        {"type": "scatter", "name": "margins", "data": [], "silent": True, "z": 1,
         "markLine": {"silent": True, "symbol": "none", "animation": False, "label": {"show": False},
                      "data": [{"xAxis": 0, "lineStyle": {"color": QUIET, "type": "solid", "width": 1}},
                               *({"xAxis": side * within * by,
                                  "lineStyle": {"color": MARGIN_INK, "type": [4, 3], "width": 1}}
                                 for side in (-1, 1) if within is not None)]}},
    ]  # fmt: skip
    for which, data in sorted(points.items()):
        series.append({"type": "scatter", "name": "dots", "symbol": symbol(which), "symbolSize": 12, "z": 5,
                       "itemStyle": {"color": _colour(which), "borderColor": "var(--paper)", "borderWidth": 1},
                       "data": data})  # fmt: skip
    return {
        "grid": {"left": 8, "right": 16, "top": 6, "bottom": 30},
        "xAxis": {"type": "value", "min": least, "max": most, "axisLabel": {"color": QUIET, "formatter": "fn:points",
                  "showMinLabel": False, "showMaxLabel": False, "hideOverlap": True},
                  "axisLine": {"show": False}, "axisTick": {"show": False},
                  "splitLine": {"lineStyle": {"color": FAINT}}},
        "yAxis": {"type": "value", "inverse": True, "min": -0.6, "max": len(rows) - 0.4, "show": False},
        "series": series,
        "aria": {"enabled": False},
    }  # fmt: skip


def _colour(which: int) -> str:
    """Dark for the first, grey-brown for the second: colours mean strategies, and these are none; what is not clear is
    quiet."""
    return ("var(--text)", "var(--margin)", "var(--text)")[which] if which < 3 else QUIET
