"""What the facilitator says, asks and expects, step by step: the second screen, and the guide of the kit."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.language import N_
from scenarios.plausible import Sample
from workshop.plans import Step
from workshop.setup import Setup


@dataclass(frozen=True)
class Note:
    """`say` can be read aloud; `ask` a question at a time; `expect`: what usually surprises, and what to do then."""

    say: tuple[str, ...]
    ask: tuple[str, ...] = ()
    expect: str = ""


NOTES = {
    "welcome": Note(
        (
            N_("Welcome. Today we run a city for ten years, and we predict before we look."),
            N_("The city is simulated. It is simpler than life, and it can be wrong."),
            N_("Nobody has to play anybody. You may step out with one tap, at any time, without a reason."),
            N_("Stories that are told here stay here. Please take no pictures."),
        ),
        (N_("Who would like a quiet seat near the door?"),),
        N_("Some people in the room may know these services from their own life. Do not ask who."),
    ),
    "ask_before": Note(
        (
            N_("Six questions, alone and without a name. There are no right answers."),
            N_("They are our own questions. Nobody has tested them, so we read them with care."),
        ),
    ),
    "show_predict": Note(
        (
            N_("Two foundations, the same city, the same people, the same luck."),
            N_(
                "Before we look: which one leaves more people in a secure home after ten years? How many more? Choose "
                "two numbers so that you are 80 per cent sure."
            ),
        ),
        (N_("What makes you think so? Tell your neighbour."),),
        N_("People often name a side at once and a number late. Wait for the numbers."),
    ),
    "show_see": Note(
        (
            N_("Every dot is one run of the ten years. Nobody knows all the numbers, so there are many."),
            N_("Read the axis with me before you read the dots."),
        ),
        (N_("Which of our reasons failed?"), N_("Which dots would change your mind?")),
        N_(
            "The difference is often smaller than the room thought: a foundation adds about one per cent to what a "
            "city spends. If somebody doubts the model, ask which assumption they would change, and write it down."
        ),
    ),
    "roles": Note(
        (
            N_("Read your card in silence for a minute. Then say in one sentence what your table wants."),
            N_("You see what your table would see in life, and only that."),
        ),
        (N_("What can you not see from where you sit?"),),
        N_("No accents and no costumes. A table without people is played by the program, and it does as usual."),
    ),
    "decide": Note(
        (
            N_("Read your screen. Talk to another table if you like. Then decide, predict and press ready."),
            N_("Commit first: more or fewer people without a home? Between which numbers?"),
        ),
        (N_("What do you hope the other tables do?"),),
        N_("If one phone is stuck, go on without it. Doing as usual is a decision too."),
    ),
    "see": Note(
        (
            N_("The years have passed. Look at your own table first."),
            N_("Bars are your predictions, dots are the runs."),
        ),
        (N_("What did you not expect?"), N_("Who did something that you now understand?")),
        N_("If a result looks like a verdict on a table, say it: a table can act only on what it sees."),
    ),
    "talk": Note(
        (N_("Cross the room. Tell another table what you saw, and hear what they saw."),),
        (N_("Whom did you blame, and what did they see?"),),
    ),
    "break": Note((N_("Ten minutes. We go on on time."),)),
    "cards_down": Note(
        (N_("Cards down. You are yourself again. Please change seats."),),
        (),
        N_("Somebody who played a hard role well may need a moment. Leave it to them."),
    ),
    "last_predict": Note(
        (
            N_("Now your ten years against the foundations that we saw first: same people, same luck."),
            N_("Which one leaves more people in a secure home? Commit first."),
        ),
    ),
    "last_see": Note(
        (N_("There is no winner here. Look who gained, who did not, and how far the dots spread."),),
        (N_("Where did our predictions miss, and why?"),),
    ),
    "debrief": Note(
        (
            N_("First in a word or two: how was it?"),
            N_("What happened? Without blame."),
            N_("The model cannot tell us how this city would vote, or what one person needs."),
        ),
        (
            N_("When did you feel in control, and when stuck?"),
            N_("Where did our predictions miss, and why?"),
            N_("What kept the hostels full?"),
            N_("Who was better off, and who was not?"),
            N_("What can this model not say?"),
            N_("What will you check at work, with whom, and by when?"),
        ),
        N_(
            "Keep feelings short and the reasons long. Say little. If somebody tells what they lived through: thank "
            "them, say that the model is simpler, and ask whether to note what it misses."
        ),
    ),
    "ask_after": Note((N_("The same six questions again, and for yourself one thing that you will do, with a date."),)),
    "close": Note(
        (
            N_("Thank you. Whoever was invited for what they have lived through is paid today, as we said."),
            N_("I now save the debrief and delete the rest."),
        ),
    ),
}

MONEY_OVER = Note(
    (
        N_("The foundation's money has ended. Its table decides nothing more: it looks, talks and predicts."),
        N_("All others still decide. Now we see what stays."),
    ),
    (N_("Who pays for it now, and who may stop?"),),
)
TEN_YEARS_OVER = Note(
    (
        N_("The ten years are over. Nothing more is decided."),
        N_("Say in one sentence what your table leaves behind."),
    ),
    (N_("What stayed after the foundation's money had ended?"), N_("Which early decision do you still see?")),
    N_("People ask who won. Nobody did. Next the same ten years stand beside other foundations, after a prediction."),
)
# What is said beside the notes of a step, by when.
MORE = {
    N_("When the foundation's money has ended"): MONEY_OVER,
    N_("After the last round"): TEN_YEARS_OVER,
}

QUESTIONS = (
    N_("I can explain why a service stays full although homes are being added."),
    N_("Those who use a service should help to decide how it is run."),
    N_("A good plan from outside works if people only carry it out."),
    N_("I expect to be wrong about what a change will do."),
    N_("When a reform fails, somebody is to blame."),
    N_("I know one thing that I can change in my own place."),
)
ANSWERS = (N_("not at all"), N_("a little"), N_("partly"), N_("mostly"), N_("fully"))


FROM_RANGES = N_("Most numbers that decide are assumptions. They are drawn from ranges, not calibrated.")
FROM_SAMPLE = N_(
    "Most numbers that decide are assumptions. They are drawn from a calibrated sample where it has them, else from "
    "ranges."
)


def assumed(sample: Sample | None) -> str:
    """Where the numbers of the runs come from: `analysis.words.drawn_from` in the words of a room."""
    return FROM_RANGES if sample is None else FROM_SAMPLE


def notes_of(step: Step, setup: Setup) -> list[Note]:
    """What belongs to this step: in a round without the foundation's money, and when the last one is over, more."""
    found = [NOTES[step.kind]]
    if step.kind == "decide" and setup.money_over(step.round):
        found.append(MONEY_OVER)
    if step.kind == "talk" and step.round == len(setup.months):
        found.append(TEN_YEARS_OVER)
    return found
