"""The page: docs/answer.md, from stored rows by the plan's templates.  No sentence about a contrast is written here.

All that it says is stored beside the rows as well (`PAGE_DATA`), as texts with what fills their gaps (texts.py), so
that the dashboard says it in any language and fits nothing again.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analysis.markdown import markdown_table
from engine.errors import BadInput
from engine.whole_file import whole_file
from scenarios.edition import ROOT
from scenarios.language import G_
from scenarios.places import find_place
from scenarios.plausible import shipped_sample
from studies.answer.arms import CRITIC, first_goal, tuned_name
from studies.answer.plan import CAMPS, FILE, HOMES, NOTHING, PLACES, PLAN_PAGE, camps, effort, plan
from studies.answer.search import TABLE, read_trials
from studies.answer.stored import Gap, Stored, rows_digest
from studies.answer.texts import OPENS, Listed, Number, Part, Sentences, Text, later, packed, said, unpacked
from studies.answer.told import (
    WORDS,
    Table,
    against,
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

QUICK = later("This is a quick run: it shows that the machine works, and is no answer.")
PAGE_DATA = "page.json"
DRAWN = later("The worlds are drawn from the ranges of the evidence: there was no calibrated sample.")
TOO_FEW = later("There are too few worlds, or too few people in them, for any verdict; the tables show the machinery.")
FIRST = ("users", "funder")
SHARES, CANNOT = G_("In how many worlds"), G_("What it cannot say, and who has not been asked")


@dataclass(frozen=True)
class Page:
    """All that the page says.  `warnings` come first; `said`: the paragraph, then the weakest point, or that there are
    too few worlds; `parts`: tables and sentences by title."""

    warnings: tuple[Part, ...]
    about: Part
    said: tuple[Part, ...]
    parts: Mapping[str, Table]
    cannot: tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """A contrast that the plan names: `of` gives it in a measure.  `main`: of camps tuned for people, at the end."""

    title: Text
    of: Callable[[str], Gap]
    main: bool = False


def first_arm(camp: str) -> str:
    """The arm that stands for a camp."""
    return tuned_name(camp, first_goal())


def sentence(about: str, gap: Gap, one: str, other: str = "", restated_: float | None = None) -> Text:
    """The plan's sentence about a contrast of two camps."""
    unknown = restated_ is None or restated_ != restated_
    part: Part = later("an unknown part") if restated_ is None or unknown else per_cent(restated_)
    words: dict[str, Part] = {"one_leads": Text(camps()[one].leads), "restated": part}
    words["other_leads"] = Text(camps()[other].leads) if other else ""
    share = gap.share
    if share is not None:
        three = {"better": share.better, "same": share.same, "worse": share.worse}
        words |= {name: per_cent(ends[0]) for name, ends in three.items()}
    text = str(plan()["sentences"][about]["none" if share is None else share.sign])
    return Text(text, {name: what for name, what in words.items() if f"{{{name}}}" in text}, OPENS)


def paragraph(found: Stored) -> list[Part]:
    """What a board member can repeat; nothing else may stand in it (docs/plan.md)."""
    users, funder = FIRST
    one, other = first_arm(users), first_arm(funder)
    told: list[Part] = [
        sentence("people", found.gap(one, other, "people"), users, funder),
        sentence("money", found.gap(one, other, "money"), users, funder),
        sentence("equal", found.gap_at_equal_cost(one, other, "people"), users, funder),
    ]
    told += [sentence("people", found.gap(first_arm(pair["one"]), first_arm(pair["other"]), "people"),
                      pair["one"], pair["other"])
             for pair in plan()["contrasts"] if (pair["one"], pair["other"]) != FIRST]  # fmt: skip
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
    return f"{nearest(found, beliefs)}  {said(Sentences(tuple(board(found))))}"


def nearest(found: Stored, beliefs: Mapping[str, float]) -> str:
    """Which worlds are told of."""
    return f"The {found.number():,} worlds nearest to {', '.join(f'{n} = {value:g}' for n, value in beliefs.items())}."


