"""Money that acts: bridge money is used up; what mainstream pays before the run sets the commissioner's budget.

Used by step 11.  Who paid for what stands in the ledger; nothing reads the ledger of an earlier month.
"""

from agents.funder import EMPTY, free_next, reserved
from engine.rule import rule
from model.emergency import cost_of_beds
from model.planned import places_missing


@rule
def bridge_money_pays(world, book):
    """Bridge money pays double running where it was promised.  Where prices rose meanwhile and it does not suffice,
    mainstream money pays from now on."""
    system = world.system[0]
    double = 0
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if lot.bridged and lot.state != EMPTY:
            cost = lot.places * system.place_month
            provider = world.providers[lot.provider]
            if provider.bridge < cost:
                lot.bridged = 0
                provider.closing_bridged = 0
                system.free = system.free - cost
                continue
            provider.bridge = provider.bridge - cost
            double += cost
    book.provider_double = double


@rule
def mainstream_pays(world, book):
    """Mainstream money pays beds and reformed places; what it pays and has free before the run is the run's budget."""
    system = world.system[0]
    p = world.parameters[0]
    plan = world.plan[system.month]
    beds = 0
    dear = 0
    places = 0
    double = 0
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        beds += provider.crisis_beds
        dear += provider.emergency
        places += provider.reform_main
        if provider.closing_beds > 0 and provider.closing_bridged == 0:
            double += cost_of_beds(provider, system, provider.closing_beds)
    usual = beds - dear - system.by_right
    dearer = system.by_right * system.by_right_month + dear * system.emergency_month
    book.commissioner_crisis = usual * system.bed_month + dearer
    book.commissioner_reform = places * system.place_month - book.provider_double
    book.commissioner_double = double
    if system.month < system.burn_in:
        system.base_spend = book.commissioner_crisis + book.commissioner_reform
        growth = max(int(system.base_spend * (plan.budget + p.austerity) / 12.0), 0)
        kept = reserved(places_missing(world), system, p)
        system.free = free_next(system.free, growth, kept, p)  # as it would be if the budget had always grown like this
        system.budget = system.base_spend + system.free
