"""Steps of the month with one piece left out, with one change that made them fast undone, or with one more made.

The same step runs on copies of the same people, as it is and altered, in turns.  What is left out changes what happens
(whoever wins no home asks for a bed), so pieces need not add up.  What is undone or tried gives the same digits, and is
held to that before it is timed.  benchmarks/floor.py prints the tables; docs/performance.md says what they mean.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.speed import BURN_IN, LARGE, Run, again, number, timed

SETTLING, YEAR = 18, 12  # months of the programme before the year that is measured
Table = list[tuple[str, ...]]  # the first row is the heading


@cache
def settled(people: int, past: int = BURN_IN) -> Any:
    """A world in the middle of its programme, with a year to go; whoever goes on takes a copy."""
    run = Run(people, months=SETTLING + YEAR, past=past)
    run.go(past + SETTLING)
    return run.world


Changes = Mapping[str, Sequence[tuple[str, str]]]  # module: (old text, new text), ...


@dataclass(frozen=True)
class Piece:
    """A step whose text is changed; `in_row_order`: nobody stands by situation when it begins."""

    step: str
    what: str
    changes: Changes = field(default_factory=dict)
    in_row_order: bool = False


(
    PEOPLE,
    HOMES,
    LIVES,
    WORLD,
    REFERRAL,
    EXPERIENCE,
    CLOSES,
    OBSERVING,
    BEDS,
    BY_SITUATION,
    BATCHES,
    LOTTERY,
    ARITHMETIC,
) = (
    "agents.service_user",
    "model.homes",
    "model.steps.s08_people_live",
    "model.steps.s01_world_moves",
    "model.steps.s07_referral",
    "model.steps.s09_experience",
    "model.steps.s11_month_closes",
    "model.observe",
    "model.beds",
    "model.by_situation",
    "engine.batch_draws",
    "engine.lottery",
    "engine.arithmetic",
)

DEALS = "        deal(system.seed, LIFE, system.month, n, life)\n"
GATHERS = """
        n = gather(users, rows, first, life)
"""
NUMBERS = """
        n = min(BLOCK, rows.shape[0] - first)
        for k in range(n):
            life[4, k] = first + k
"""
TRUST_AND_VOICE = """
        voices[third] += fixed(user.voice)
        trust += fixed(user.trust)
"""
AGAIN = "dealing (the first block's draws again and again)"
AGES = "            ages(user, p, uniform(life[IS_ACUTE, k]))\n"
OF_OFFER = "        deal(system.seed, OFFER, system.month, n, hand)\n"


def _left_out(step: str, module: str, *after: str) -> Callable[..., Piece]:
    """Pieces of this module; `after`: modules that use it, up to the step's own."""
    return lambda what, *pairs: Piece(step, what, {module: pairs, **dict.fromkeys(after, ())})


def _once(deals: str) -> tuple[str, str]:
    return deals, f"        if first == 0:\n    {deals}"


_lives = _left_out("people_live", LIVES)
_world = _left_out("the_world_moves", WORLD)
_referred = _left_out("people_are_referred", REFERRAL)
_remembered = _left_out("experience_is_remembered", EXPERIENCE)
_observed = _left_out("the_month_closes", OBSERVING, CLOSES)
LEFT_OUT = (
    _lives(AGAIN, _once(DEALS)),
    _lives("reading people's ids for it", (GATHERS, NUMBERS)),
    _lives(
        "asking for a bed, and filling beds",
        ("if not (loses or user.situation == HIDDEN or user.situation == UNSERVED):", "if not loses:"),
    ),
    _lives("of that, filling beds", ("    beds_fill(world, skip, asking)\n", "")),
    _left_out("people_live", HOMES, LIVES)(
        "keys and winners of the lottery for homes (nobody wins)",
        (
            "over = waits_are_over(world, at, found, dealt, clock, keys, who) if waiting > system.homes else 0",
            "over = 0",
        ),
        ("over = waits_are_over(world, at, found, dealt, np.inf, keys, who)", "over = 0"),
    ),
    _left_out("people_live", PEOPLE, LIVES)(
        "the hazard of losing a home (a constant)",
        ("if loses_home(user, group, programme, strain, p, month, by_fit, by_core, luck):", "if luck < 0.01:"),
    ),
    _lives(
        "mortality by need (a constant)",
        ("if may_be(dying, most) and dies(user, group, p, dying):", "if dying < 0.001:"),
    ),
    _lives("counting months, and acute spells", (AGES, "")),
    _world(
        "standing by situation (as they stood last month)",
        ("    stand_by_situation(world.users, world.by_situation, here)\n", ""),
    ),
    _world("births", ("range(0, born, BLOCK)", "range(0, 0, BLOCK)")),
    _world("staff who leave", ("range(0, professionals.shape[0], BLOCK)", "range(0, 0, BLOCK)")),
    _referred(AGAIN, _once(OF_OFFER)),
    _referred(
        "professionals' minds (a constant)",
        (
            "puts_forward(staff[row], user, groups[user.group], p, usual, reached, luck)",
            "luck < 0.02 * reached",
        ),
    ),
    _referred("offers and answers", ("    for k in range(found):\n", "    for k in range(0):\n")),
    _remembered("fit of tenants (a constant)", ("well = fit(user, programme, p)", "well = 0.6")),
    _observed("trust and voice", (TRUST_AND_VOICE, "\n")),
    _observed("other services' costs", ("        cost += int(other_cost(user, p) * 100.0)\n", "")),
)

