"""A domain's words: which it must give, which follow from others, and what general texts become in them.

The model's general texts were written where it began, in homelessness services.  What stands here for each of their
phrases is a template that takes the domain's own words; a domain may say a phrase otherwise ([phrases] of its file).
"""

from evidence.data_file import Field

WORD_FOR = "the field's own word for "  # before what each means


def _word(meaning: str, usual: str | None = None) -> Field:
    """A word that every domain must give, or one that is `usual`, a template, unless the domain says otherwise."""
    return Field("title", f"{WORD_FOR}{meaning}", required=usual is None, default=usual)


# Every general term that a screen, a figure or a report uses, singular and plural where both are needed.
WORDS = {
    "crisis_service": _word("the incumbent service, singular"),
    "crisis_services": _word("the incumbent service, plural"),
    "crisis_place": _word("one place in it"),
    "crisis_places": _word("places in it"),
    "reformed_service": _word("the service that reform is about, singular"),
    "reformed_services": _word("the service that reform is about, plural"),
    "reformed_place": _word("one place in it"),
    "reformed_places": _word("places in it"),
    "secure_outcome": _word("what people need in the end"),
    "secure_outcomes": _word("what people need in the end, plural"),
    "service_user": _word("somebody who uses the services"),
    "service_users": _word("people who use the services"),
    "secure_supply": _word("the monthly flow of what makes a secure outcome possible", "{secure_outcomes} a month"),
    "home": _word("what is found, kept or lost, in short", "{secure_outcome}"),
    "homes": _word("the same, plural", "{secure_outcomes}"),
    "relabelled": _word("reformed places that are reformed in name only", "{crisis_services} under a new name"),
    "carer": _word("somebody who speaks for a service user", "family member"),
    "carers": _word("people who speak for service users", "family members"),
    "professional": _word("somebody who works in the services", "professional"),
    "professionals": _word("people who work in the services", "professionals"),
    "manager": _word("somebody who runs a provider", "service manager"),
    "managers": _word("people who run providers", "service managers"),
    "provider": _word("an organisation that runs services", "provider"),
    "providers": _word("organisations that run services", "providers"),
    "commissioner": _word("who pays almost everything", "public commissioner"),
    "foundation": _word("who adds a little and wants change", "foundation"),
    "hidden": _word("being in need and unseen by services", "in need and unseen"),
    "unserved": _word("being in need, visible and without a service", "in need, seen and without a service"),
    "crisis": _word("being in the incumbent service", "in {a crisis_place}"),
    "looking": _word("having accepted the reformed service and waiting for a secure outcome",
                     "in {a reformed_place}, still waiting"),
    "reform": _word("being in the reformed service", "with {reformed_service}"),
    "settled": _word("a secure outcome without support", "without need of support"),
    "housed": _word("the same for over three years, or found by oneself",
                    "without need of support for over three years, or by oneself"),
}  # fmt: skip
MUST = tuple(name for name, word in WORDS.items() if word.required)

# The general terms as measures, accounts and quantities use them, and the words that a domain has for them.
GENERAL = {
    "the reformed service": "reformed_service",  # which has a name of its own
    "crisis services": "crisis_services", "crisis service": "crisis_service", "crisis beds": "crisis_places",
    "crisis bed": "crisis_place", "reformed services": "reformed_services", "reformed service": "reformed_service",
    "reformed places": "reformed_places", "reformed place": "reformed_place", "secure tenancies": "secure_outcomes",
    "secure tenancy": "secure_outcome",
}  # fmt: skip

# What the phrases of homelessness in general texts become.
TEMPLATES = {
    "reformed-service place": "{reformed_place}",
    "service users": "{service_users}",
    "carers": "{carers}",
    "carer": "{carer}",
    "crisis beds open": "{crisis_places} there are",
    "a crisis bed for a year": "{a crisis_place} for a year",
    "bed-year": "place-year",
    "beds": "places",
    "bed": "place",
    "emergency money into beds": "emergency money into {crisis_places}",
    "shelter offers to people on the street": "offers of {a crisis_place} to people {unserved}",
    "shelter offers accepted by people on the street": "offers of {a crisis_place} accepted by people {unserved}",
    "people found on the street accept a shelter bed": "people found {unserved} accept {a crisis_place}",
    "a right to shelter": "a right to {a crisis_place}",
    "asks from a sofa": "asks while {hidden}",
    "Housing First": "{reformed_service}",
    "people on the street": "people {unserved}",
    "friends or the street": "where they were, or {unserved}",
    "that go to the street rather than to friends": "after which people are {unserved} rather than {hidden}",
    "between street and friends": "between being {unserved} and {hidden}",
    "to the street": "to being {unserved}",
    "on the street": "while {unserved}",
    "the street": "being {unserved}",
    "with friends": "while {hidden}",
    "who find a sofa": "who come back to being {hidden}",
    "people hidden homeless": "people {hidden}",
    "hidden homeless people": "people {hidden}",
    "somebody hidden homeless": "somebody {hidden}",
    "hidden homeless": "{hidden}",
    "people hidden": "people {hidden}",
    "people unserved": "people {unserved}",
    "people who sleep rough": "people {unserved}",
    "return to homelessness": "coming back to the services",
    "homelessness": "need",
    "homeless": "in need",
    "who become rough sleepers": "who come to be {unserved}",
    "rough sleepers": "people {unserved}",
    "rough sleeper": "person {unserved}",
    "visible rough sleeper": "visible person {unserved}",
    "rough sleeping": "{unserved}",
    "sleeping rough": "{unserved}",
    "rough stock": "people {unserved}",
    "crisis residents": "people {crisis}",
    "crisis resident": "person {crisis}",
    "residents": "people there",
    "resident": "person there",
    "reformed-service tenants": "people with {reformed_service}",
    "tenants of a closed lot who keep the home": "people of a closed lot who keep the {home}",
    "tenants who keep their home": "people who keep their {home}",
    "its tenants": "its people",
    "its tenant": "the person in it",
    "tenants": "people with {reformed_service}",
    "tenant": "person with {reformed_service}",
    "reformed-service tenancies lost": "{homes} with {reformed_service} lost",
    "a reformed-service tenancy": "{a home} with {reformed_service}",
    "reformed tenancies kept": "{homes} with {reformed_service} kept",
    "tenancies kept": "{homes} kept",
    "tenancies a month": "{homes} a month",
    "an own tenancy with support": "{reformed_service}",
    "into an own tenancy": "to {a home} without support",
    "an ordinary tenancy": "{a home} without support",
    "an own tenancy": "{a home}",
    "tenancies": "{homes}",
    "tenancy": "{home}",
    "an ordinary home": "an ordinary {home}",
    "home-grown": "locally made",
    "rent included": "everything included",
    "homes": "{homes}",
    "home": "{home}",
}  # fmt: skip
