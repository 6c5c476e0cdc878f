"""Roles: who sits at which table, what they may decide, and what they see.

A decision enters the model as what these actors do in it: levers of the foundation, or parameters of the others within
their range (scenarios/deciding.py), for a round.  Every option that is not the usual one names a measure of its table's
screen that it moves by more than noise, and the shipped strategy under which it does (`moves`, `under`);
tests/workshop/test_roles.py measures it.  What the model cannot tell apart from noise is no option.

Not here: carers.  All that the model knows of them, how far they shift what is heard, moves nothing that a screen would
show (docs/workshop.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from engine.errors import BadInput
from evidence.quantities import find_quantity
from scenarios.language import N_
from scenarios.levers import Lever, check_lever, load_levers
from scenarios.strategy import find_strategy

USUAL = "usual"
# What a room's foundation does where its table decides nothing: the carrier, on which practices are measured.
BASE = "carrier"


@dataclass(frozen=True)
class Option:
    """One thing that a table may do in a round.  `under`: a strategy that ships, with this option laid over it."""

    key: str
    title: str
    does: str
    levers: Mapping[str, float] = field(default_factory=dict)
    others: Mapping[str, float] = field(default_factory=dict)
    moves: str = ""
    under: str = BASE
    practice: str = ""  # a practice that ships: it is laid over what the foundation does, with others that are chosen

    @cached_property
    def openly(self) -> list[tuple[str, float, float]]:
        """Exactly what it does in the model: (name, value, usual value); the usual option does nothing."""
        if self.practice:
            return [(name, value, usual) for name, (value, usual) in changed_by(self.practice).items()]
        usual = base_levers()
        levers = [(name, value, usual.get(name, load_levers()[name].rest)) for name, value in self.levers.items()]
        others = [(name, value, find_quantity(name).value or 0.0) for name, value in self.others.items()]
        return [*levers, *others]


@dataclass(frozen=True)
class Decision:
    """A question that a table answers in each round; the first option is the usual one."""

    key: str
    asks: str
    options: tuple[Option, ...]

    def option(self, key: str) -> Option:
        """The option of that key; KeyError if there is none."""
        return next(one for one in self.options if one.key == key) if key in self.keys else _none(key)

    def allows(self, key: object) -> bool:
        """Whether a table may choose this."""
        return key in self.keys

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Keys of the options."""
        return tuple(one.key for one in self.options)


