"""What each screen shows, as plain values for its template: the host's, the notes', a participant's.

Nothing is decided here, and a participant's screen is made from what this participant may see, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from markupsafe import Markup

from scenarios.language import N_, Speech
from scenarios.scenario import NOBODY
from scenarios.strategy import find_strategy
from workshop.charts import Line, Predicted, board, courses, rows
from workshop.history import ASKED, EACH, HEADLINE, ROOM, SETS, Lived
from workshop.levels import usual_of
from workshop.logbook import Logbook
from workshop.notes import ANSWERS, QUESTIONS, notes_of
from workshop.plans import MONTHS, TITLES, Step
from workshop.roles import USUAL, Decision, Dial, Role
from workshop.room import SURE, Prediction, Room

RESULTS = ("see", "talk", "show_see", "last_see", "debrief")


@dataclass
class Desk:
    """The room, what has been run for it, and names that only memory holds."""

    book: Logbook
    t: Speech
    lived: dict[str, Lived] = field(default_factory=dict)  # by topic; "" is what happens without anybody
    names: dict[int, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def room(self) -> Room:
        """The state."""
        return self.book.room

    def name(self, number: int) -> str:
        """What somebody is called on screens."""
        return self.names.get(number) or self.t("Person {number}", number=number)


def signed(pick: str, one: Prediction) -> tuple[float, float]:
    """A prediction about two strategies as an interval of the first's number less the second's."""
    if pick == "same":
        return -one.high, one.high
    return (one.low, one.high) if pick == "a" else (-one.high, -one.low)


def differences(lived: Lived, first: str, second: str) -> np.ndarray:
    """How many more people have a secure home after ten years under the first, a number for each run."""
    found: np.ndarray = lived.at(first, ASKED, MONTHS) - lived.at(second, ASKED, MONTHS)
    return found


def caught(desk: Desk, topic: str) -> tuple[int, int]:
    """Of how many predictions the interval held the middle of the runs, and how many predictions there were."""
    bars = intervals(desk, topic)
    if topic not in desk.lived or not bars:
        return 0, len(bars)
    middle = float(np.median(outcome(desk, topic)))
    return sum(low <= middle <= high for low, high in bars), len(bars)


def outcome(desk: Desk, topic: str) -> np.ndarray:
    """What was to be predicted, a number for each run."""
    lived = desk.lived[topic]
    if topic.startswith("round"):
        end = desk.room.setup.span(int(topic.removeprefix("round")))[1]
        return lived.at(ROOM, HEADLINE, end)
    return differences(lived, *pair(topic, lived))


def pair(topic: str, lived: Lived) -> tuple[str, str]:
    """Labels of the two that are compared: the first shown and the second; the room and the second shown."""
    return (lived.labels[0], lived.labels[1]) if topic == "show" else (ROOM, lived.labels[2])


def intervals(desk: Desk, topic: str) -> list[tuple[float, float]]:
    """What everybody predicted, on the scale of `outcome`; in order of size, so that nobody is known by the place."""
    found = desk.room.predictions(topic).values()
    if topic.startswith("round"):
        return sorted((one.low, one.high) for one in found)
    return sorted(signed(one.pick, one) for one in found)


def lines(desk: Desk, topic: str) -> list[Line]:
    """What everybody drew, each from where it started on; in order of size."""
    found = sorted(one.line for one in desk.room.predictions(topic).values() if one.line)
    return [line_of(desk, topic, line) for line in found]


def line_of(desk: Desk, topic: str, line: Sequence[float]) -> Line:
    """A drawn line with its months, from where it started on."""
    begins, start = begun(desk, topic)
    return [(begins, start), *zip(desk.room.points(topic), line, strict=True)]


def begun(desk: Desk, topic: str) -> tuple[int, float]:
    """Where a line starts: the month, and the middle of the runs; 0 for a difference between the same people."""
    if not topic.startswith("round"):
        return 0, 0.0
    number = int(topic.removeprefix("round"))
    start, _ = desk.room.setup.span(number)
    before = desk.lived.get(f"round{number - 1}", desk.lived[""])
    return start, float(np.median(before.at(ROOM if ROOM in before.labels else NOBODY, HEADLINE, start)))


def predicted(desk: Desk, topic: str, own: Prediction | None = None) -> Predicted:
    """What the room said, and what one of it said if only this one looks."""
    room = Predicted(intervals(desk, topic), lines(desk, topic))
    if own is None:
        return room
    bar = (own.low, own.high) if topic.startswith("round") else signed(own.pick, own)
    return replace(room, own_bar=bar, own_line=line_of(desk, topic, own.line) if own.line else ())


def over_the_years(desk: Desk, topic: str, said: Predicted) -> Markup:
    """The runs month by month with everything that was predicted."""
    t, lived = desk.t, desk.lived[topic]
    if topic.startswith("round"):
        start, end = desk.room.setup.span(int(topic.removeprefix("round")))
        title = t(
            "People without a home, {count} runs, and what the room predicted for year {year}.",
            count=lived.runs,
            year=end // 12,
        )
        return courses(lived.of(ROOM, HEADLINE)[:, : end + 1], start, said, t, title, t("years"))
    first, second = pair(topic, lived)
    title = t(
        "How many more people have a secure home, {first} less {second}, {count} runs.",
        first=title_of(desk, lived, first),
        second=title_of(desk, lived, second),
        count=lived.runs,
    )
    return courses(lived.of(first, ASKED) - lived.of(second, ASKED), 0, said, t, title, t("years"))


def picture(desk: Desk, topic: str) -> Markup:
    """Predictions and runs in one frame."""
    said = predicted(desk, topic)
    if topic.startswith("round"):
        return over_the_years(desk, topic, said)
    return at_the_end(desk, topic) + (over_the_years(desk, topic, said) if said.lines else Markup(""))


def at_the_end(desk: Desk, topic: str) -> Markup:
    """Differences after ten years, a dot a run, with the room's bars."""
    t, lived = desk.t, desk.lived[topic]
    first, second = pair(topic, lived)
    named = [
        (
            t("{first} less {second}", first=title_of(desk, lived, first), second=title_of(desk, lived, second)),
            differences(lived, first, second).tolist(),
        )
    ]
    if topic == "last":
        named += [
            (
                t("{first} less {second}", first=t("Your room"), second=title_of(desk, lived, label)),
                differences(lived, ROOM, label).tolist(),
            )
            for label in (lived.labels[1], NOBODY)
        ]
    title = t("How many more people have a secure home after ten years, {count} runs.", count=lived.runs)
    return rows(named, intervals(desk, topic), t, title, t("more people with a secure home after ten years"))


