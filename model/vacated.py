"""Homes that their tenants leave for good: a share of them joins next month's supply.  Used by steps 6 and 8.

Each tenant of the reformed service holds one home, drawn from a month's supply when they moved in; two homes of one
programme may change tenants, which is one home each all the same.  It comes back once: when its tenant dies, also in a
spell, or loses home and place.  A home that somebody keeps without support is that person's own.
"""

from agents.provider import lets_again
from agents.service_user import holds_home
from engine.chance import uniforms
from engine.rule import rule
from model.draws import IS_LET_AGAIN, VACATED


@rule
def home_is_left(system, p, user):
    """Somebody dies, or leaves home and place: if there was a home of the reformed service, it may be let again."""
    if p.home_recycled <= 0.0 or not holds_home(user):
        return
    if lets_again(p, uniforms(system.seed, VACATED, system.month, user.id)[IS_LET_AGAIN]):
        system.homes_left = system.homes_left + 1