def board(found: Stored) -> list[Part]:
    """The paragraph, or that there are too few worlds for it."""
    return [TOO_FEW] if found.too_few else paragraph(found)


# --- the table of shares ----------------------------------------------------------------------------------------------


def rows(found: Stored) -> list[Row]:
    """Every contrast that the plan names."""
    made = list[Row]()
    for pair in plan()["contrasts"]:
        one, other = pair["one"], pair["other"]
        title = against(one, other)
        a, b = first_arm(one), first_arm(other)
        made.append(Row(title, partial(found.gap, a, b), main=True))
        equal = later("{contrast}, all payers' money equal", contrast=title)
        made.append(Row(equal, partial(found.gap_at_equal_cost, a, b), main=True))
        earlier = later("{contrast}, two years after the money ends, as run", contrast=title)
        made.append(Row(earlier, partial(_earlier, found, a, b)))
        for goal in ("places", "fit"):
            tuned = later("{contrast}, each tuned for {goal}", contrast=title, goal=Text(goal))
            made.append(Row(tuned, partial(found.gap, tuned_name(one, goal), tuned_name(other, goal))))
        a, b = camps()[one].shipped, camps()[other].shipped
        shipped = later("{contrast}, as shipped (`{one}`, `{other}`)", contrast=title, one=a, other=b)
        made.append(Row(shipped, partial(found.gap, a, b)))
    for camp in FIRST:
        sizes = [f"{first_arm(camp)}_{size}" for size in ("small", "large")]
        title = later("the dose: {camp} in many small against few large grants", camp=Text(camps()[camp].title.lower()))
        made.append(Row(title, partial(found.gap, *sizes)))
    for arm in (name for name in found.arms if name.startswith(CRITIC)):
        for camp in CAMPS:
            title = later("{arm} against {camp}, tuned", arm=arm.replace("_", " "),
                          camp=Text(camps()[camp].title.lower()))  # fmt: skip
            made.append(Row(title, partial(found.gap, arm, first_arm(camp))))
    return made


def contrasts(found: Stored, restated_: float | None) -> Table:
    """The same in four measures.  restated_: how much of fit is near its definition."""
    heads = (later("contrast"), *WORDS.values(), later("worlds apart"))
    users, funder = map(first_arm, FIRST)
    told = [sentence(about, found.gap(users, funder, about), *FIRST, restated_) for about in ("places", "fit")]
    words = (later("In each cell: better / practically the same / worse, per cent of the worlds, each with its 95% "
                   "interval. Of cost, less is better. Worlds apart: an arm was not carried out there."),)  # fmt: skip
    cells = tuple((row.title, *_cells(row.of)) for row in rows(found))
    return Table(heads, cells, words if found.too_few else (*words, *told))


def controls(found: Stored) -> Table:
    """Every arm against nothing, and against homes and places for the same money."""
    rows = list[tuple[Part, ...]]()
    for arm in (name for name in found.arms if name not in (HOMES, PLACES)):
        gaps = [*(found.gap(arm, NOTHING, measure) for measure in SHORT),
                found.gap(arm, HOMES, "people"), found.against_control(arm, HOMES, "people"),
                found.gap(arm, PLACES, "places"), found.against_control(arm, PLACES, "places")]  # fmt: skip
        cells = [_brief(gap) for gap in gaps]
        apart = sum(int((~found.carried(place, arm)).sum()) for place in found.places)
        rows.append((called(arm), *cells, Number(apart)))
    heads = (later("arm"), later("people"), later("cost"), later("places"), later("fit"),
             later("people, homes for its money"), later("people, homes for all payers' money"),
             later("places, places for its money"), later("places, places for all payers' money"),
             later("worlds not carried out"))  # fmt: skip
    words = (later("Better / the same / worse, per cent: the first four against no foundation, then against the "
                   "controls."),)  # fmt: skip
    return Table(heads, tuple(rows), words)


