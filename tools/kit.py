"""The kit for whoever leads a workshop: papers and slides, with every number taken from a run.

    python -m tools.kit            write kit/*.html from kit/source/, and kit/es/ and so on: every language's
    python -m tools.kit --check    end with 1 if a paper or a number in it is not what it would be now

Every paper is one HTML file that needs nothing else, prints on A4 and on Letter, and works in black and white.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from engine.whole_file import whole_file
from scenarios.language import ENGLISH, WORKSHOP, Speech, languages, reviewed
from scenarios.places import find_place
from scenarios.plausible import shipped_sample
from scenarios.scenario import NOBODY
from tools.translate import KIT, steps_of_a_month
from workshop.charts import Predicted, courses, rows
from workshop.history import EACH, HEADLINE, SETS, Lived, Runner
from workshop.notes import ANSWERS, MORE, NOTES, QUESTIONS, Note, assumed
from workshop.plans import MONEY_ENDS, MONTHS, PLANS, TITLES
from workshop.roles import ROLES
from workshop.setup import Setup
from workshop.views import STRATEGIES, differences


@cache
def runs() -> tuple[Lived, Lived]:
    """The runs of a workshop without a facilitator's file: nobody's, and the two strategies that are shown first."""
    runner = Runner(Setup())
    return runner.usual(), runner.shown()


@cache
def numbers(language: str = ENGLISH) -> dict[str, Any]:
    """What the papers say in numbers and pictures."""
    t, (usual, shown) = Speech(language), runs()
    one, other = (t(STRATEGIES[name]) for name in Setup().strategies)
    values = differences(shown, *shown.labels[:2])
    low, middle, high = (round(float(x)) for x in np.quantile(values, (0.05, 0.5, 0.95)))
    course, count = usual.of(NOBODY, HEADLINE), shown.runs
    alone = t("People without a home over ten years, {count} runs.", count=count)
    more = t("How many more people have a secure home after ten years, {count} runs.", count=count)
    less = t("{first} less {second}", first=one, second=other)
    axis = t("more people with a secure home after ten years")
    return {
        "now": t.number(float(np.median(course[:, 0]))), "later": t.number(float(np.median(course[:, MONTHS]))),
        "full": t.number(float(np.median(usual.of(NOBODY, "crisis_occupancy")[:, 0]))),
        "first": one, "second": other,
        "low": t.number(low, sign=True), "middle": t.number(middle, sign=True), "high": t.number(high, sign=True),
        "runs": count, "above": int((values > 0).sum()), "sets": SETS, "each": EACH,
        "course": courses(course, 0, Predicted(), t, alone, t("years")),
        "dots": rows([(less, values.tolist())], [], t, more, axis),
    }  # fmt: skip


def agendas(t: Speech) -> dict[int, list[dict[str, Any]]]:
    """Every plan to the minute: from, to, what, and what is said."""
    found: dict[int, list[dict[str, Any]]] = {}
    for plan, steps in PLANS.items():
        at, lines = 0, []
        for step in steps:
            name = t(TITLES[step.kind])
            if step.round:
                first, last = (month // 12 for month in Setup(plan=plan).span(step.round))
                name = t(
                    "Round {number}, years {first} to {last}: {step}",
                    number=step.round, first=first + 1, last=last, step=name,
                )  # fmt: skip
            lines.append({"from": at, "to": at + step.minutes, "name": name, "kind": step.kind, "round": step.round})
            at += step.minutes
        found[plan] = lines
    return found


def guided() -> list[tuple[str, Note]]:
    """What the guide says, in the order of a workshop: every step's notes, and after the rounds what ends with them."""
    found: list[tuple[str, Note]] = []
    for kind, note in NOTES.items():
        found += [(TITLES[kind], note), *(MORE.items() if kind == "talk" else ())]
    return found


def marked(t: Speech) -> Callable[..., Markup]:
    """A text of ours with tags in it, in this language; what fills its gaps is escaped."""

    def said(text: str, **values: object) -> Markup:
        return Markup(t(text)).format(**{name: t.written(value) for name, value in values.items()})

    return said


def papers(language: str = ENGLISH) -> dict[str, str]:
    """The text of every paper in a language, by the name of its file."""
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(KIT / "source"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    t = Speech(language)
    style = Markup((KIT / "source" / "paper.css").read_text(encoding="utf-8"))
    pages.globals.update(t=t, m=marked(t), joined=lambda texts: " ".join(t(one) for one in texts))
    values = {
        "style": style, "roles": ROLES, "notes": NOTES, "guided": guided(), "agendas": agendas(t),
        "questions": QUESTIONS, "answers": ANSWERS, "steps": steps_of_a_month(), "money_ends": MONEY_ENDS // 12,
        "setup": Setup(), "drawn": assumed(shipped_sample(find_place(Setup().place))),
        "unreviewed": not reviewed(language, WORKSHOP),
        **numbers(language),
    }  # fmt: skip
    names = sorted(one.name for one in (KIT / "source").glob("*.html") if not one.name.startswith("_"))
    return {name: pages.get_template(name).render(values) for name in names}


def everything() -> dict[str, str]:
    """All papers in all languages, by their paths from the kit: English at the top, others in folders."""
    found: dict[str, str] = {}
    for language in languages(WORKSHOP):
        folder = "" if language == ENGLISH else f"{language}/"
        found |= {f"{folder}{name}": text for name, text in papers(language).items()}
    return found


def stale() -> list[str]:
    """Papers that are not there, or not as they would be now; papers that nobody makes."""
    made = everything()
    files = [one for one in KIT.rglob("*.html") if not one.is_relative_to(KIT / "source")]
    there = {one.relative_to(KIT).as_posix(): one.read_text(encoding="utf-8") for one in files}
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        old = stale()
        print(*(f"kit/{name} is not up to date: python -m tools.kit" for name in old), sep="\n")
        return 1 if old else 0
    for name, text in everything().items():
        (KIT / name).parent.mkdir(exist_ok=True)
        with whole_file(KIT / name) as file:
            file.write(text)
        print(f"kit/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
