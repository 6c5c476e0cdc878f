"""Beds left for good: not every place of somebody who died or moved to a home is offered again.  Used by steps 6, 8."""

from agents.provider import offers_again
from agents.service_user import is_in_spell
from engine.chance import uniforms
from engine.rule import rule
from model.conversions import lump_closes
from model.draws import EMPTIED, IS_OFFERED_AGAIN


@rule
def leaves_for_good(bed_provider, system, p, user):
    """Somebody in a slow stay dies or moves to a home: the bed is offered again, or stands empty until a lump closes.

    A spell is no such stay: somebody else is admitted.  Before the run every bed is offered again: the place's count
    stands.
    """
    if p.refill >= 1.0 or user.bed_provider < 0 or user.fast or is_in_spell(user) or system.month < system.burn_in:
        return
    if not offers_again(p, uniforms(system.seed, EMPTIED, system.month, user.id)[IS_OFFERED_AGAIN]):
        bed_provider.left_empty = bed_provider.left_empty + 1


@rule
def emptied_beds_close(world):
    """Where the beds left for good make up a lump, or all that a provider has, they close."""
    system = world.system[0]
    p = world.parameters[0]
    lump = max(int(p.closure_lump * min(system.scale, 1.0) + 0.5), 1)
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        beds = min(lump, provider.crisis_beds - provider.closing_beds - provider.by_right)
        if 0 < beds <= provider.left_empty:
            lump_closes(world, j, beds)