OWN_BITS = "life[0, k], life[1, k], life[2, k], life[3, k] = bits(system.seed, LIFE, system.month, user.id)"
ONE_BY_ONE = (
    (DEALS, ""),
    (AGES, f"            {OWN_BITS}\n{AGES}"),
    ("drawn = user.situation <= UNSERVED", "drawn = False"),
)  # fmt: skip
BEDS_ONE_BY_ONE = (
    ("            deal(system.seed, QUEUES, system.month, n, answers)\n", ""),
    ("            deal(system.seed, STAY, system.month, n, stay)\n", ""),
    ("uniform(answers[ANSWERS_BED, at])", "uniforms(system.seed, QUEUES, system.month, user.id)[ANSWERS_BED]"),
    ("four(stay, at)", "uniforms(system.seed, STAY, system.month, user.id)"),
    ("from engine.chance import uniform\n", "from engine.chance import uniform, uniforms\n"),
)
SHORT_CUT = """
            if skip[j] == j:
                skip[j] = j + 1
            skip[j] = skip[skip[j]]
            j = skip[j]
"""
SEARCH_BED = """
            j = j + 1
"""
BY_BITS = """
    pattern = int(np.float64(x).view(np.int64))  # IEEE 754: the exponent, then 52 bits of the fraction
    k = (pattern >> 52) - 1022 - raised
    m = float(np.int64(pattern & FRACTION | HALF).view(np.float64))  # from 1/2 to 1
"""
BY_CALL = """
    m, k = math.frexp(x)
    k = k - raised
"""
CALLED_FREXP: Changes = {ARITHMETIC: ((BY_BITS, BY_CALL),), LOTTERY: ()}
IN_ORDER = (
    "people_are_listened_to",
    "people_are_referred",
    "people_live",
    "experience_is_remembered",
    "the_month_closes",
)
UNDONE = (
    Piece("people_live", "draws one by one, when they are needed", {LIVES: ONE_BY_ONE}),
    Piece(
        "people_live",
        "keys for a home of all who wait",
        {HOMES: (("clock = 2.0 * system.homes / total", "clock = np.inf"),), LIVES: ()},
    ),
    Piece(
        "the_world_moves",
        "in row order (only empty rows stand apart)",
        {
            BY_SITUATION: (("ALIKE[user.situation, user.fast]", "KINDS if user.situation == GONE else 0"),),
            WORLD: (),
        },
    ),
    *(Piece(step, "in row order", in_row_order=True) for step in IN_ORDER),
    Piece(
        "people_live",
        "logarithms of constants for each person",
        {
            LIVES: (
                (
                    "month_as_tenant(user, group, programme, provider.strain_mean, p, month, by_fit, by_core, luck",
                    "month_as_tenant(user, group, programme, provider.strain_mean, p, month, *losses_hang_on(p), luck",
                ),
            )
        },
    ),
    Piece(
        "people_are_referred",
        "logarithms of constants for each person",
        {REFERRAL: (("p, usual, reached, luck", "p, usually_put_forward(p), reached, luck"),)},
    ),
    Piece("people_live", "draws for beds one by one, when they are needed", {BEDS: BEDS_ONE_BY_ONE, LIVES: ()}),
    Piece("people_live", "search for a bed, no short cuts", {BEDS: ((SHORT_CUT, SEARCH_BED),), LIVES: ()}),
    Piece("people_live", "log with a called frexp", {**CALLED_FREXP, BEDS: (), LIVES: ()}),
    Piece("people_are_referred", "log with a called frexp", {**CALLED_FREXP, REFERRAL: ()}),
)


TRIED = tuple(
    Piece("people_live", what, {BATCHES: (("BLOCK = 512", f"BLOCK = {block}"),), LIVES: ()})
    for what, block in (
        ("four blocks' worth of people at a time (2,048)", 2048),
        ("a quarter of a block at a time (128)", 128),
    )
)
KINDS = {"left out": LEFT_OUT, "undone": UNDONE, "tried": TRIED}


def texts(changes: Changes) -> dict[str, str]:
    """The modules' texts with the changes made; a ValueError if a change is out of date."""
    made = {}
    for module, pairs in changes.items():
        text = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
        for old, new in pairs:
            if old not in text:
                raise ValueError(f"{module} has no longer the text {old!r}.")
            text = text.replace(old, new)
        made[module] = text
    return made


