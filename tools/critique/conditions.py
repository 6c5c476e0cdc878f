"""3.1: the condition of partnership is a cliff: nobody meets it honestly, and below it nothing changes.

The review: with `faking` 0 the user-centred strategy awards nothing at the shipped condition (.7), so that a finding
about faking compares a programme with none; and the condition itself costs lasting places.

Prints, for each strictness of `condition_partnership` with and without faking, what user_centred awards and spends, and
its paired differences from nobody's doing anything.  About 20 s on two cores.
"""

from __future__ import annotations

import polars as pl

from tools.critique.harness import Effort, against_nobody, scenario

REPLICATES = 6
FAKING = (0.5, 0.0)  # as shipped, and switched off
STRICTNESS = (0.0, 0.3, 0.45, 0.55, 0.7)  # the last is the shipped one


def table(effort: Effort) -> pl.DataFrame:
    """A row for each pair of faking and strictness."""
    cases = {
        f"faking {faking:g}, condition {strict:g}": {"faking": faking, "condition_partnership": strict}
        for faking in FAKING
        for strict in STRICTNESS
    }
    runs = {name: scenario("user_centred", effort, settings) for name, settings in effort.chosen(cases).items()}
    return pl.DataFrame(against_nobody(runs, effort, levels=("grants_to_date", "programme_to_date")))