def title_of(desk: Desk, lived: Lived, label: str) -> str:
    """What a strategy is called in the room."""
    if label == ROOM:
        return desk.t("Your room")
    if label == NOBODY:
        return desk.t("No foundation")
    name = label.partition(",")[0]
    return desk.t(STRATEGIES.get(name, lived.titles[lived.labels.index(label)].partition(" (")[0]))


def called(desk: Desk, name: str) -> str:
    """The same before anything was run; a strategy of somebody's own has the title of its file."""
    return desk.t(STRATEGIES[name]) if name in STRATEGIES else find_strategy(name).title


STRATEGIES = {
    "catalytic_philanthropy": N_("Catalytic philanthropy"),
    "user_centred": N_("User-centred"),
    "homes": N_("Homes"),
    "carrier": N_("Carrier"),
    "hybrid": N_("Hybrid"),
    "top_up": N_("Top-up"),
}


# --- the host ---------------------------------------------------------------------------------------------------------


def host(desk: Desk, address: str, wifi: str = "") -> dict[str, Any]:
    """The projector's screen."""
    room, t, step = desk.room, desk.t, desk.room.step
    return {
        "step": t(TITLES[step.kind]),
        "kind": step.kind,
        "where": where(desk, step),
        "room": room,
        "address": address,
        "wifi": wifi,
        "code": desk.book.code,
        "left": round(room.seconds_left(desk.book.now())),
        "agenda": agenda(desk),
        "tables": [table(desk, key) for key in room.setup.tables],
        "missing": missing(desk),
        "standing": [desk.name(n) for n, one in room.people.items() if not one.table],
        "result": result(desk),
        "can_show": step.kind in RESULTS,
        "own_text": room.setup.screens.get(step.kind, ""),
        "trouble": desk.trouble,
        "warm": "" in desk.lived,
    }


