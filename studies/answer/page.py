"""The page: docs/answer.md, from stored rows by the plan's templates.  No sentence about a contrast is written here.

All that it says is stored beside the rows as well (`PAGE_DATA`), so that the dashboard shows it and fits nothing again.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analysis.markdown import markdown_table
from analysis.words import listed
from engine.errors import BadInput
from engine.whole_file import whole_file
from scenarios.edition import ROOT
from scenarios.places import find_place
from scenarios.plausible import shipped_sample
from studies.answer.arms import CRITIC, first_goal, tuned_name
from studies.answer.plan import CAMPS, FILE, HOMES, NOTHING, PLACES, PLAN_PAGE, camps, effort, plan
from studies.answer.search import TABLE, read_trials
from studies.answer.stored import Gap, Stored, rows_digest
from studies.answer.told import (
    WORDS,
    Table,
    called,
    indicators,
    per_cent,
    practices,
    regret,
    restated,
    restates,
    tree,
    zero,
)
from studies.answer.worlds import SHORT

QUICK = "This is a quick run: it shows that the machine works, and is no answer."
QUICKLY = "{number} worlds, {trials} settings a camp; nothing on this page is to be quoted."
PAGE_DATA = "page.json"
DRAWN = "The worlds are drawn from the ranges of the evidence: there was no calibrated sample."
SAMPLED = "The worlds are drawn from the calibrated sample of {date} and the ranges of what it leaves open."
TOO_FEW = "There are too few worlds, or too few people in them, for any verdict; the tables show the machinery."
FIRST = ("users", "funder")
SHARES, CANNOT = "In how many worlds", "What it cannot say, and who has not been asked"


@dataclass(frozen=True)
class Page:
    """All that the page says.  `warnings` come first; `said`: the paragraph, then the weakest point, or that there are
    too few worlds; `parts`: tables and sentences by title."""

    warnings: tuple[str, ...]
    about: str
    said: tuple[str, ...]
    parts: Mapping[str, Table]
    cannot: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A contrast that the plan names: `of` gives it in a measure.  `main`: of camps tuned for people, at the end."""

    title: str
    of: Callable[[str], Gap]
    main: bool = False


def first_arm(camp: str) -> str:
    """The arm that stands for a camp."""
    return tuned_name(camp, first_goal())


def sentence(about: str, gap: Gap, one: str, other: str = "", restated_: float | None = None) -> str:
    """The plan's sentence about a contrast of two camps."""
    part = "an unknown part" if restated_ is None or restated_ != restated_ else per_cent(restated_)
    words = {"one_leads": camps()[one].leads, "other_leads": camps()[other].leads if other else "", "restated": part}
    share = gap.share
    if share is not None:
        three = {"better": share.better, "same": share.same, "worse": share.worse}
        words |= {name: per_cent(ends[0]) for name, ends in three.items()}
    text = str(plan()["sentences"][about]["none" if share is None else share.sign]).format(**words)
    return text[:1].upper() + text[1:]


def paragraph(found: Stored) -> list[str]:
    """What a board member can repeat; nothing else may stand in it (docs/plan.md)."""
    users, funder = FIRST
    one, other = first_arm(users), first_arm(funder)
    told = [
        sentence("people", found.gap(one, other, "people"), users, funder),
        sentence("money", found.gap(one, other, "money"), users, funder),
        sentence("equal", found.gap_at_equal_cost(one, other, "people"), users, funder),
    ]
    told += [sentence("people", found.gap(first_arm(said["one"]), first_arm(said["other"]), "people"),
                      said["one"], said["other"])
             for said in plan()["contrasts"] if (said["one"], said["other"]) != FIRST]  # fmt: skip
    homes = {camp: found.against_control(first_arm(camp), HOMES, "people") for camp in FIRST}
    return told + [sentence("homes", gap, camp) for camp, gap in homes.items()]


