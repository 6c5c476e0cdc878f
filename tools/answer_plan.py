"""The tables of docs/plan.md, made from studies/answer/plan.toml.

python -m tools.answer_plan            # write them
python -m tools.answer_plan --check    # say whether they are up to date; exit code 1 if not
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from engine.errors import UnknownName
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.strategy import find_strategy
from studies.answer.arms import combinations_of, goals, judged, tuned_name
from studies.answer.plan import CAMPS, SIGNS, bounds_of, camp_of, camps, case_settings, effort, free, plan, shared
from studies.description import PRACTICES
from tools.slots import filled, markdown_table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "plan.md"
HOUR = 3600.0


def levers() -> str:
    """Which levers each camp may move."""
    rows = []
    every = [*camps()["users"].bounds, *free()]
    for name in dict.fromkeys([*every, *camps()["nobody"].bounds]):
        rows.append([f"`{name}`", *(_span(camp, name) for camp in CAMPS)])
    for what, names in shared().items():
        rows.append([f"{', '.join(f'`{one}`' for one in names)}", *[f"any division of all {what}"] * 3])
    rows.append(["`budget`, `start`, `duration`", *["the same in all"] * 3])
    rows.append(["`share_homes`, `share_top_up`", *["0: the controls'"] * 3])
    counts = [len(bounds_of(camp)) + sum(len(names) for names in shared().values()) for camp in CAMPS]
    rows.append(["numbers that a search moves", *map(str, counts)])
    return markdown_table(["lever", *(camps()[camp].title for camp in CAMPS)], rows)


def _span(camp: str, name: str) -> str:
    low, high = camps()[camp].bounds.get(name, free().get(name, (load_levers()[name].rest,) * 2))
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def who() -> str:
    """In which camp every shipped strategy is."""
    found: dict[str, list[str]] = {}
    for name in shipped("strategy"):
        found.setdefault(camp_of(find_strategy(name)), []).append(f"`{name}`")
    titles = {name: camp.title for name, camp in camps().items()} | {"hybrid": "Hybrid", "control": "Control"}
    return markdown_table(["camp", "strategies that ship"], [[titles[c], ", ".join(found[c])] for c in titles])


def sentences() -> str:
    """The templates."""
    rows = [[kind, sign, text] for kind, signs in plan()["sentences"].items() for sign, text in signs.items()]
    assert all({*SIGNS} <= {*signs} for kind, signs in plan()["sentences"].items() if kind != "tree")
    return markdown_table(["about", "when", "sentence"], rows)


def zero() -> str:
    """The cases at zero."""
    rows = []
    for name, case in plan()["zero"]["cases"].items():
        worldview, settings = case_settings(name)
        what = ", ".join(f"`{one}`" for one in settings) if settings else f"worldview `{worldview}`"
        rows.append([case["title"], what])
    return markdown_table(["case", "what is off"], rows)


def counted() -> dict[str, int]:
    """How many arms are judged in every world, and how many combinations of practices there are."""
    names = {tuned_name(camp, goal): tuned_name(camp, goal) for camp in CAMPS for goal in goals()}
    critic = len(plan()["money"]["ladder"])
    return {"judged": len(judged(names)), "critic": critic, "practices": combinations_of(len(PRACTICES)),
            "zero": 1 + 2 * len(CAMPS)}  # fmt: skip


def budget() -> str:
    """Runs and core-hours, from the seconds that were measured."""
    arms, one, seconds = counted(), effort(), plan()["measured"]
    rows, total = list[list[str]](), 0.0

    def line(what: str, runs: float, pasts: float, place: str) -> None:
        nonlocal total
        hours = (runs * seconds["run"][place] + pasts * seconds["past"][place]) * seconds["overhead"] / HOUR
        total += hours
        rows.append([what, f"{runs:,.0f}", f"{hours:.1f}"])

    share = one.training / len(one.places)
    for place in one.places:
        title = find_place(place).title
        line(f"search, {title}: {len(CAMPS)} camps x {one.trials} settings x {share:.0f} worlds",
             len(CAMPS) * one.trials * share, len(CAMPS) * one.trials * share / one.at_once, place)  # fmt: skip
        line(f"critic, {title}: {one.critic} settings x {share:.0f} worlds",
             one.critic * share, one.critic * share / one.at_once, place)  # fmt: skip
        worlds = one.number * one.replicates
        line(f"judge, {title}: {arms['judged'] + arms['critic']} arms x {one.number:,} worlds x {one.replicates}",
             worlds * (arms["judged"] + arms["critic"]), 2 * worlds, place)  # fmt: skip
    first, worlds = one.places[0], one.cases * one.cases_replicates
    cases = len(plan()["zero"]["cases"])
    line(f"at zero: {cases} cases x {arms['zero']} arms x {one.cases} worlds x {one.cases_replicates}",
         cases * arms["zero"] * worlds, cases * worlds, first)  # fmt: skip
    on = len(plan()["practices"]["on"])
    line(f"practices: {on} x {arms['practices']} combinations x {one.cases} worlds x {one.cases_replicates}",
         on * arms["practices"] * worlds, on * worlds, first)  # fmt: skip
    rows.append(["in all; on two cores half as many hours", "", f"{total:.1f}"])
    return markdown_table(["part", "runs", "core-hours"], rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "levers": levers, "who": who, "sentences": sentences, "zero": zero, "budget": budget,
}  # fmt: skip


def told(name: str) -> str:
    """The table of this name."""
    if name not in TABLES:
        raise UnknownName("table", name, tuple(TABLES))
    return TABLES[name]()


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    old = PAGE.read_text(encoding="utf-8")
    new = filled(old, told)
    if "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    if new != old:
        print("plan.md is not up to date: python -m tools.answer_plan")
    return int(new != old)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