def where(desk: Desk, step: Step) -> str:
    """Which round and which years."""
    if not step.round:
        return ""
    start, end = desk.room.setup.span(step.round)
    return desk.t(
        "Round {number} of {all}: years {first} to {last}",
        number=step.round,
        all=len(desk.room.setup.months),
        first=start // 12 + 1,
        last=end // 12,
    )


def agenda(desk: Desk) -> list[dict[str, Any]]:
    """The steps, rounds as one line each."""
    found: list[dict[str, Any]] = []
    for i, step in enumerate(desk.room.setup.steps):
        now = i == desk.room.at
        name = desk.t("Round {number}", number=step.round) if step.round else desk.t(TITLES[step.kind])
        if step.round and found and found[-1]["name"] == name:
            found[-1]["minutes"] += step.minutes
            found[-1]["now"] |= now
            found[-1]["over"] = i < desk.room.at
            continue
        found.append({"name": name, "minutes": step.minutes, "now": now, "over": i < desk.room.at})
    return found


def table(desk: Desk, key: str) -> dict[str, Any]:
    """Who sits at a table, and whether it is ready."""
    people = desk.room.seated(key)
    return {
        "title": desk.t(desk.room.setup.roles[key].title),
        "people": [desk.name(one.number) for one in people],
        "ready": key in desk.room.ready,
        "paper": key in desk.room.paper and not people,
        "program": key not in desk.room.played_here,
    }


def missing(desk: Desk) -> str:
    """For whom the step waits, in one sentence; "" for nobody."""
    room, t = desk.room, desk.t
    tables, people = len(room.missing_tables), len(room.missing_people)
    if tables and people:
        return t("Tables still deciding: {tables}. People still predicting: {people}.", tables=tables, people=people)
    if tables:
        return t("Tables still deciding: {tables}.", tables=tables)
    return t("People still predicting: {people}.", people=people) if people else ""


def result(desk: Desk) -> dict[str, Any] | None:
    """What is shown of the latest run, if it is there and shown."""
    room, step = desk.room, desk.room.step
    topic = f"round{step.round}" if step.round else "show" if step.kind == "show_see" else "last"
    if step.kind not in RESULTS or room.hidden:
        return None
    if topic not in desk.lived:
        return {"picture": "", "sentence": desk.t("One moment."), "did": []}
    hit, count = caught(desk, topic)
    said = (
        desk.t(
            "80 per cent ranges that held the middle run: {hit} of {all}. Wider, or another reason?", hit=hit, all=count
        )
        if count
        else ""
    )
    return {
        "picture": picture(desk, topic),
        "sentence": sentence(desk, topic),
        "caught": said,
        "lined": lined(desk, topic),
        "pooled": pooled(desk) if step.kind == "debrief" else "",
        "did": did(desk, step.round) if step.round else [],
        "beside": beside(desk) if topic == "last" else None,
    }


# Four numbers that are never shown apart: what was reached, what all paid, what public money carries, how it suits.
FOUR = (
    (ASKED, N_("people with a secure home")),
    ("spend_to_date", N_("spent by everybody so far (million)")),
    ("reform_mainstream", N_("homes with support that public money pays")),
    ("fit", N_("how well homes with support suit people (0 to 1)")),
)


def beside(desk: Desk) -> dict[str, Any] | None:
    """What the room did beside the strategies that were shown: four numbers after ten years, each less what the same
    people have with no foundation."""
    lived, t = desk.lived.get("last"), desk.t
    if lived is None or "last" not in desk.room.locked:
        return None

    def cell(label: str, measure: str) -> str:
        values = lived.at(label, measure, MONTHS) - lived.at(NOBODY, measure, MONTHS)
        low, middle, high = (float(x) for x in np.nanquantile(values, (0.05, 0.5, 0.95)))
        digits = _digits(max(abs(low), abs(high)))
        said = {name: t.number(x, digits, sign=True) for name, x in (("low", low), ("middle", middle), ("high", high))}
        return t("{middle} ({low} to {high})", **said)

    labels = [one for one in lived.labels if one != NOBODY]
    return {
        "heads": [title_of(desk, lived, label) for label in labels],
        "rows": [{"called": t(called), "cells": [cell(label, name) for label in labels]} for name, called in FOUR],
    }