def loser(found: Stored) -> str:
    """Which of the first two camps has fewer worlds in which it is better for people at equal all-payer money; if they
    are as many, or no such money is, whichever has the lower mean."""
    users, funder = FIRST
    one, other = first_arm(users), first_arm(funder)
    gap = found.gap_at_equal_cost(one, other, "people")
    share = gap.share if gap.share is not None else found.gap(one, other, "people").share
    assert share is not None
    if share.better[0] != share.worse[0]:
        return users if share.better[0] < share.worse[0] else funder
    return users if share.mean < 0 else funder


def believed(folder: Path, quick: bool, beliefs: Mapping[str, float]) -> str:
    """The paragraph again, of the worlds nearest to what somebody believes."""
    found = Stored(folder, quick).near(beliefs)
    return f"{nearest(found, beliefs)}  {' '.join(board(found))}"


def nearest(found: Stored, beliefs: Mapping[str, float]) -> str:
    """Which worlds are told of."""
    return f"The {found.number():,} worlds nearest to {', '.join(f'{n} = {value:g}' for n, value in beliefs.items())}."


def board(found: Stored) -> list[str]:
    """The paragraph, or that there are too few worlds for it."""
    return [TOO_FEW] if found.too_few else paragraph(found)


# --- the table of shares ----------------------------------------------------------------------------------------------


def rows(found: Stored) -> list[Row]:
    """Every contrast that the plan names."""
    made = list[Row]()
    for said in plan()["contrasts"]:
        one, other = said["one"], said["other"]
        title = f"{camps()[one].title} against {camps()[other].title.lower()}"
        a, b = first_arm(one), first_arm(other)
        made.append(Row(title, partial(found.gap, a, b), main=True))
        made.append(Row(f"{title}, all payers' money equal", partial(found.gap_at_equal_cost, a, b), main=True))
        made.append(Row(f"{title}, two years after the money ends, as run", partial(_earlier, found, a, b)))
        for goal in ("places", "fit"):
            pair = tuned_name(one, goal), tuned_name(other, goal)
            made.append(Row(f"{title}, each tuned for {goal}", partial(found.gap, *pair)))
        a, b = camps()[one].shipped, camps()[other].shipped
        made.append(Row(f"{title}, as shipped (`{a}`, `{b}`)", partial(found.gap, a, b)))
    for camp in FIRST:
        sizes = [f"{first_arm(camp)}_{size}" for size in ("small", "large")]
        title = f"the dose: {camps()[camp].title.lower()} in many small against few large grants"
        made.append(Row(title, partial(found.gap, *sizes)))
    for arm in (name for name in found.arms if name.startswith(CRITIC)):
        for camp in CAMPS:
            title = f"{arm.replace('_', ' ')} against {camps()[camp].title.lower()}, tuned"
            made.append(Row(title, partial(found.gap, arm, first_arm(camp))))
    return made


def contrasts(found: Stored, restated_: float | None) -> Table:
    """The same in four measures.  restated_: how much of fit is near its definition."""
    heads = ("contrast", *WORDS.values(), "worlds apart")
    users, funder = map(first_arm, FIRST)
    told = [sentence(about, found.gap(users, funder, about), *FIRST, restated_) for about in ("places", "fit")]
    words = ("In each cell: better / practically the same / worse, per cent of the worlds, each with its 95% interval. "
             "Of cost, less is better. Worlds apart: an arm was not carried out there.",)  # fmt: skip
    cells = tuple((row.title, *_cells(row.of)) for row in rows(found))
    return Table(heads, cells, words if found.too_few else (*words, *told))


