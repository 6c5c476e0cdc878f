"""The commissioner's answers to those who ask for free mainstream money.  Used by step 5 and by programmes (step 6).

Managers ask; the commissioner decides, for reasons that stand in agents/funder.py.  Money must be there as well.
"""

from agents.funder import agrees, chance_of_yes, reasons, results_as_read
from engine.chance import uniforms
from engine.rule import rule
from model.draws import AGREES, ANSWERS, READS_REPORTS

OPENING, CONVERSION = range(2)  # what a manager asks for, beside lots that are there


@rule
def number_of(j, what):
    """The number of what manager j asks for: below 0, where no lot has its number."""
    return -1 - 2 * j - what


@rule
def usual_answer(world, j):
    """Chance that the commissioner agrees to what provider j asks for, results read as they are reported."""
    provider = world.providers[j]
    p = world.parameters[0]
    return chance_of_yes(reasons(provider, world.system[0], provider.reported, p), p)


@rule
def is_given(world, j, number):
    """Whether the commissioner agrees to what provider j asks for this month.  number: of the claim."""
    system = world.system[0]
    p = world.parameters[0]
    provider = world.providers[j]
    luck = uniforms(system.seed, ANSWERS, system.month, number)
    results = results_as_read(provider, p, luck[READS_REPORTS])
    given = agrees(reasons(provider, system, results, p), p, luck[AGREES])
    system.claims = system.claims + 1
    system.agreed = system.agreed + (1 if given else 0)
    return given
