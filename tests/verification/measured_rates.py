"""How often the checks fail by chance, and how often they find what is wrong: with fresh seeds.

    python -m tests.verification.measured_rates 40 [PART OF A NAME]     # seeds; minutes, on one core

For each check: seeds, the smallest p-value and the share of p-values below .05 when the model is right (with
Bonferroni: .05 at most), and the share of seeds in which the deliberate error is found at ALPHA.
docs/verification.md quotes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from engine.chance import uniforms
from tests.verification import test_chance_as_used as chance
from tests.verification import test_fluid_limit as fluid
from tests.verification import test_kinds as kinds
from tests.verification import test_little as little
from tests.verification import test_one_person as person
from tests.verification import test_queue as queue
from tests.verification import test_tenancies as tenancies
from tests.verification.allowance import ALPHA

P = Callable[[int], float]
CHECKS: dict[str, tuple[P, dict[str, P]]] = {
    "queue, long months": (
        lambda seed: queue.p_value(seed, 1, 200, 60),
        {f"{wrong}": lambda seed, w=wrong: queue.p_value(seed, 1, 200, 60, **w) for wrong in queue.WRONG},
    ),
    "queue, short months": (lambda seed: queue.p_value(seed, 8, 120, 200), {}),
    "queue, void beds": (lambda seed: queue.p_value(seed, 1, 200, 60, **queue.VOIDS), {}),
    "Little, Dublin": (little.p_value_dublin, {"forgets 1%": lambda seed: little.p_value_dublin(seed, stock=3)}),
    "Little, line": (little.p_value_line, {"10% off": lambda seed: little.p_value_line(seed, wrong=1.1)}),
    "tenancies": (
        lambda seed: tenancies.p_value(seed, tenancies.HAZARD),
        {
            "hazard .0078": lambda seed: tenancies.p_value(seed, 0.0078),
            "hazard .0102": lambda seed: tenancies.p_value(seed, 0.0102),
            "need 1.6": lambda seed: tenancies.p_value(seed, tenancies.HAZARD, lose_home_need=1.6),
            "later .0072": lambda seed: tenancies.p_value(seed, tenancies.HAZARD, lose_home_later=0.0072),
        },
    ),
    "the programme keeps its tenants": (
        tenancies.p_value_kept,
        {f"{wrong}": lambda seed, w=wrong: tenancies.p_value_kept(seed, **w) for wrong in tenancies.WRONG_PROGRAMME},
    ),
    **{
        f"kinds, {check}": (p, {f"{wrong}": lambda seed, p=p, w=wrong: p(seed, **w) for wrong in told})
        for check, (p, told) in kinds.CHECKS.items()
    },
    **{
        f"one person, {world}": (
            lambda seed, w=world: person.p_value(seed, w),
            {
                f"{name} {value}": lambda seed, w=world, n=name, v=value: person.p_value(seed, w, {n: v})
                for where, name, value in person.WRONG
                if where == world
            },
        )
        for world in person.WORLDS
    },
    "fluid, mean, 10,000": (lambda seed: fluid.p_value_mean(seed, 10_000), {}),
    "fluid, mean, 100,000": (
        lambda seed: fluid.p_value_mean(seed, 100_000),
        {f"{wrong}": lambda seed, w=wrong: fluid.p_value_mean(seed, 100_000, **w) for wrong in fluid.WRONG},
    ),
    "fluid, spread": (
        lambda seed: fluid.p_value_spread(seed, 1_000, 100_000),
        {
            "does not fade": lambda seed: fluid.p_value_spread(seed, 1_000, 100_000, 0.0),
            "fades like 1/n": lambda seed: fluid.p_value_spread(seed, 1_000, 100_000, 2.0),
        },
    ),
    "chance": (
        lambda seed: chance.p_value(uniforms, 2 * seed),
        {wrong.__name__: lambda seed, w=wrong: chance.p_value(w, 2 * seed) for wrong in chance.WRONG},
    ),
}  # fmt: skip
KEPT = (
    queue.simulated, little.dublin, little.line, tenancies.life_table, tenancies.programme, person.counted,
    fluid.simulated, fluid.away, kinds.newcomers, kinds.lottery, kinds.stays, kinds.served, kinds.returns,
    kinds.reached, kinds.arrivals,
)  # fmt: skip


def rates(name: str, seeds: int) -> str:
    """A line for the right model and one for each error; seeds 101, 102, ... are no test's own."""
    right, wrong = CHECKS[name]
    found: dict[str, list[float]] = {"": [], **{error: [] for error in wrong}}
    for seed in range(101, 101 + seeds):
        for error, p in {"": right, **wrong}.items():
            found[error].append(p(seed))
        for kept in KEPT:
            kept.cache_clear()
    p = np.array(found.pop(""))
    lines = [f"{name}: {seeds} seeds, smallest p {p.min():.3g}, below .05 {np.mean(p < 0.05):.3f}"]
    lines += [f"    {error}: found in {np.mean(np.array(v) < ALPHA):.0%}" for error, v in found.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    part = sys.argv[2] if len(sys.argv) > 2 else ""
    for check in [check for check in CHECKS if part in check]:
        print(rates(check, int(sys.argv[1])), flush=True)