def controls(found: Stored) -> Table:
    """Every arm against nothing, and against homes and places for the same money."""
    rows = list[tuple[str, ...]]()
    for arm in (name for name in found.arms if name not in (HOMES, PLACES)):
        gaps = [*(found.gap(arm, NOTHING, measure) for measure in SHORT),
                found.gap(arm, HOMES, "people"), found.against_control(arm, HOMES, "people"),
                found.gap(arm, PLACES, "places"), found.against_control(arm, PLACES, "places")]  # fmt: skip
        cells = [_brief(gap) for gap in gaps]
        apart = sum(int((~found.carried(place, arm)).sum()) for place in found.places)
        rows.append((called(arm), *cells, f"{apart:,}"))
    heads = ("arm", "people", "cost", "places", "fit", "people, homes for its money",
             "people, homes for all payers' money", "places, places for its money",
             "places, places for all payers' money", "worlds not carried out")  # fmt: skip
    return Table(
        heads,
        tuple(rows),
        ("Better / the same / worse, per cent: the first four against no foundation, then against the controls.",),
    )


def _cells(of: Callable[[str], Gap]) -> list[str]:
    """In four measures, and how many worlds are left out."""
    gaps = [of(measure) for measure in SHORT]
    return [*map(_cell, gaps), "–" if gaps[0].share is None else f"{gaps[0].share.apart:,}"]


def _earlier(found: Stored, one: str, other: str, measure: str) -> Gap:
    return found.gap(one, other, f"{measure}_{plan()['horizon']['earlier']}")


def _cell(gap: Gap) -> str:
    share = gap.share
    if share is None or share.worlds == 0:
        return _brief(gap)
    return " / ".join(_with_ends(one) for one in (share.better, share.same, share.worse))


def _brief(gap: Gap) -> str:
    if gap.share is None:
        return "no such money"
    return (gap.share.brief if gap.share.worlds else "carried out nowhere") + (" †" if gap.beyond else "")


def _with_ends(one: tuple[float, float, float]) -> str:
    middle, low, high = (f"{100 * share:.0f}" for share in one)
    return f"{middle} ({low}–{high})"


# --- the whole page ---------------------------------------------------------------------------------------------------


def told_page(folder: Path, quick: bool) -> Page:
    """All that the page says, from stored rows; what needs many fits is fitted here."""
    found = Stored(folder, quick)
    by_group = restated(found)
    parts: Mapping[str, Callable[[], Table]] = {
        SHARES: lambda: contrasts(found, by_group[(*FIRST, "fit")]["close"]),
        "Beside every arm: nothing, homes, places": lambda: controls(found),
        "When which": lambda: tree(found),
        "Restates its assumptions": lambda: restates(by_group),
        "Results at zero": lambda: zero(found),
        "What the five practices are worth": lambda: practices(found),
        "What to look at in year two": lambda: indicators(found),
        "What one would regret": lambda: regret(found),
    }  # fmt: skip
    said = (" ".join(board(found)), *(() if found.too_few else (_weakest(by_group),)))
    made = {title: make() for title, make in parts.items()}
    return Page(_warnings(found), _about(found), said, made, _cannot(found, folder))