def lined(desk: Desk, topic: str) -> str:
    """What was drawn, in words; "" if nothing was."""
    said = predicted(desk, topic)
    if not said.lines or topic not in desk.lived:
        return ""
    return desk.t(
        "{count} drew a line (thin; the thick one is their middle). It ends at {line}, and the middle run at {middle}.",
        count=len(said.lines),
        line=desk.t.number(round(said.middle[-1][1])),
        middle=desk.t.number(round(float(np.median(outcome(desk, topic))))),
    )


def pooled(desk: Desk) -> str:
    """How all ranges of the room did, over everything that was predicted so far; "" if nothing was."""
    found = [caught(desk, topic) for topic in sorted(desk.room.locked) if topic in desk.lived]
    hit, count = sum(one for one, _ in found), sum(one for _, one in found)
    if not count:
        return ""
    return desk.t(
        "All predictions of the room: {hit} of {count} ranges held the middle run. Who is 80 per cent sure should be "
        "right in {should}.",
        hit=hit,
        count=count,
        should=round(SURE * count),
    )


def sentence(desk: Desk, topic: str) -> str:
    """The result in words, with the spread of the runs."""
    t, lived, values = desk.t, desk.lived[topic], outcome(desk, topic)
    low, middle, high = (round(float(x)) for x in np.quantile(values, (0.05, 0.5, 0.95)))
    if topic.startswith("round"):
        end = desk.room.setup.span(int(topic.removeprefix("round")))[1]
        nobody = round(float(np.median(lived.at(ROOM, HEADLINE, end) - lived.at(NOBODY, HEADLINE, end))))
        change = t.number(nobody, sign=True)
        return t(
            "Year {year}: {middle} people have no home (most runs: {low} to {high}). Against the same people "
            "with no foundation and everything as usual: {change}.",
            year=end // 12,
            middle=middle,
            low=low,
            high=high,
            change=change,
        )
    first, second = (title_of(desk, lived, label) for label in pair(topic, lived))
    return t(
        "{first} less {second}: {middle} people with a secure home after ten years (most runs: {low} to {high}).",
        first=first,
        second=second,
        middle=t.number(middle, sign=True),
        low=t.number(low, sign=True),
        high=t.number(high, sign=True),
    )


def did(desk: Desk, number: int) -> list[dict[str, Any]]:
    """What each table did in a round, those that the program played among them."""
    room, t = desk.room, desk.t
    found = []
    for role in room.setup.roles.values():
        chosen = room.played.get(number, {}).get(role.key, {})
        acts = [act(t, role.decision(d), o) for d, o in chosen.items() if o != USUAL]
        ended = role.decisions and not room.setup.asked(role.key, number)
        usual = t("Its money has ended") if ended else t("As usual")
        program = role.key in room.by_program.get(number, [])
        found.append({"title": t(role.title), "acts": acts or [usual], "program": program})
    return found


def act(t: Speech, decision: Decision, key: str) -> str:
    """What a table chose, in words: a switch by its question, a lever with its number."""
    if isinstance(decision, Dial):
        return t("{lever}: {value}", lever=decision.of.name, value=t.number(float(key), 2))
    option = decision.option(key)
    return t(decision.asks if option.practice else option.title)


def notes(desk: Desk) -> dict[str, Any]:
    """The facilitator's quiet screen."""
    t, step, steps = desk.t, desk.room.step, desk.room.setup.steps
    said = notes_of(step, desk.room.setup)
    coming = steps[desk.room.at + 1] if desk.room.at + 1 < len(steps) else None
    return {
        "step": t(TITLES[step.kind]),
        "where": where(desk, step),
        "left": round(desk.room.seconds_left(desk.book.now())),
        "say": [t(one) for here in said for one in here.say],
        "ask": [t(one) for here in said for one in here.ask],
        "expect": [t(here.expect) for here in said if here.expect],
        "own_notes": desk.room.setup.notes.get(step.kind, ()),
        "paused": desk.room.paused is not None,
        "coming": t(TITLES[coming.kind]) if coming else "",
        "missing": missing(desk),
    }


