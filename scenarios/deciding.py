"""What others than a foundation may decide anew while a run goes on: parameters of theirs, by who decides.

A phase of a strategy file names them under [phase.others].  They hold in that phase only, from its first month until
the next phase or the end of the run (others do not stop when a grant does); what a phase does not name is as the
scenario has it.  A value is within the quantity's range.  Not here: whatever describes the past or a measure, because a
run that has begun would not hear of it.
"""

from collections.abc import Mapping

from engine.errors import BadInput, Where
from evidence.quantities import check_value, find_quantity

WHOSE: Mapping[str, tuple[str, ...]] = {
    "people who use the service": ("accept_home", "accept_bed", "choose_fit", "voice_bias", "meetings_most"),
    "professionals": ("refer_base", "refer_belief", "refer_ready", "refer_after", "hidden_reached", "peer_rate"),
    "managers": ("apply_base", "open_rate", "convert_rate", "grow_best", "partnership_rate", "staff_hidden"),
    "the public commissioner": (
        "agree_usual", "rivals_take", "plan_kept", "cashable", "austerity", "emergency_response",
    ),
}  # fmt: skip
DECIDED = tuple(name for names in WHOSE.values() for name in names)


def check_decided(name: str, value: float, where: Where | str = "") -> float:
    """`value` if somebody may decide this while a run goes on, and may decide so."""
    quantity = find_quantity(name, where)
    if name not in DECIDED:
        raise BadInput(f"'{name}' is nobody's to decide while a run goes on", where=where, allowed=", ".join(DECIDED),
                       do=f"For the whole run write --set {name}=...")  # fmt: skip
    return float(check_value(quantity, value, where))
