"""What the room takes home: one HTML file that needs nothing else, and tables without personal data.

Everything in it is read from the log and from runs of this very room; people are numbers, and names are not in it.
"""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from agents.service_user import SITUATIONS
from analysis.spread import student
from runs.lives import Life, somebody, two_lives
from scenarios.language import N_
from scenarios.places import find_place
from scenarios.plausible import shipped_sample
from scenarios.scenario import NOBODY
from workshop import views
from workshop.history import ASKED, ROOM, SHOWN, Runner, command_of, file_of, strategy_of
from workshop.notes import QUESTIONS, assumed
from workshop.plans import MONTHS
from workshop.room import Room
from workshop.views import Desk

FOLDER = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
LEAST = 3  # people who answered twice, before a mean is shown

WORDS = {
    "hidden": N_("with friends or family"),
    "unserved": N_("sleeping rough"),
    "crisis": N_("in a hostel"),
    "looking": N_("looking for a home"),
    "reform": N_("in a home with support"),
    "settled": N_("in an own home"),
    "housed": N_("in an own home for good"),
}
ARGUE = (
    N_("Which decision of another table made yours possible, or useless?"),
    N_("Where did the room's reasons fail, and where the model's?"),
    N_("What would somebody who lives there say is missing from this city?"),
)
LIMITS = (
    N_("The model is simpler than any city."),
    N_("A decision of a table is one number in the model. People are more than that."),
    N_("It knows nothing of politics, of the press, or of what one person needs."),
    N_("A small difference within wide dots is no finding. Nobody won."),
)


def page(desk: Desk, runner: Runner) -> str:
    """The debrief as one file."""
    room, t = desk.room, desk.t
    rounds = [
        {"where": views.where(desk, step), "did": views.did(desk, step.round), **told(desk, f"round{step.round}")}
        for step in room.setup.steps
        if step.kind == "decide" and step.round in room.played and f"round{step.round}" in desk.lived
    ]
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER / "templates"), autoescape=True, trim_blocks=True)
    place = find_place(room.setup.place)
    compared = {topic: told(desk, topic) for topic in ("show", "last") if topic in room.locked and topic in desk.lived}
    return pages.get_template("debrief.html").render(
        t=t,
        room=room,
        rounds=rounds,
        compared=compared,
        turn=turning_point(desk),
        beside=views.beside(desk),
        lives=lives(desk, runner),
        argue=ARGUE,
        limits=(LIMITS[0], assumed(shipped_sample(place)), *LIMITS[1:]),
        questions=changes(desk),
        scale=scale_moved(desk),
        named=room.setup.title,
        pooled=views.pooled(desk),
        people=len(room.people),
        place=place.title,
        command=command_of(room.setup),
        file=file_of(room.setup, room.played) if room.played else "",
        tables={name: data(text) for name, text in files(desk).items()},
        style=Markup((FOLDER / "static/workshop.css").read_text(encoding="utf-8")),
    )


def told(desk: Desk, topic: str) -> dict[str, Any]:
    """Picture, sentence and how the room's ranges did."""
    hit, count = views.caught(desk, topic)
    said = desk.t("80 per cent ranges that held the middle run: {hit} of {all}.", hit=hit, all=count) if count else ""
    return {
        "picture": views.picture(desk, topic),
        "sentence": views.sentence(desk, topic),
        "caught": said,
        "lined": views.lined(desk, topic),
    }


def gains(desk: Desk) -> dict[int, float]:
    """For each round played: how many more people have a secure home, against nobody, than before it (middle run)."""
    room, found, before = desk.room, dict[int, float](), 0.0
    for number in sorted(room.played):
        lived = desk.lived.get(f"round{number}")
        if lived is not None:
            end = room.setup.span(number)[1]
            now = float(np.median(lived.at(ROOM, ASKED, end) - lived.at(NOBODY, ASKED, end)))
            found[number], before = now - before, now
    return found


def turning_point(desk: Desk) -> str:
    """The round in which most changed, in a sentence."""
    by_round = gains(desk)
    if not by_round:
        return ""
    number = max(by_round, key=lambda n: abs(by_round[n]))
    change = desk.t.number(round(by_round[number]), sign=True)
    return desk.t(
        "Most changed in round {number}: {change} people with a secure home in the middle run, against the same city "
        "with no foundation and everything as usual.",
        number=number,
        change=change,
    )


def lives(desk: Desk, runner: Runner) -> list[dict[str, Any]]:
    """Whose life differs most, under the room's history and with no foundation: one run, months by situation."""
    room, t = desk.room, desk.t
    if not room.played:
        return []
    a, b = (runner.scenario(one) for one in (strategy_of(room.setup, room.played), NOBODY))
    who = somebody(a, b)
    if who is None:
        return []
    titles = (t("Under what your room decided"), t("With no foundation, and everything as usual"))
    return [
        {"title": title, "spells": spells(desk, life)} for title, life in zip(titles, two_lives(a, b, who), strict=True)
    ]