def paper(desk: Desk) -> dict[str, Any]:
    """Where the host types in what tables without phones have written down."""
    room, step = desk.room, desk.room.step
    without = [room.setup.roles[key] for key in room.setup.tables if not room.seated(key)]
    return {
        "runs": SETS * EACH,
        "where": where(desk, step),
        "open": step.kind == "decide" and not room.running,
        "tables": [
            {
                "key": one.key,
                "title": desk.t(one.title),
                "decisions": decisions(room, one, step),
                "screen": screen(desk, one, step),
            }
            for one in without
        ],
    }


# --- a participant ----------------------------------------------------------------------------------------------------


def person(desk: Desk, number: int, token: str) -> dict[str, Any]:
    """One phone."""
    room, t = desk.room, desk.t
    me, step = room.people[number], room.step
    role = room.setup.roles.get(me.table)
    found: dict[str, Any] = {
        "name": desk.name(number),
        "runs": SETS * EACH,
        "token": token,
        "me": replace(me),
        "kind": step.kind,
        "step": t(TITLES[step.kind]),
        "where": where(desk, step),
        "role": role,
        "running": bool(room.running),
        "tables": [
            {"key": key, "title": t(room.setup.roles[key].title), "count": len(room.seated(key))}
            for key in room.setup.tables
        ],
        "questions": questions(desk),
        "scale": room.setup.scale,
        "own_text": room.setup.screens.get(step.kind, ""),
        "given": room.answers.get((step.kind, number)),
    }
    if role is not None:
        found |= {
            "screen": screen(desk, role, step),
            "decisions": decisions(room, role, step),
            "idle": idle(desk, role, step),
            "ready": role.key in room.ready,
        }
    if step.topic:
        found["predict"] = predict(desk, number, step)
    found["own"], found["own_picture"] = own(desk, number, step)
    return found


def questions(desk: Desk) -> list[dict[str, Any]]:
    """What is asked before and after: our six, then a published scale's with its own marks."""
    ours = [{"asks": desk.t(one), "answers": [desk.t(answer) for answer in ANSWERS]} for one in QUESTIONS]
    scale = desk.room.setup.scale
    return ours + ([{"asks": one, "answers": list(scale.answers)} for one in scale.items] if scale else [])


def decisions(room: Room, role: Role, step: Step) -> list[dict[str, Any]]:
    """The table's questions with what is chosen now."""
    if step.kind != "decide":
        return []
    found = []
    for one in room.setup.asked(role.key, step.round):
        chosen = room.choice(step.round, role.key, one.key)
        values: dict[str, Any] = {"key": one.key, "asks": one.asks, "options": one.options, "chosen": chosen}
        if isinstance(one, Dial):
            usual = usual_of(one.of)
            values |= {"lever": one.of, "usual": usual, "chosen": f"{usual:g}" if chosen == USUAL else chosen}
        found.append(values)
    return found


def idle(desk: Desk, role: Role, step: Step) -> str:
    """Why a table decides nothing in this round; "" if it does."""
    if step.kind != "decide" or desk.room.setup.asked(role.key, step.round):
        return ""
    if role.decisions:
        return desk.t("Your money has ended. Look at what stays, talk to the others, and predict.")
    return desk.t("Your table is asked nothing in this workshop. Talk to the others, and predict.")


def screen(desk: Desk, role: Role, step: Step) -> list[dict[str, Any]]:
    """What the table sees: the middle of the runs, before the round and (once shown) after it."""
    room = desk.room
    before: int | None = 0 if step.kind == "roles" else None
    after: int | None = None
    if step.round:
        start, end = room.setup.span(step.round)
        before, after = start, end if step.kind in ("see", "talk") and not room.hidden else None
    if before is None or "" not in desk.lived:
        return []
    told = desk.lived.get(f"round{step.round - 1}") if step.round > 1 else desk.lived[""]
    now = desk.lived.get(f"round{step.round}") if after is not None else None
    found = []
    for name, called in role.sees:
        values = {"then": _shown(desk, told, name, before), "now": _shown(desk, now, name, after)}
        found.append({"called": desk.t(called), **values})
    return found


def _shown(desk: Desk, lived: Lived | None, measure: str, month: int | None) -> str:
    if lived is None or month is None:
        return ""
    label = ROOM if ROOM in lived.labels else NOBODY
    value = float(np.nanmedian(lived.at(label, measure, month)))
    return desk.t.number(value, _digits(value))


