"""Posts: how many professionals a provider's beds and places need.  Used at the start and by step 6."""

from engine.chance import share_to_count, uniforms
from engine.rule import kernel, rule
from model.draws import ROUNDS_CRISIS_POSTS, ROUNDS_REFORM_POSTS, START
from model.first_people import BEFORE


@rule
def whole_posts(places, caseload, luck):
    """Posts come whole: as many as the caseload asks for on average over providers, and one at least where there is
    anything to do.  luck: the provider's own, for good, so that posts move only with places."""
    return max(share_to_count(places / caseload, luck), 1) if places > 0 else 0


@rule
def posts_needed(provider, j, system, p):
    """Posts in the crisis service and in the reformed one.  j: the provider's row."""
    luck = uniforms(system.seed, START, BEFORE, j)
    crisis = whole_posts(provider.crisis_beds, p.caseload_crisis, luck[ROUNDS_CRISIS_POSTS])
    places = provider.reform_main + provider.reform_grant
    return crisis, whole_posts(places, p.caseload_reform, luck[ROUNDS_REFORM_POSTS])


@kernel
def posts_begin(providers, systems, parameters):
    """As many posts at each provider as its beds and places need."""
    for j in range(providers.shape[0]):
        crisis, reform = posts_needed(providers[j], j, systems[0], parameters[0])
        providers[j].staff_crisis = crisis
        providers[j].staff_reform = reform
