"""Who writes a column: every column of every table, and the files of model/ that may write it.

tests/model/test_owners.py holds the code to this table, both ways.  `start` and `first_people` write first values and
`room` empty rows; where more than one other file writes a column, `why` says what each of them does to it.  Files are
named without path.
"""

from typing import NamedTuple


class Owned(NamedTuple):
    """Columns of one record with the same writers.  `columns` "*" is all that no other line names; `whole_row`
    is all at once: a row that moves from one table of people to another."""

    record: str
    columns: str
    writers: str
    why: str = ""


OWNERS = (
    Owned("User", "id need wants_choice wants_home wants_support carer", "s01_world_moves"),
    Owned("User", "kind", "first_people s01_world_moves"),
    Owned("User", "was", "s01_world_moves by_situation housed",
          "nobody before arrival; as the month begins; back from the housed"),
    Owned("User", "acute", "s01_world_moves s08_people_live", "nought at arrival; the month's illness"),
    Owned("User", "whole_row", "housed"),
    Owned("User", "group", "first_people s01_world_moves"),
    Owned("User", "seen", "s01_world_moves s09_experience", "never at arrival; without a home as the month ends"),
    Owned("User", "bed_from", "first_people s01_world_moves beds", "never at arrival; a stay begins"),
    Owned("User", "bed_until", "first_people s01_world_moves beds", "never at arrival; a bed is left"),
    Owned("User", "housed_on", "first_people s01_world_moves leaving housed",
          "never at arrival; a home with or without support; a home found alone"),
    Owned("User", "trust voice", "s01_world_moves s03_listening s09_experience",
          "drawn at arrival; how a round of involvement ended; what the service was like, peers seen to decide"),
    Owned("User", "bed_provider", "first_people room s01_world_moves beds", "none at arrival; a bed is found or left"),
    Owned("User", "situation", "first_people room s01_world_moves s07_referral beds displaced leaving housed held",
          "arrival; an offer accepted; a bed found or not; a closed place; every other way on (agents: FLOWS); "
          "joining the housed; who makes up the place's count"),
    Owned("User", "provider worker", "first_people room s01_world_moves s07_referral beds displaced leaving",
          "nobody at arrival; whoever serves this person after a move; a new key worker where the old one has left"),
    Owned("User", "months", "first_people s01_world_moves s07_referral s08_people_live beds displaced leaving housed",
          "a month more in step 8; nought where the situation changes, but kept by who only changes beds"),
    Owned("User", "homeless", "first_people s01_world_moves s08_people_live leaving housed",
          "nought at arrival; a month more without a home; nought with a home"),
    Owned("User", "fast", "first_people s01_world_moves beds displaced",
          "nought at arrival; drawn when a stay begins; kept by who only changes beds"),
    Owned("User", "joined", "first_people s01_world_moves s07_referral",
          "never at arrival; an offer accepted"),
    Owned("User", "involved", "s01_world_moves s03_listening leaving",
          "nought at arrival; takes part, and the round ends; leaves the service"),
    Owned("User", "fate", "s01_world_moves leaving", "nought at arrival; what happens later"),
    Owned("User", "returned", "s01_world_moves leaving housed", "nought at arrival; a home lost; back from the housed"),
    Owned("Professional", "provider", "start"),
    Owned("Professional", "service", "start s06_places_open_and_close"),
    Owned("Professional", "habit identification threshold tenure", "s01_world_moves"),
    Owned("Professional", "strain seen", "s01_world_moves s09_experience", "a new person; what the month was like"),
    Owned("Professional", "belief", "s01_world_moves s09_experience s10_peers_talk",
          "a new person; what the month was like; what peers say"),
    Owned("Manager", "openness ownership_usual hearing partnering", "start"),
    Owned("Manager", "readiness", "start s05_managers_decide"),
    Owned("Manager", "reading ownership trust", "start s09_experience"),
    Owned("Manager", "frustration", "start s09_experience"),
    Owned("Manager", "noticed", "s09_experience"),
    Owned("Manager", "weariness", "s03_listening s09_experience", "an empty round of involvement; the month's demands"),
    Owned("Manager", "known", "s02_foundation_acts s03_listening", "what an award teaches; what listening does"),
    Owned("Provider", "reputation convention_choice convention_home convention_support obstacle outside staff_first "
          "staff_slots", "start"),
    Owned("Provider", "applied faked awarded reached tables training implementation burden relief grant_month "
          "open_grants fakes design_users design_blueprint fidelity_required branding condition_metrics "
          "condition_partnership progress_checks intensity incentive", "s02_foundation_acts"),
    Owned("Provider", "contact", "s02_foundation_acts s03_listening", "through grants and calls; in a listening cycle"),
    Owned("Provider", "bridge", "s02_foundation_acts money", "handed over by a grant; spent on double running"),
    Owned("Provider", "heard heard_choice heard_home heard_support round_months obstacle_known", "s03_listening"),
    Owned("Provider", "voice_heard", "start s03_listening"),
    Owned("Provider", "partnership", "start s04_redesign"),
    Owned("Provider", "acted", "s03_listening s04_redesign", "nought when a round begins; the way gone since"),
    Owned("Provider", "resistance resist_belief resist_workload resist_money resist_security resist_supply effort",
          "s04_redesign"),
    Owned("Provider", "reported", "start s04_redesign"),
    Owned("Provider", "design_choice design_home design_support fidelity", "start s04_redesign contracts",
          "redesign month by month; new places bring the design of their contract"),
    Owned("Provider", "crisis_beds", "start s06_places_open_and_close programmes planned by_right",
          "emergency beds open; converted beds close; what is planned opens or closes; beds follow the right to one"),
    Owned("Provider", "by_right", "by_right"),
    Owned("Provider", "closing_beds closing_months", "s05_managers_decide programmes", "a conversion begins; it ends"),
    Owned("Provider", "closing_bridged", "s05_managers_decide programmes money",
          "a conversion begins; it ends; bridge money does not suffice any more"),
    Owned("Provider", "reform_main", "start contracts programmes planned",
          "a lot opens; it is taken over, stops or restarts; a part of it is closed"),
    Owned("Provider", "reform_grant", "contracts programmes", "a lot opens; it is taken over or stops"),
    Owned("Provider", "staff_crisis staff_reform", "start s06_places_open_and_close"),
    Owned("Provider", "in_crisis", "beds"),
    Owned("Provider", "in_looking", "first_people s07_referral leaving",
          "an offer accepted; a home found, the search given up"),
    Owned("Provider", "in_reform", "first_people displaced leaving", "a closed place; a home found, lost or left"),
    Owned("Provider", "homes_lost", "s08_people_live"),
    Owned("Provider", "success loss_rate", "start s09_experience"),
    Owned("Provider", "fit_mean fit_sum good_fit long_stays stuck", "s09_experience"),
    Owned("Provider", "rivalry belief_mean on_side strain_mean", "start s10_peers_talk"),
    Owned("Grant", "*", "s02_foundation_acts"),
    Owned("Lot", "ordinal provider", "start contracts"),
    Owned("Lot", "places", "start contracts planned", "a lot opens; a part of it is closed"),
    Owned("Lot", "months promised mended", "contracts programmes", "a lot opens; what becomes of it"),
    Owned("Lot", "bridged", "contracts programmes money",
          "a lot opens; what becomes of it; bridge money does not suffice any more"),
    Owned("Lot", "grant", "start contracts programmes", "a lot opens; what becomes of it"),
    Owned("Lot", "state", "start contracts programmes planned", "a lot opens; what becomes of it; it stops for good"),
    Owned("Lot", "left", "s02_foundation_acts contracts programmes",
          "the months that its grant pays; nought when it opens; a month less"),
    Owned("System", "seed burn_in scale people outreach_first outreach_slots", "start"),
    Owned("System", "bed_month by_right_month place_month", "start planned"),
    Owned("System", "by_right", "by_right"),
    Owned("System", "month", "start s11_month_closes"),
    Owned("System", "present", "start s01_world_moves housed held",
          "newcomers; who comes back from the housed; who makes up the place's count"),
    Owned("System", "arrivals", "s01_world_moves held", "newcomers; who makes up the place's count"),
    Owned("System", "living", "first_people s01_world_moves leaving housed held",
          "newcomers, also those who make up the place's count; whoever goes; who joins the housed or comes back"),
    Owned("System", "left out_of_sight homes_used", "s01_world_moves leaving", "nought; counted where it happens"),
    Owned("System", "died", "s01_world_moves leaving housed", "nought; counted where it happens"),
    Owned("System", "found_home", "s01_world_moves leaving housed", "nought; counted where it happens"),
    Owned("System", "housed_died", "s01_world_moves housed", "nought; counted where it happens"),
    Owned("System", "housed housed_cost", "housed"),
    Owned("System", "homes", "s01_world_moves s02_foundation_acts", "the month's supply; homes that are bought"),
    Owned("System", "income ahead committed running listening convening campaign user_seats seats_shown spotlight "
          "relief homes_fund grants_made", "s02_foundation_acts"),
    Owned("System", "purse idle", "s02_foundation_acts contracts", "income and grants; every other payment"),
    Owned("System", "took_part", "s03_listening"),
    Owned("System", "money_pressure", "s04_redesign"),
    Owned("System", "rough_usual", "start s06_places_open_and_close"),
    Owned("System", "saved not_saved taken_over", "programmes"),
    Owned("System", "displaced", "displaced"),
    Owned("System", "referred offers refused", "s07_referral"),
    Owned("System", "lost lost_early", "s08_people_live"),
    Owned("System", "returned", "s08_people_live housed", "nought, and the settled; the housed"),
    Owned("System", "moved_in moved_on rehoused changed_home waited", "s08_people_live leaving",
          "nought; counted where it happens"),
    Owned("System", "bed_offers bed_refused turned_away", "beds"),
    Owned("System", "rough hidden", "start s09_experience"),
    Owned("System", "hidden_start rough_start", "start"),
    Owned("System", "homes_recent", "start s01_world_moves"),
    Owned("System", "homes_usual", "s01_world_moves"),
    Owned("System", "stuck", "start s09_experience"),
    Owned("System", "pressure case seats_seen", "s09_experience"),
    Owned("System", "to_rivals", "s01_world_moves"),
    Owned("System", "claims agreed", "s01_world_moves answers", "nought; counted where it happens"),
    Owned("System", "events", "events"),
    Owned("System", "base_spend", "money"),
    Owned("System", "growth", "s01_world_moves s06_places_open_and_close planned",
          "the budget's growth; emergency money; what the plan brings"),
    Owned("System", "elsewhere", "s01_world_moves s02_foundation_acts programmes planned",
          "free money that rivals take; money that grants crowd out; savings that cannot be cashed; what the plan "
          "takes"),
    Owned("System", "budget", "s01_world_moves s02_foundation_acts s06_places_open_and_close money programmes planned",
          "growth and decay; crowding out; emergency beds; set in the burn-in; savings that cannot be cashed; "
          "the plan"),
    Owned("System", "free", "s01_world_moves s02_foundation_acts s05_managers_decide s06_places_open_and_close money "
          "programmes", "growth and decay; crowding out; places opened and converted; emergency beds; growth and "
          "decay in the burn-in, bridge money that does not suffice; promises, savings, lots that stop or restart"),
    Owned("Ledger", "foundation_convening foundation_campaign foundation_listening foundation_spotlight "
          "foundation_top_up foundation_homes foundation_seats foundation_assessment foundation_verification "
          "foundation_checks foundation_places foundation_involvement foundation_training foundation_bridge "
          "foundation_implementation provider_hours", "s02_foundation_acts"),
    Owned("Ledger", "users_hours", "s03_listening"),
    Owned("Ledger", "commissioner_crisis commissioner_reform commissioner_double provider_double", "money"),
    Owned("Ledger", "other_services", "observe"),
    Owned("Measures", "returned_6 returned_12 returned_24", "s09_experience"),
    Owned("Measures", "*", "observe"),
    Owned("Group", "*", "start"),
    Owned("Plan", "*", "planned"),
    Owned("Event", "*", "events"),
)  # fmt: skip