def _digits(value: float) -> int:
    return 0 if abs(value) >= 20 else 2 if abs(value) < 2 else 1


def predict(desk: Desk, number: int, step: Step) -> dict[str, Any] | None:
    """The question, what may be said, and what this person has said."""
    t, topic = desk.t, step.topic
    mine = desk.room.predictions(topic).get(number)
    closed = topic in desk.room.locked
    if topic.startswith("round"):
        if "" not in desk.lived:
            return None
        _, end = desk.room.setup.span(step.round)
        now = round(begun(desk, topic)[1])
        asks = t(
            "How many people will have no home at the end of year {year}? Now it is {now}.", year=end // 12, now=now
        )
        picks = [("fewer", t("Fewer than now")), ("same", t("About the same")), ("more", t("More than now"))]
    else:
        names = desk.room.setup.strategies
        first = t("Your room") if topic == "last" else called(desk, names[0])
        second = called(desk, names[1])
        asks = t("Who leaves more people in a secure home after ten years, and how many more?")
        picks = [("a", first), ("same", t("About the same")), ("b", second)]
    return {
        "topic": topic,
        "asks": asks,
        "picks": picks,
        "pick": mine.pick if mine else "",
        "low": f"{mine.low:g}" if mine else "",  # a number that stood there would be everybody's prediction
        "high": f"{mine.high:g}" if mine else "",
        "saved": mine is not None,
        "closed": closed,
        **(drawing(desk, topic, mine.line if mine else ()) if "" in desk.lived else {}),
    }


def drawing(desk: Desk, topic: str, line: Sequence[float]) -> dict[str, Any]:
    """Where a line over the years is drawn.  The frame says nothing of the result: it knows only how things are now."""
    begins, start = begun(desk, topic)
    months = desk.room.points(topic)
    whole = float(np.median(desk.lived[""].at(NOBODY, HEADLINE, 0)))
    low, high = (0.0, 2.0 * whole) if topic.startswith("round") else (-whole / 4, whole / 4)
    fields = [
        {"called": desk.t("Year {year}", year=month / 12), "value": f"{line[i]:g}" if line else ""}
        for i, month in enumerate(months)
    ]
    about = desk.t("people without a home") if topic.startswith("round") else desk.t("above 0: more in the first one")
    return {"board": board(low, high, start, months, begins, desk.t), "points": fields, "about": about}


def own(desk: Desk, number: int, step: Step) -> tuple[str, Markup]:
    """One's own prediction beside the result, and a picture for who drew a line: nobody else sees it."""
    if step.kind == "debrief":
        return own_total(desk, number), Markup("")
    topics = {"show_see": "show", "last_see": "last"}
    topic = f"round{step.round}" if step.kind in ("see", "talk") else topics.get(step.kind, "")
    mine = desk.room.predictions(topic).get(number) if topic else None
    if mine is None or desk.room.hidden or topic not in desk.lived:
        return "", Markup("")
    drawn = over_the_years(desk, topic, predicted(desk, topic, mine)) if mine.line else Markup("")
    low, high = (mine.low, mine.high) if topic.startswith("round") else signed(mine.pick, mine)
    middle = round(float(np.median(outcome(desk, topic))))
    values: Mapping[str, Any] = {"low": low, "high": high, "middle": middle}
    if low <= middle <= high:
        return desk.t("You said {low} to {high}; the middle run is {middle}: inside.", **values), drawn
    return desk.t(
        "You said {low} to {high}; the middle run is {middle}: outside. Wider, or another reason?", **values
    ), drawn


def own_total(desk: Desk, number: int) -> str:
    """How one's own ranges did, all together; so few of them say little about one person."""
    hit = count = 0
    for (topic, who), one in desk.room.predicted.items():
        if who == number and topic in desk.lived and topic in desk.room.locked:
            low, high = (one.low, one.high) if topic.startswith("round") else signed(one.pick, one)
            hit, count = hit + (low <= float(np.median(outcome(desk, topic))) <= high), count + 1
    if not count:
        return ""
    return desk.t(
        "Your own ranges: {hit} of {count} held the middle run. Nobody else sees this. So few say little about one "
        "person.",
        hit=hit,
        count=count,
    )