def text(page: Page) -> str:
    """The page as Markdown."""
    lines = ["# Who should lead?", ""]
    for paragraph_ in (*(f"**{one}**" for one in page.warnings), page.about, *page.said):
        lines += [paragraph_, ""]
    for title, part in page.parts.items():
        lines += [f"## {title}", "", *_table(part), ""]
    lines += [f"## {CANNOT}", ""]
    for paragraph_ in page.cannot:
        lines += [paragraph_, ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(made: Table) -> list[str]:
    lines = [markdown_table(made.heads, made.rows), ""] if made.rows else []
    return lines + [f"{word}\n" for word in made.words]


def _warnings(found: Stored) -> tuple[str, ...]:
    one = effort(found.quick)
    wanted = one.number * len(one.places)
    quick = f"{QUICK} {QUICKLY.format(number=one.number, trials=one.trials)}" if found.quick else ""
    part = f"It is not finished: {found.number():,} of {wanted:,} worlds are judged." if found.number() < wanted else ""
    return tuple(filter(None, (quick, part)))


def _about(found: Stored) -> str:
    places = [find_place(place) for place in found.places]
    where, sample = ", ".join(place.title for place in places), shipped_sample(None)
    worlds = DRAWN if sample is None else SAMPLED.format(date=sample.manifest.get("date", "no date"))
    uncalibrated = [place.title for place in places if sample is not None and shipped_sample(place) is None]
    worlds += f" In {listed(uncalibrated)} it was not fitted, and ranges alone are drawn from." if uncalibrated else ""
    return (f"{found.number():,} plausible worlds in {where}. {worlds} The plan came first: commit "
            f"`{plan_commit()}` holds {PLAN_PAGE}. This page is made from it and from stored rows by "
            "`unfreeze answer`. Shares are of the worlds as drawn and no probabilities.")  # fmt: skip


def _weakest(by_group: Mapping[tuple[str, str, str], Mapping[str, float]]) -> str:
    """The weakest point: the measure whose first contrast comes most of what is closest to its definition."""
    ours = {key[2]: by["close"] for key, by in by_group.items() if key[:2] == FIRST and by["close"] == by["close"]}
    if not ours:
        return "Its weakest point: too few worlds to say what restates its assumptions."
    worst = max(ours, key=lambda measure: ours[measure])
    return (
        f"Its weakest point: of what worlds differ by in {WORDS[worst]}, {per_cent(ours[worst])} comes of three "
        "assumptions closest to its definition: distances of designs, width of fit, speed of redesign."
    )


def _cannot(found: Stored, folder: Path) -> tuple[str, ...]:
    trials = read_trials(folder / TABLE)
    counted = ", ".join(f"{name} {sum(one.search == name for one in trials)}"
                        for name in dict.fromkeys(one.search for one in trials))  # fmt: skip
    critic = "" if any(one.search == CRITIC for one in trials) else " No critic has searched yet."
    return (
        "It speaks of a model. What no rule holds no world holds: a housing market, space, a network of another form, "
        "a commissioner with a rule of his own. Ranges are the authors', and what lies outside them was not drawn. "
        "Tuned strategies have one phase.",
        f"Settings tried by each search: {counted}.{critic} † marks a control whose ladder of money does not reach "
        "what all payers spend: its highest rung is counted.",
        "People who use these services have reviewed neither the model nor its measures. Until they have, it "
        "represents them only through what researchers wrote down.",
    )


def plan_commit() -> str:
    """The last commit that changed the plan; "not committed" where there is none."""
    done = subprocess.run(["git", "log", "-1", "--format=%h", "--", str(FILE), PLAN_PAGE], cwd=ROOT,
                          capture_output=True, text=True, check=False)  # fmt: skip
    return done.stdout.strip() or "not committed"


def write_page(folder: Path, quick: bool) -> Path:
    """Write the page beside the answer's folder, and all that it says into it; the page's path."""
    page, path = told_page(folder, quick), folder.with_suffix(".md")
    with whole_file(folder / PAGE_DATA) as file:
        json.dump({"rows": rows_digest(folder), **asdict(page)}, file, indent=1, ensure_ascii=False)
    with whole_file(path) as file:
        file.write(text(page))
    return path


def read_page(folder: Path) -> Page:
    """What `write_page` stored; BadInput if it did not, or before these rows were there."""
    path, run = folder / PAGE_DATA, f"Make it: unfreeze answer page --out {folder}"
    if not path.is_file():
        raise BadInput(f"There is no {PAGE_DATA} in '{folder}'", do=run)
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        rows_, parts = found.pop("rows"), found.pop("parts")
        tables = {title: Table(_texts(one["heads"]), tuple(map(_texts, one["rows"])), _texts(one["words"]))
                  for title, one in parts.items()}  # fmt: skip
        three = {name: _texts(found[name]) for name in ("warnings", "said", "cannot")}
        page = Page(about=str(found["about"]), parts=tables, **three)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"'{path}' is not what Unfreeze wrote", do=run) from error
    if rows_ != rows_digest(folder):
        raise BadInput(f"'{path}' was made of other rows than those beside it", do=run)
    return page


def _texts(found: Any) -> tuple[str, ...]:
    return tuple(map(str, found))