def altered(piece: Piece) -> Callable[[Any], object]:
    """The step with the piece's changes: each module is run anew and takes what it imports from those before it."""
    from model.month import MONTH

    if not piece.changes:
        return next(step for step in MONTH if step.__name__ == piece.step)
    made: dict[str, Any] = {}
    for module, text in texts(piece.changes).items():
        old, new = import_module(module), types.ModuleType(module)
        file = str(old.__file__)  # the same line may register its decisions once more
        # a primitive is a kernel that is not kept on disk
        code = compile(text.replace("import kernel", "import primitive as kernel"), file, "exec")
        exec(code, new.__dict__)
        for name, thing in list(vars(new).items()):
            if name in made and not _of(module, thing):
                setattr(new, name, made[name])
        moved = {name for name, thing in vars(old).items() if isinstance(thing, int) and vars(new)[name] != thing}
        made |= {name: thing for name, thing in vars(new).items() if name in moved or _of(module, thing)}
    step: Callable[[Any], object] = made[piece.step]
    return step


def _of(module: str, thing: Any) -> bool:
    """Whether a rule, kernel or primitive stands in this module."""
    return getattr(getattr(thing, "py_func", None), "__module__", None) == module


def ready_for(piece: Piece | None, world: Any) -> Any:
    """A copy of the world on which the step can run."""
    import numpy as np

    state = again(world)
    if piece is not None and piece.in_row_order:
        here = state.by_situation[: state.system[0].present]
        here[:] = np.sort(here)
    return state


def same(world: Any, other: Any) -> bool:
    """Whether two worlds are the same, but for scratch, who stands where, and in which order the housed stand."""
    import numpy as np

    names = [name for name in world._fields if name not in ("by_situation", "keys", "rows", "housed", "housed_ids")]
    housed = [np.sort(of.housed[: of.system[0].housed], order="id") for of in (world, other)]
    ids = [np.sort(of.housed_ids[: of.system[0].housed]) for of in (world, other)]
    equal = (np.array_equal(getattr(world, name), getattr(other, name)) for name in names)
    return np.array_equal(*housed) and np.array_equal(*ids) and all(equal)


def pieces(
    sizes: Sequence[int],
    tries: int,
    months: int = YEAR,
    past: int = BURN_IN,
    of: Sequence[Piece] = LEFT_OUT + UNDONE + TRIED,
) -> Iterator[Table]:
    """A table for each of KINDS: the median of some tries of a month, the mean over the months, ns a person."""
    from model.month import MONTH
    from model.room import made_room, room

    variants = [altered(piece) for piece in of]
    whole: dict[str, list[str]] = {step.__name__: [] for step in MONTH}
    found: list[list[str]] = [[] for _ in of]
    for people in sizes:
        world = again(settled(people, past))
        alone: dict[str, list[float]] = {name: [] for name in whole}
        differences: list[list[float]] = [[] for _ in of]
        fewer = (2, 3) if people >= LARGE else (months, tries)  # a copy of a large city takes its time
        for month in range(-1, min(fewer[0], months)):
            while not room(world):
                world = made_room(world)
            living = float(world.system[0].living)
            for step in MONTH:
                ours = [-1, *(k for k, piece in enumerate(of) if piece.step == step.__name__)]
                spent: dict[int, list[float]] = {k: [] for k in ours}
                for _ in range(min(fewer[1], tries) if month >= 0 and len(ours) > 1 else 0):
                    for k in ours:
                        state = ready_for(of[k] if k >= 0 else None, world)
                        work: Callable[[Any], object] = variants[k] if k >= 0 else step
                        spent[k].append(1e9 / living * timed(lambda work=work, state=state: work(state)))  # type: ignore[misc]
                if month < 0:  # the first month compiles
                    expected = again(world)
                    step(expected)  # type: ignore[no-untyped-call]
                    for k in ours[1:]:
                        state = ready_for(of[k], world)
                        variants[k](state)
                        if of[k] not in LEFT_OUT and not same(expected, state):
                            raise SystemExit(f"Other digits: {step.__name__}, {of[k].what}.")
                elif len(ours) > 1:
                    as_it_is = median(spent[-1])
                    alone[step.__name__].append(as_it_is)
                    for k in ours[1:]:
                        differences[k].append(median(spent[k]) - as_it_is)
                step(world)  # type: ignore[no-untyped-call]
        for name, values in alone.items():
            whole[name].append(number(fmean(values)) if values else "")
        for k in range(len(of)):
            found[k].append(f"{fmean(differences[k]):+.1f}")
    for word, kind in KINDS.items():
        rows: Table = [("step", word, *(f"{people:,}" for people in sizes))]
        for name, cells in whole.items():
            ours = [k for k, piece in enumerate(of) if piece in kind and piece.step == name]
            rows += [(name.replace("_", " "), "(as it is, and the call)", *cells)] if ours else []
            rows += [("", of[k].what, *found[k]) for k in ours]
        yield rows