def spells(desk: Desk, life: Life) -> list[str]:
    """A life in sentences, one a situation."""

    def where(moment: Any) -> str:
        if moment.me is not None:
            return WORDS[SITUATIONS[moment.me.situation]]
        return N_("died") if moment.gone == "died" else N_("not here any more") if moment.gone else N_("not here yet")

    found = [(len(list(group)), desk.t(name)) for name, group in groupby(life, key=where)]
    return [
        desk.t("{months} months: {where}", months=months, where=name)
        if months > 1
        else desk.t("1 month: {where}", where=name)
        for months, name in found
    ]


def changes(desk: Desk) -> list[dict[str, Any]]:
    """For each question: the mean change among those who answered twice, with its 95 per cent interval."""
    room, found = desk.room, []
    for i, question in enumerate(QUESTIONS):
        pairs = [(before[i], after[i]) for before, after in twice(room)]
        found.append({"question": desk.t(question), "said": moved(desk, [b - a for a, b in pairs if a and b], 1)})
    return found


def twice(room: Room) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The marks before and after of everybody who answered both times."""
    both = [(room.answers.get(("ask_before", n)), room.answers.get(("ask_after", n))) for n in room.people]
    return [(before, after) for before, after in both if before and after]


def scale_moved(desk: Desk) -> dict[str, str] | None:
    """How a published scale's mean mark changed, among those who left nothing of it out; None if none was used."""
    scale, ours = desk.room.setup.scale, len(QUESTIONS)
    if scale is None:
        return None
    pairs = [(scale.score(before[ours:]), scale.score(after[ours:])) for before, after in twice(desk.room)]
    changed = [after - before for before, after in pairs if before is not None and after is not None]
    return {"title": scale.title, "permission": scale.permission, "said": moved(desk, changed, 2)}


def moved(desk: Desk, changed: Sequence[float], digits: int) -> str:
    """A mean change with its 95 per cent interval (Student's t), or that there are too few answers for one."""
    found = np.array(changed, float)
    if len(found) < LEAST:
        return desk.t("too few answers ({count})", count=len(found))
    half = student(len(found) - 1) * float(found.std(ddof=1) / np.sqrt(len(found)))
    low, middle, high = (
        desk.t.number(x, digits, sign=True) for x in (found.mean() - half, found.mean(), found.mean() + half)
    )
    return desk.t("{middle} ({low} to {high}), {count} people", middle=middle, low=low, high=high, count=len(found))


# --- tables -----------------------------------------------------------------------------------------------------------


def data(text: str) -> str:
    """A table as an address that holds all of it: the page is whole wherever it is kept."""
    return f"data:text/plain;charset=utf-8;base64,{b64encode(text.encode()).decode()}"


def _csv(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def decisions(desk: Desk) -> str:
    """Who decided what, round by round."""
    rows = [
        (n, table, decision, option, int(table in desk.room.by_program.get(n, [])))
        for n, tables in sorted(desk.room.played.items())
        for table, chosen in tables.items()
        for decision, option in chosen.items()
    ]
    return _csv(("round", "table", "decision", "option", "by_program"), rows)


def predictions(desk: Desk) -> str:
    """What everybody predicted, people by number."""
    rows = [
        (topic, person, one.pick, one.low, one.high, " ".join(f"{value:g}" for value in one.line))
        for (topic, person), one in sorted(desk.room.predicted.items())
    ]
    return _csv(("topic", "person", "pick", "low", "high", "line"), rows)


def answers(desk: Desk) -> str:
    """The marks before and after, people by number; 0 is left out."""
    rows = [(when.removeprefix("ask_"), person, *marks) for (when, person), marks in sorted(desk.room.answers.items())]
    return _csv(("when", "person", *(f"question_{i + 1}" for i in range(desk.room.questions))), rows)


def results(desk: Desk) -> str:
    """What the runs measured at the end of every year, as shown, from the latest round that was run."""
    topics = [
        topic
        for topic in ("last", *(f"round{n}" for n in sorted(desk.room.played, reverse=True)))
        if topic in desk.lived and topic in desk.room.locked
    ]
    if not topics:
        return _csv(("run", "scenario", "month", "measure", "value"), [])
    lived = desk.lived[topics[0]]
    rows = [
        (run + 1, label, month, name, float(lived.values[run, i, month, k]))
        for run in range(lived.runs)
        for i, label in enumerate(lived.labels)
        for month in range(0, MONTHS + 1, 12)
        for k, name in enumerate(SHOWN)
    ]
    return _csv(("run", "scenario", "month", "measure", "value"), rows)


TABLES: Mapping[str, Callable[[Desk], str]] = {
    "decisions.csv": decisions,
    "predictions.csv": predictions,
    "answers.csv": answers,
    "results.csv": results,
}


def files(desk: Desk) -> dict[str, str]:
    """All of them by the names of their files, and what the room did as a strategy file once it has done something."""
    room, found = desk.room, {name: table(desk) for name, table in TABLES.items()}
    return found | ({"the_room.toml": file_of(room.setup, room.played)} if room.played else {})
