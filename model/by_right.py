"""Shelter by right: nobody who asks for a bed is turned away.  Used by steps 6 and 8.

Where a place has such a right (`shelter_by_right`), beds open at once where they are needed, at a price of their own
(`by_right_price`: hotels and the like), and close again when nobody needs them, down to the other beds there are.  The
commissioner pays: the budget follows them up and down, and nothing becomes free.  Before the run beds stand as the
place counts them.
"""

from engine.chance import uniforms
from engine.rule import rule
from model.beds import beds_to_give
from model.draws import RIGHT, WHOSE_BEDS_BY_RIGHT
from model.planned import budget_follows

PLACES_CLOSED, BEDS_WANTED = range(2)  # occasions: in step 6 and in step 8


@rule
def has_right(system, p):
    """Whether whoever asks for a bed gets one this month."""
    return p.shelter_by_right > 0.0 and system.month >= system.burn_in


@rule
def guests_stay_by_right(providers):
    """Whoever sleeps in a bed that closes keeps it: from now on it is one of those that are there by right."""
    for j in range(providers.shape[0]):
        provider = providers[j]
        more = max(provider.in_crisis - provider.crisis_beds, 0)
        provider.crisis_beds = provider.crisis_beds + more
        provider.by_right = provider.by_right + more


@rule
def first_by_lottery(system, n, occasion):
    """Row of the provider at which beds by right open or close first on this occasion."""
    return min(int(uniforms(system.seed, RIGHT, system.month, occasion)[WHOSE_BEDS_BY_RIGHT] * n), n - 1)


@rule
def beds_open_by_right(world, asking, occasion):
    """As many beds as `asking` people lack open, at all providers alike."""
    providers = world.providers
    missing = asking - beds_to_give(providers, world.parameters[0])
    n = providers.shape[0] - 1  # the last row is the outside pilot
    first = first_by_lottery(world.system[0], n, occasion)
    for k in range(min(n, missing)):
        provider = providers[(first + k) % n]
        more = missing // n + (1 if k < missing % n else 0)
        provider.crisis_beds = provider.crisis_beds + more
        provider.by_right = provider.by_right + more


@rule
def beds_close_by_right(world, occasion):
    """Beds by right that are empty and that nobody needs close; the budget follows those that are left."""
    system = world.system[0]
    providers = world.providers
    spare = beds_to_give(providers, world.parameters[0])
    n = providers.shape[0] - 1
    first = first_by_lottery(system, n, occasion)
    left = 0
    for k in range(n):
        provider = providers[(first + k) % n]
        fewer = max(min(spare, provider.by_right, provider.crisis_beds - provider.in_crisis), 0)
        provider.crisis_beds = provider.crisis_beds - fewer
        provider.by_right = provider.by_right - fewer
        spare = spare - fewer
        left = left + provider.by_right
    budget_follows(system, (left - system.by_right) * system.by_right_month)
    system.by_right = left
