"""Step 4: services are redesigned, towards whoever holds power there, and keep or lose the core of what works."""

import math

from agents.funder import blueprint, money_pressure
from agents.manager import partnership_next
from agents.programme import SLOTS, fidelity_next, places_of, reached_by_money
from agents.provider import (
    BELIEF,
    MONEY,
    SECURITY,
    SUPPLY,
    WORKLOAD,
    acted_next,
    effort_next,
    fear_for_posts,
    real_users_power,
    redesign_rate,
    reported_next,
    resistance,
    resistance_next,
    towards,
)
from engine.rule import kernel, rule
from model.contracts import led_design


@rule
def resists(provider, system, p):
    """Resistance from its five separable sources; known obstacles are aimed at while grant money works here."""
    aimed = 1.0 if provider.obstacle_known > 0 and provider.open_grants > 0 else 0.0
    doubt = 1.0 - provider.belief_mean
    short = system.money_pressure * (1.0 - provider.intensity)
    fear = fear_for_posts(provider, p)
    provider.resist_belief = resistance_next(p.resist_belief, doubt, provider.obstacle == BELIEF, aimed, p)
    provider.resist_workload = resistance_next(
        p.resist_workload, provider.strain_mean, provider.obstacle == WORKLOAD, aimed, p
    )
    provider.resist_money = resistance_next(p.resist_money, short, provider.obstacle == MONEY, aimed, p)
    provider.resist_security = resistance_next(p.resist_security, fear, provider.obstacle == SECURITY, aimed, p)
    provider.resist_supply = resistance_next(p.resist_supply, system.stuck, provider.obstacle == SUPPLY, aimed, p)
    return resistance(provider, p)


@rule
def is_redesigned(programme, provider, p):
    """A programme's design moves towards users, plan and convention in proportion to their power: as its own contracts
    give it, or, where no grant works, those of the provider's other programmes.  Returns the distance moved."""
    own = programme.grant_month > 0
    plan = programme.design_blueprint if own else provider.design_blueprint
    users = real_users_power(programme.design_users if own else provider.design_users, provider.partnership, p)
    rate = redesign_rate(provider, p) * reached_by_money(programme, provider.intensity, p)
    heard = provider.heard
    choice = led_design(users, plan, provider.heard_choice, blueprint(p, 0), provider.convention_choice, heard)
    home = led_design(users, plan, provider.heard_home, blueprint(p, 1), provider.convention_home, heard)
    support = led_design(users, plan, provider.heard_support, blueprint(p, 2), provider.convention_support, heard)
    neglect = p.metrics_neglect * provider.effort
    choice = towards(towards(programme.design_choice, choice, rate), provider.convention_choice, neglect)
    home = towards(towards(programme.design_home, home, rate), provider.convention_home, neglect)
    support = towards(towards(programme.design_support, support, rate), provider.convention_support, neglect)
    a = choice - programme.design_choice
    b = home - programme.design_home
    c = support - programme.design_support
    programme.design_choice = choice
    programme.design_home = home
    programme.design_support = support
    return math.sqrt(a * a + b * b + c * c)


@kernel
def services_are_redesigned(world):
    """4. Each reformed service's design moves towards whoever holds power there: users heard, professionals'
    convention, the foundation's blueprint."""
    system = world.system[0]
    p = world.parameters[0]
    system.money_pressure = money_pressure(system.free, system.budget, p)
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        provider.resistance = resists(provider, system, p)
        provider.effort = effort_next(provider, p)
        provider.reported = reported_next(provider, p)
        provider.partnership = partnership_next(world.managers[j], provider, p)
        provider.acted = acted_next(provider, p)
        for row in range(j * SLOTS, j * SLOTS + SLOTS):
            programme = world.programmes[row]
            if row > j * SLOTS and places_of(programme) == 0:
                continue
            moved = is_redesigned(programme, provider, p)
            if places_of(programme) > 0:
                resisted = provider.resistance
                programme.fidelity = fidelity_next(programme, resisted, provider.effort, moved, p)