@dataclass(frozen=True)
class Dial(Decision):
    """A lever that a table sets to any number in its range; the key of an option is the number as text."""

    lever: Lever | None = None

    @property
    def of(self) -> Lever:
        """The lever."""
        assert self.lever is not None
        return self.lever

    def option(self, key: str) -> Option:
        """What this number does; KeyError if it cannot stand there."""
        if key == USUAL:
            return self.options[0]
        return Option(key, key, "", {self.of.name: float(key)}) if self.allows(key) else _none(key)

    def allows(self, key: object) -> bool:
        """Whether it is a number that the lever can have."""
        if key == USUAL:
            return True
        try:
            check_lever(self.of.name, float(str(key)))
        except (BadInput, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Role:
    """A table.  `sees`: measures that stand on its screen, with what they are called there; nothing else does."""

    key: str
    title: str
    who: str
    knows: str
    decisions: tuple[Decision, ...]
    sees: tuple[tuple[str, str], ...]

    def decision(self, key: str) -> Decision:
        """The decision of that key; KeyError if there is none."""
        found = {one.key: one for one in self.decisions}
        return found[key]


@cache
def base_levers() -> dict[str, float]:
    """What the foundation does where its table decides nothing."""
    return dict(find_strategy(BASE).phases[0].levers)


@cache
def changed_by(practice: str) -> dict[str, tuple[float, float]]:
    """What a practice changes on the base in the end: (value, usual value) by lever."""
    (*_, (_, usual)), (*_, (_, now)) = find_strategy(BASE).settings(), find_strategy(practice).settings()
    return {name: (value, usual[name]) for name, value in now.items() if value != usual[name]}


def _none(key: str) -> Option:
    raise KeyError(key)


def _usual(does: str) -> Option:
    return Option(USUAL, N_("As usual"), does)


USERS = Role(
    "users",
    N_("People who use the service"),
    N_("You have no home of your own. You decide what you accept and who speaks."),
    N_("You see what happens to people like you. You do not see budgets or plans."),
    (
        Decision(
            "homes",
            N_("When a home with support is offered"),
            (
                _usual(N_("Most people say yes.")),
                Option(
                    "take",
                    N_("Say yes to almost every offer"),
                    N_("Fewer offers are refused."),
                    others={"accept_home": 0.95},
                    moves="refused",
                ),
                Option(
                    "wait",
                    N_("Say no until it suits"),
                    N_("More offers are refused; the place goes to somebody else."),
                    others={"accept_home": 0.8},
                    moves="refused",
                ),
            ),
        ),
        Decision(
            "beds",
            N_("When a shelter bed is offered on the street"),
            (
                _usual(N_("More than half say yes.")),
                Option(
                    "in",
                    N_("Come in"),
                    N_("Fewer people sleep rough; shelters turn more people away."),
                    others={"accept_bed": 0.75},
                    moves="unserved",
                ),
                Option(
                    "out",
                    N_("Stay out"),
                    N_("More people sleep rough; more beds are free."),
                    others={"accept_bed": 0.4},
                    moves="unserved",
                ),
            ),
        ),
        Decision(
            "voice",
            N_("Who speaks at meetings"),
            (
                _usual(N_("Confident people speak more often.")),
                Option(
                    "alike",
                    N_("Everybody alike"),
                    N_("Quiet people are heard as often as confident ones."),
                    others={"voice_bias": 0.0},
                    moves="partnership",
                    under="user_centred",
                ),
                Option(
                    "bold",
                    N_("Those who dare"),
                    N_("A few confident people speak for all."),
                    others={"voice_bias": 2.0},
                    moves="took_part",
                    under="user_centred",
                ),
            ),
        ),
    ),
    (
        ("without_home", N_("people without a home")),
        ("unserved", N_("people sleeping rough")),
        ("refused", N_("offers of a home refused, a month")),
        ("turned_away", N_("people turned away from a bed, a month")),
        ("fit", N_("how well homes with support suit people (0 to 1)")),
        ("partnership", N_("how far you are partners (per cent)")),
        ("took_part", N_("people who took part in meetings, a month")),
        ("trust", N_("your trust in services (per cent)")),
    ),
)

PROFESSIONALS = Role(
    "professionals",
    N_("Professionals"),
    N_("You work in hostels and support services. You decide whom you put forward for a home with support."),
    N_("You see the people you work with and your colleagues. You do not see the foundation's plan."),
    (
        Decision(
            "forward",
            N_("How many people you put forward"),
            (
                _usual(N_("About one in sixteen a month, when places are free.")),
                Option(
                    "many",
                    N_("Put more people forward"),
                    N_("More people are put forward."),
                    others={"refer_base": 0.2},
                    moves="referred",
                ),
                Option(
                    "few",
                    N_("Put forward only those you are sure of"),
                    N_("Fewer people are put forward."),
                    others={"refer_base": 0.02},
                    moves="referred",
                ),
            ),
        ),
        Decision(
            "search",
            N_("Whether you look for people who are hidden"),
            (
                _usual(N_("You reach about one in twenty a month.")),
                Option(
                    "go",
                    N_("Go out and look"),
                    N_("People on sofas and in cars are put forward too."),
                    others={"hidden_reached": 0.3},
                    moves="referred",
                ),
                Option(
                    "stay",
                    N_("Wait until they come"),
                    N_("Hidden people are not put forward."),
                    others={"hidden_reached": 0.0},
                    moves="referred",
                ),
            ),
        ),
        Decision(
            "when",
            N_("How soon you put somebody forward"),
            (
                _usual(N_("After three months without a home.")),
                Option(
                    "now",
                    N_("At once"),
                    N_("Nobody waits before they may be put forward."),
                    others={"refer_after": 0.0},
                    moves="referred",
                ),
                Option(
                    "later",
                    N_("After a year"),
                    N_("People must be without a home for a year first."),
                    others={"refer_after": 12.0},
                    moves="referred",
                ),
            ),
        ),
    ),
    (
        ("referred", N_("people put forward, a month")),
        ("reform", N_("people in a home with support")),
        ("unmet_need", N_("people who wait for a home")),
        ("strain", N_("strain at work (0 to 1)")),
        ("belief", N_("belief that people know what they need (0 to 1)")),
        ("on_side", N_("colleagues on side (per cent)")),
    ),
)

MANAGERS = Role(
    "managers",
    N_("Managers of services"),
    N_("You run hostels and homes with support. You decide what opens, what closes and where to apply."),
    N_("You see your own places and staff. You do not see what the commissioner will answer."),
    (
        Decision(
            "open",
            N_("Asking for public money for new homes with support"),
            (
                _usual(N_("You ask as often as managers here do.")),
                Option(
                    "often",
                    N_("Ask more often"),
                    N_("You ask for more places; the money must be there."),
                    others={"open_rate": 0.6},
                    moves="reform_mainstream",
                ),
                Option(
                    "never",
                    N_("Do not ask"),
                    N_("You open nothing new with public money."),
                    others={"open_rate": 0.0},
                    moves="reform_mainstream",
                ),
            ),
        ),
        Decision(
            "convert",
            N_("Turning hostel beds into homes with support"),
            (
                _usual(N_("Now and then, if you are ready and staff agree.")),
                Option(
                    "fast",
                    N_("Turn beds into homes faster"),
                    N_("Beds close sooner and homes open."),
                    others={"convert_rate": 0.15},
                    moves="reform_mainstream",
                ),
                Option(
                    "keep",
                    N_("Keep the beds, protect the posts"),
                    N_("No bed is turned into a home."),
                    others={"convert_rate": 0.0},
                    moves="all_places",
                ),
            ),
        ),
        Decision(
            "apply",
            N_("Applying for the foundation's grants"),
            (
                _usual(N_("Three in ten of you apply even if you are not ready.")),
                Option(
                    "all",
                    N_("Apply whatever it asks"),
                    N_("Managers who are not ready apply as well."),
                    others={"apply_base": 0.8},
                    moves="readiness",
                    under="user_centred",
                ),
                Option(
                    "ready",
                    N_("Apply only if you mean it"),
                    N_("Managers who are not ready do not apply."),
                    others={"apply_base": 0.0},
                    moves="readiness",
                    under="user_centred",
                ),
            ),
        ),
    ),
    (
        ("all_places", N_("beds and places, all together")),
        ("reform_mainstream", N_("homes with support that public money pays")),
        ("reform_grant", N_("homes with support that a grant pays")),
        ("grants_to_date", N_("grants won so far")),
        ("crisis_occupancy", N_("hostel beds in use (per cent)")),
        ("readiness", N_("managers who are ready (per cent)")),
        ("weariness", N_("weariness of new initiatives (per cent)")),
    ),
)

COMMISSIONER = Role(
    "commissioner",
    N_("The public commissioner"),
    N_("You hold the city's money. You decide what it pays for, and for how long."),
    N_("You see money, beds and people on the street. You do not see what people in services want."),
    (
        Decision(
            "claims",
            N_("When managers ask for public money for homes with support"),
            (
                _usual(N_("About every second claim is agreed if nothing speaks for or against it.")),
                Option(
                    "yes",
                    N_("Say yes more readily"),
                    N_("More claims are agreed while money is free."),
                    others={"agree_usual": 0.8},
                    moves="reform_mainstream",
                ),
                Option(
                    "no",
                    N_("Ask for more proof"),
                    N_("Fewer claims are agreed."),
                    others={"agree_usual": 0.2},
                    moves="reform_mainstream",
                ),
            ),
        ),
        Decision(
            "budget",
            N_("The budget for all services"),
            (
                _usual(N_("It grows as planned.")),
                Option(
                    "more",
                    N_("Two per cent a year more"),
                    N_("The budget grows faster; somebody pays for it."),
                    others={"austerity": 0.02},
                    moves="spend_to_date",
                ),
                Option(
                    "less",
                    N_("Two per cent a year less"),
                    N_("The budget grows more slowly or shrinks."),
                    others={"austerity": -0.02},
                    moves="spend_to_date",
                ),
            ),
        ),
        Decision(
            "street",
            N_("When more people sleep rough"),
            (
                _usual(N_("A few more emergency beds open.")),
                Option(
                    "beds",
                    N_("Open more emergency beds"),
                    N_("Beds open fast and take free money first."),
                    others={"emergency_response": 0.3},
                    moves="crisis_beds",
                ),
                Option(
                    "none",
                    N_("Open no more beds"),
                    N_("Money stays free for homes; nobody gets a new bed."),
                    others={"emergency_response": 0.0},
                    moves="crisis_beds",
                ),
            ),
        ),
    ),
    (
        ("spend_to_date", N_("spent by everybody so far (million)")),
        ("free_money", N_("free public money, a month")),
        ("reform_mainstream", N_("homes with support that you pay")),
        ("crisis_beds", N_("hostel beds")),
        ("unserved", N_("people sleeping rough")),
        ("claims", N_("claims for homes with support, a month")),
    ),
)

FOUNDATION = Role(
    "foundation",
    N_("The foundation"),
    N_("You have about one per cent of what the city spends. You decide whom you fund, and how."),
    N_("You see your grants and what others tell you. You do not see what staff think of you."),
    (
        Decision(
            "design",
            N_("Whose design your grants follow"),
            (
                _usual(N_("Each service's own design, without conditions.")),
                Option(
                    "partners",
                    N_("In partnership with the people who use it"),
                    N_("Smaller grants if there is partnership; it is checked; some money pays for people's time."),
                    {
                        "grants_per_provider": 2.0,
                        "design_users": 0.5,
                        "condition_partnership": 0.7,
                        "verification": 0.4,
                        "progress_checks": 0.6,
                        "share_places": 0.5,
                        "share_involvement": 0.1,
                    },
                    moves="fit",
                ),
                Option(
                    "blueprint",
                    N_("Your own tested model"),
                    N_("Grants follow a blueprint that worked elsewhere, and you insist on it."),
                    {"design_blueprint": 0.9, "fidelity_required": 0.8},
                    moves="partnership",
                ),
            ),
        ),
        Decision(
            "sites",
            N_("Which services you choose"),
            (
                _usual(N_("A lottery among those who apply.")),
                Option(
                    "willing",
                    N_("Those whose managers seem willing"),
                    N_("Most grants go to the willing."),
                    {"site_willingness": 0.8},
                    moves="sites_to_date",
                ),
                Option(
                    "known",
                    N_("Those who are well known"),
                    N_("Most grants go to well-known services."),
                    {"site_prestige": 0.8},
                    moves="sites_to_date",
                ),
            ),
        ),
        Decision(
            "besides",
            N_("What you do besides"),
            (
                _usual(N_("Nothing: your name stands in the small print.")),
                Option(
                    "listen",
                    N_("Listen first, twice a year"),
                    N_("Users, staff and managers are heard by somebody independent; it costs money and their time."),
                    {"listening": 2.0, "independence": 0.9},
                    moves="trust_foundation",
                ),
                Option(
                    "brand",
                    N_("Put your own name on it"),
                    N_("The reform carries your name everywhere."),
                    {"branding": 1.0},
                    moves="trust_foundation",
                ),
                Option(
                    "campaign",
                    N_("Campaign in public"),
                    N_("You campaign for the reform; there is less for places."),
                    {"campaign": 1.0},
                    moves="reform_grant",
                ),
            ),
        ),
    ),
    (
        ("programme_to_date", N_("your money spent so far (million)")),
        ("reform_grant", N_("homes with support that your grants pay")),
        ("sites_to_date", N_("services with a grant so far")),
        ("programmes_lasting", N_("programmes begun on a grant that public money now pays")),
        ("fit", N_("how well homes with support suit people (0 to 1)")),
        ("partnership", N_("how far users are partners (per cent)")),
        ("trust_foundation", N_("managers' trust in you (per cent)")),
    ),
)

ROLES = (USERS, PROFESSIONALS, MANAGERS, COMMISSIONER, FOUNDATION)
BY_KEY = {role.key: role for role in ROLES}
