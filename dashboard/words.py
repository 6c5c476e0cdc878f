"""The words of the screen, one definition each, one tap away: what a board member may not know, in plain English."""

from __future__ import annotations

from analysis.words import FIT, PEOPLE, PLACES, SPENT, meaning
from scenarios.domains import Domain


def glossary(domain: Domain) -> list[list[str]]:
    """[word, definition], in alphabetical order, in the field's own words."""
    secure, reformed = domain.words["secure_outcomes"], domain.words["reformed_places"]
    found = {
        f"People with {secure}": meaning(PEOPLE, domain),
        "What it costs": meaning(SPENT, domain),
        "Publicly paid places": meaning(PLACES, domain),
        "How well they fit": meaning(FIT, domain),
        "No foundation": "The same people's lives in the same place, with no foundation at all. Every change is "
        "counted from there.",
        "Change": "How much more or less there is than with no foundation, for the same people.",
        "Range": "Where the number lies 19 times in 20, as far as the model can tell. The shaded bands show it.",
        "Too small to matter": "Between the dashed lines of the chart: a change that nobody would notice in practice.",
        "Not known": "The range holds both more and less, and more than what matters. The model cannot tell.",
        "Plausible world": "One set of values for all numbers that nobody has measured, drawn from what is plausible. "
        "The same strategies are run in each of them.",
        "Your beliefs": "What you hold of numbers that nobody has measured. The answer is then told of the plausible "
        "worlds that are nearest to it.",
        "Camp": "All strategies in which the same people lead: those who use the services, the funder, or nobody.",
        "Regret": "How much less a strategy leaves than the one that would have been best in the same world.",
        "World of ...": "A belief about how services and people work, held by real people who disagree. Also called a "
        "worldview.",
        "Run": "One history of the place, month by month, in the computer. Several runs show how much is luck.",
        "Luck": "What happens by chance. Another number is another series of chances, the same for every strategy.",
        "Carrier": "The plain grant on which the five practices are switched: middle-sized, by lottery, no conditions.",
        "Placebo": "A programme that spends and changes nothing: what the model must find nothing in.",
        "Practice": "One of five things that a foundation can do otherwise when users lead. Each is a switch.",
        "Lever": "A decision of the foundation: how much, how long, to whom, on which condition.",
        "Budget": "Money of the foundation, as a share of all that the service system spends in a year.",
        "Bridge money": "Money that keeps a good service open until public money takes over.",
        "Spotlight": "Money that makes results known under the names of those who did the work.",
        "Condition": "What an applicant has to show before or while a grant is paid.",
        "Belief": "How far a worker holds that users know what they need; from 0 to 1.",
        "Mechanism": "One way in which things affect one another in the model, which can be switched off to see what "
        "it does.",
        "Scaled up": f"Fewer people are simulated than live in the place. People, {reformed} and money are shown for "
        "the whole place.",
        "The money ends": "The last month of the foundation's programme. What lasts is read two and four years later.",
    }  # fmt: skip
    return sorted([[word, text[:1].upper() + text[1:]] for word, text in found.items()], key=lambda row: row[0].lower())
