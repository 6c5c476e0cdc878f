"""3.4: the number of providers decides how many sites are reached, and with them what a strategy leaves.

The review: with 20 providers instead of 12 user_centred's gain falls from 4.2 points of lasting places to 2.9.  Since
then levers in money are relative to the place: `grants_per_provider` is grants a year for each of them.  How many there
are is drawn in the default uncertainty.

Prints, with 8, 12 and 20 providers, paired differences from no foundation in the headline measures and in lasting
places, and grants awarded.  About a minute.
"""

from __future__ import annotations

import polars as pl

from model.measures import HEADLINE
from tools.critique.harness import Effort, against_nobody, scenario

REPLICATES = 12
STRATEGIES = ("user_centred", "catalytic_philanthropy", "collective_impact")
NUMBERS = (8, 12, 20)


def table(effort: Effort) -> pl.DataFrame:
    """A row for each number of providers and strategy."""
    cases = {f"{number} providers": float(number) for number in NUMBERS}
    runs = {
        f"{name}, {title}": scenario(name, effort, {"providers": number})
        for title, number in effort.chosen(cases).items()
        for name in STRATEGIES
    }
    return pl.DataFrame(against_nobody(runs, effort, (*HEADLINE, "lasting_places"), levels=("grants_to_date",)))