def _cells(of: Callable[[str], Gap]) -> list[Part]:
    """In four measures, and how many worlds are left out."""
    gaps = [of(measure) for measure in SHORT]
    return [*map(_cell, gaps), "–" if gaps[0].share is None else Number(gaps[0].share.apart)]


def _earlier(found: Stored, one: str, other: str, measure: str) -> Gap:
    return found.gap(one, other, f"{measure}_{plan()['horizon']['earlier']}")


def _cell(gap: Gap) -> Part:
    share = gap.share
    if share is None or share.worlds == 0:
        return _brief(gap)
    return " / ".join(_with_ends(one) for one in (share.better, share.same, share.worse))


def _brief(gap: Gap) -> Part:
    if gap.share is None:
        return later("no such money")
    if not gap.share.worlds:
        return later("carried out nowhere †") if gap.beyond else later("carried out nowhere")
    return gap.share.brief + (" †" if gap.beyond else "")


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
        G_("Beside every arm: nothing, homes, places"): lambda: controls(found),
        G_("When which"): lambda: tree(found),
        G_("Restates its assumptions"): lambda: restates(by_group),
        G_("Results at zero"): lambda: zero(found),
        G_("What the five practices are worth"): lambda: practices(found),
        G_("What to look at in year two"): lambda: indicators(found),
        G_("What one would regret"): lambda: regret(found),
    }  # fmt: skip
    told = (Sentences(tuple(board(found))), *(() if found.too_few else (_weakest(by_group),)))
    made = {title: make() for title, make in parts.items()}
    return Page(_warnings(found), _about(found), told, made, _cannot(found, folder))


