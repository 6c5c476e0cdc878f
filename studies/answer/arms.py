"""Which arms are run: the camps' tuned and shipped strategies, their ladders of money, the dose, and the controls.

An arm is a strategy at a rung, a multiple of the budget.  Nothing, no foundation at all, is the first rung of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadInput
from scenarios.choice import read_choice
from scenarios.names import is_file
from scenarios.scenario import NOBODY
from scenarios.strategy import Strategy, find_strategy, with_practices
from studies.answer.files import write_strategy
from studies.answer.plan import CAMPS, HOMES, NOTHING, PLACES, camp_of, camps, plan
from studies.description import PRACTICES

CRITIC = "critic"
STRATEGIES = "strategies"  # folder of tuned strategies, in the answer's
OWN = "critic"  # folder in which a critic puts strategies and worldviews of his own


@dataclass(frozen=True, slots=True)
class Arm:
    """`word`: what a study takes for it; `name`: what it is called in the stored rows."""

    name: str
    rung: float
    word: str


def at_budget(name: str, word: str, rung: float) -> Arm:
    """The arm with this multiple of the budget."""
    return Arm(name, rung, word if rung == 1 else f"{word},budget={plan()['money']['budget'] * rung:g}")


def nothing() -> Arm:
    """No foundation."""
    return Arm(NOTHING, 0.0, NOBODY)


def ladder(name: str) -> list[Arm]:
    """A control at every rung: homes, or places."""
    return [at_budget(name, plan()["controls"][name], rung) for rung in plan()["money"][name]]


def tuned_name(camp: str, goal: str) -> str:
    """Of a camp's tuned strategy."""
    return f"{camp}_{goal}"


def goals() -> list[str]:
    """What searches look for."""
    return [name for name in plan()["goals"] if name != "first"]


def first_goal() -> str:
    """The goal whose arms the answer is about."""
    return str(plan()["goals"]["first"])


def tuned(folder: Path) -> dict[str, str]:
    """The words of the tuned strategies in the answer's folder, by name; BadInput if a camp's search is not done."""
    files = {tuned_name(camp, goal): folder / STRATEGIES / f"{tuned_name(camp, goal)}.toml"
             for camp in CAMPS for goal in goals()}  # fmt: skip
    for file in files.values():
        if not file.is_file():
            raise BadInput(f"There is no {file.name} in '{file.parent}'", do="Search first: unfreeze answer search")
    return {name: str(file.resolve()) for name, file in files.items()}


def of_critic(folder: Path) -> dict[str, str]:
    """Strategies that a critic has found or written, by name."""
    found = [*sorted((folder / STRATEGIES).glob(f"{CRITIC}*.toml")), *sorted((folder / OWN).glob("*.toml"))]
    strategies = [file for file in found if "[[phase]]" in file.read_text(encoding="utf-8")]
    return {file.stem if file.parent.name == STRATEGIES else f"{CRITIC}s_{file.stem}": str(file.resolve())
            for file in strategies}  # fmt: skip


def check_critics(folder: Path, camp: str) -> None:
    """BadInput if a strategy that a critic wrote is of another camp, or has other money or time than everybody."""
    same = {**plan()["horizon"], **plan()["money"]}
    for name, word in of_critic(folder).items():
        strategy = find_strategy(word)
        if camp_of(strategy) != camp:
            raise BadInput(f"'{name}' is of the camp {camp_of(strategy)}, and {camp} lost", where=word,
                           do=f"Keep its levers within the bounds of {camp} (docs/plan.md)")  # fmt: skip
        for _, levers in strategy.settings():
            for lever in ("budget", "start", "duration"):
                if levers[lever] != same[lever]:
                    raise BadInput(f"'{lever}' of '{name}' is {levers[lever]:g}", where=word,
                                   allowed=f"{same[lever]:g}, as in every arm")  # fmt: skip
            for lever in ("share_homes", "share_top_up"):
                if levers[lever] > 0:
                    raise BadInput(f"'{name}' has '{lever}', which is a control's", where=word, do="Leave it out")


def worldviews_of_critic(folder: Path) -> list[str]:
    """Worldviews that a critic has written."""
    files = sorted((folder / OWN).glob("*.toml"))
    return [str(file.resolve()) for file in files if "[[phase]]" not in file.read_text(encoding="utf-8")]


def judged(found: Mapping[str, str]) -> list[Arm]:
    """Every arm that is judged in every world but the critic's.  found: the tuned strategies, by name."""
    arms = [nothing()]
    arms += [Arm(name, 1.0, word) for name, word in found.items()]
    arms += [Arm(name, 1.0, name) for name in plan()["shipped"]["arms"]]
    for name, word in of_contrasts(found).items():
        arms += [at_budget(name, word, rung) for rung in plan()["money"]["ladder"] if rung != 1]
    for camp in ("users", "funder"):
        name = tuned_name(camp, first_goal())
        arms += [Arm(f"{name}_{size}", 1.0, f"{found[name]},grants_per_provider={plan()['dose'][size]:g}")
                 for size in ("small", "large")]  # fmt: skip
    return [*arms, *ladder(HOMES), *ladder(PLACES)]


def critics(folder: Path) -> list[Arm]:
    """The critic's arms, and no foundation beside them."""
    arms = [at_budget(name, word, rung) for name, word in of_critic(folder).items()
            for rung in plan()["money"]["ladder"]]  # fmt: skip
    return [nothing(), *arms] if arms else []


def of_contrasts(found: Mapping[str, str]) -> dict[str, str]:
    """The arms that stand for the camps, tuned and as they ship, by name."""
    return {tuned_name(camp, first_goal()): found[tuned_name(camp, first_goal())] for camp in CAMPS} | {
        camps()[camp].shipped: camps()[camp].shipped for camp in CAMPS
    }


def at_zero(found: Mapping[str, str]) -> list[Arm]:
    """The arms of the cases at zero."""
    return [nothing(), *(Arm(name, 1.0, word) for name, word in of_contrasts(found).items())]


def combinations_of(practices: int) -> int:
    """How many combinations there are."""
    return 1 << practices


def combinations(on: str, folder: Path) -> list[Arm]:
    """All combinations of the practices on a strategy, in the order of their bits; written as files where the strategy
    must make room for them."""
    arms = [nothing()]
    for bits in range(combinations_of(len(PRACTICES))):
        chosen = [name for i, name in enumerate(PRACTICES) if bits >> i & 1]
        name = f"{on}_{bits:02d}"
        if not chosen:
            arms.append(Arm(name, 1.0, on))
            continue
        made = with_practices(find_strategy(on), [find_strategy(one) for one in chosen], room=True)
        path = folder / f"{name}.toml"
        write_strategy(made, path, [f"{on} with {', '.join(chosen)}; its other shares give way."])
        arms.append(Arm(name, 1.0, str(path.resolve())))
    return arms


def camp_of_arm(word: str) -> str:
    """In which camp the strategy is that a word means."""
    return camp_of(strategy_of_word(word))


def strategy_of_word(word: str) -> Strategy:
    """The strategy that a word means."""
    return read_choice(word, files=is_file("strategy", word.partition(",")[0])).strategy()
