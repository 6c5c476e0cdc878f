"""The words of the screen, one definition each, one tap away: what a board member may not know, in plain English."""

from __future__ import annotations

from analysis.words import FIT, PEOPLE, PLACES, SPENT, meaning, title
from scenarios.domains import Domain, capital
from scenarios.language import N_, say

WORDS = {
    N_("No foundation"): N_(
        "The same people's lives in the same place, with no foundation at all. Every change is counted from there."
    ),
    N_("Change"): N_("How much more or less there is than with no foundation, for the same people."),
    N_("Range"): N_("Where the number lies 19 times in 20, as far as the model can tell. The shaded bands show it."),
    N_("Too small to matter"): N_(
        "Between the dashed lines of the chart: a change that nobody would notice in practice."
    ),
    N_("Not known"): N_("The range holds both more and less, and more than what matters. The model cannot tell."),
    N_("Plausible world"): N_(
        "One set of values for all numbers that nobody has measured, drawn from what is plausible. "
        "The same strategies are run in each of them."
    ),
    N_("Your beliefs"): N_(
        "What you hold of numbers that nobody has measured. The answer is then told of the plausible worlds "
        "that are nearest to it."
    ),
    N_("Camp"): N_("All strategies in which the same people lead: those who use the services, the funder, or nobody."),
    N_("Regret"): N_("How much less a strategy leaves than the one that would have been best in the same world."),
    N_("World of ..."): N_(
        "A belief about how services and people work, held by real people who disagree. Also called a worldview."
    ),
    N_("Run"): N_("One history of the place, month by month, in the computer. Several runs show how much is luck."),
    N_("Luck"): N_("What happens by chance. Another number is another series of chances, the same for every strategy."),
    N_("Carrier"): N_(
        "The plain grant on which the five practices are switched: middle-sized, by lottery, no conditions."
    ),
    N_("Placebo"): N_("A programme that spends and changes nothing: what the model must find nothing in."),
    N_("Practice"): N_("One of five things that a foundation can do otherwise when users lead. Each is a switch."),
    N_("Lever"): N_("A decision of the foundation: how much, how long, to whom, on which condition."),
    N_("Budget"): N_("Money of the foundation, as a share of all that the service system spends in a year."),
    N_("Bridge money"): N_("Money that keeps a good service open until public money takes over."),
    N_("Spotlight"): N_("Money that makes results known under the names of those who did the work."),
    N_("Condition"): N_("What an applicant has to show before or while a grant is paid."),
    N_("Belief"): N_("How far a worker holds that users know what they need; from 0 to 1."),
    N_("Mechanism"): N_(
        "One way in which things affect one another in the model, which can be switched off to see what it does."
    ),
    N_("Scaled up"): N_(
        "Fewer people are simulated than live in the place. People, {reformed_places} and money are shown for "
        "the whole place."
    ),
    N_("The money ends"): N_(
        "The last month of the foundation's programme. What lasts is read two and four years later."
    ),
}


def glossary(domain: Domain) -> list[list[str]]:
    """[word, definition], in alphabetical order, in the field's own words."""
    found = {title(measure, domain): meaning(measure, domain) for measure in (PEOPLE, SPENT, PLACES, FIT)}
    found |= {say(word): domain.says(text) for word, text in WORDS.items()}
    return sorted([[word, capital(text)] for word, text in found.items()], key=lambda row: row[0].lower())