def text(page: Page) -> str:
    """The page as Markdown."""
    lines = ["# Who should lead?", ""]
    for paragraph_ in (*(f"**{said(one)}**" for one in page.warnings), said(page.about), *map(said, page.said)):
        lines += [paragraph_, ""]
    for title, part in page.parts.items():
        lines += [f"## {title}", "", *_table(part), ""]
    lines += [f"## {CANNOT}", ""]
    for paragraph_ in map(said, page.cannot):
        lines += [paragraph_, ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(made: Table) -> list[str]:
    rows_ = [[*map(said, row)] for row in made.rows]
    lines = [markdown_table([*map(said, made.heads)], rows_), ""] if rows_ else []
    return lines + [f"{said(word)}\n" for word in made.words]


def _warnings(found: Stored) -> tuple[Part, ...]:
    one = effort(found.quick)
    wanted, made = one.number * len(one.places), list[Part]()
    if found.quick:
        how_many = later("{number} worlds, {trials} settings a camp; nothing on this page is to be quoted.",
                         number=Number(one.number), trials=Number(one.trials))  # fmt: skip
        made.append(Sentences((QUICK, how_many)))
    if found.number() < wanted:
        made.append(later("It is not finished: {done} of {wanted} worlds are judged.", done=Number(found.number()),
                          wanted=Number(wanted)))  # fmt: skip
    return tuple(made)


def _about(found: Stored) -> Part:
    places = [find_place(place) for place in found.places]
    sample = shipped_sample(None)
    told: list[Part] = [later("{number} plausible worlds in {places}.", number=Number(found.number()),
                              places=Listed(tuple(place.title for place in places)))]  # fmt: skip
    if sample is None:
        told.append(DRAWN)
    else:
        told.append(later("The worlds are drawn from the calibrated sample of {date} and the ranges of what it leaves "
                          "open.", date=str(sample.manifest.get("date", "no date"))))  # fmt: skip
    uncalibrated = [place.title for place in places if sample is not None and shipped_sample(place) is None]
    if uncalibrated:
        told.append(later("In {places} it was not fitted, and ranges alone are drawn from.",
                          places=Listed(tuple(uncalibrated))))  # fmt: skip
    told += [
        later("The plan came first: commit `{commit}` holds {plan}.", commit=plan_commit(), plan=PLAN_PAGE),
        later("This page is made from it and from stored rows by `unfreeze answer`."),
        later("Shares are of the worlds as drawn and no probabilities."),
    ]
    return Sentences(tuple(told))


def _weakest(by_group: Mapping[tuple[str, str, str], Mapping[str, float]]) -> Text:
    """The weakest point: the measure whose first contrast comes most of what is closest to its definition."""
    ours = {key[2]: by["close"] for key, by in by_group.items() if key[:2] == FIRST and by["close"] == by["close"]}
    if not ours:
        return later("Its weakest point: too few worlds to say what restates its assumptions.")
    worst = max(ours, key=lambda measure: ours[measure])
    return later("Its weakest point: of what worlds differ by in {measure}, {share} comes of three assumptions closest "
                 "to its definition: distances of designs, width of fit, speed of redesign.", measure=WORDS[worst],
                 share=per_cent(ours[worst]))  # fmt: skip


def _cannot(found: Stored, folder: Path) -> tuple[Part, ...]:
    trials = read_trials(folder / TABLE)
    counted = [later("{search} {settings}", search=name, settings=Number(sum(one.search == name for one in trials)))
               for name in dict.fromkeys(one.search for one in trials)]  # fmt: skip
    tried: list[Part] = [later("Settings tried by each search: {settings}.", settings=Listed(tuple(counted)))]
    if not any(one.search == CRITIC for one in trials):
        tried.append(later("No critic has searched yet."))
    tried.append(later("† marks a control whose ladder of money does not reach what all payers spend: its highest rung "
                       "is counted."))  # fmt: skip
    return (
        Sentences((
            later("It speaks of a model."),
            later("What no rule holds no world holds: a housing market, space, a network of another form, a "
                  "commissioner with a rule of his own."),
            later("Ranges are the authors', and what lies outside them was not drawn."),
            later("Tuned strategies have one phase."),
        )),
        Sentences(tuple(tried)),
        Sentences((
            later("People who use these services have reviewed neither the model nor its measures."),
            later("Until they have, it represents them only through what researchers wrote down."),
        )),
    )  # fmt: skip


def plan_commit() -> str:
    """The last commit that changed the plan; "not committed" where there is none."""
    done = subprocess.run(["git", "log", "-1", "--format=%h", "--", str(FILE), PLAN_PAGE], cwd=ROOT,
                          capture_output=True, text=True, check=False)  # fmt: skip
    return done.stdout.strip() or "not committed"


def write_page(folder: Path, quick: bool) -> Path:
    """Write the page beside the answer's folder, and all that it says into it; the page's path."""
    page, path = told_page(folder, quick), folder.with_suffix(".md")
    with whole_file(folder / PAGE_DATA) as file:
        json.dump({"rows": rows_digest(folder), **_kept(page)}, file, indent=1, ensure_ascii=False)
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
        tables = {str(title): Table(_texts(one["heads"]), tuple(map(_texts, one["rows"])), _texts(one["words"]))
                  for title, one in parts.items()}  # fmt: skip
        three = {name: _texts(found[name]) for name in ("warnings", "said", "cannot")}
        page = Page(about=unpacked(found["about"]), parts=tables, **three)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadInput(f"'{path}' is not what Unfreeze wrote", do=run) from error
    if rows_ != rows_digest(folder):
        raise BadInput(f"'{path}' was made of other rows than those beside it", do=run)
    return page


def _kept(page: Page) -> dict[str, Any]:
    """What JSON keeps of it."""
    return {
        "warnings": _packed(page.warnings), "about": packed(page.about), "said": _packed(page.said),
        "parts": {title: {"heads": _packed(one.heads), "rows": [*map(_packed, one.rows)], "words": _packed(one.words)}
                  for title, one in page.parts.items()},
        "cannot": _packed(page.cannot),
    }  # fmt: skip


def _packed(texts: Iterable[Part]) -> list[Any]:
    return [*map(packed, texts)]


def _texts(found: Any) -> tuple[Part, ...]:
    return tuple(map(unpacked, found))
