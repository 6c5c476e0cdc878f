"""Domains: a field's own words for the general terms, and the quantities it supplies (domains/*.toml)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MissingField
from evidence.data_file import DataFile, Field
from scenarios.names import find
from scenarios.worldviews import read_set

FIELDS = {
    "title": Field("text", "the domain's name on screen", required=True),
    "meaning": Field("text", "one sentence: which services and which people", required=True),
}


def _word(meaning: str) -> Field:
    return Field("text", f"the field's own word for {meaning}", required=True)


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
    "secure_supply": _word("the monthly flow of what makes a secure outcome possible"),
    "service_user": _word("somebody who uses the services"),
    "service_users": _word("people who use the services"),
    "carer": _word("somebody who speaks for a service user"),
    "carers": _word("people who speak for service users"),
    "professional": _word("somebody who works in the services"),
    "professionals": _word("people who work in the services"),
    "manager": _word("somebody who runs a provider"),
    "managers": _word("people who run providers"),
    "provider": _word("an organisation that runs services"),
    "providers": _word("organisations that run services"),
    "commissioner": _word("who pays almost everything"),
    "foundation": _word("who adds a little and wants change"),
    "hidden": _word("being in need and unseen by services"),
    "unserved": _word("being in need, visible and without a service"),
    "crisis": _word("being in the incumbent service"),
    "looking": _word("having accepted the reformed service and waiting for a secure outcome"),
    "reform": _word("being in the reformed service"),
    "settled": _word("a secure outcome without support"),
}

# The three dimensions of what a good service is, by the quantities that hold what people want.
WANTS = {
    "choice": Field("text", "first dimension: how much the person decides", required=True),
    "home": Field("text", "second dimension: how ordinary the life is", required=True),
    "support": Field("text", "third dimension: how much help there is", required=True),
}


@dataclass(frozen=True, slots=True)
class Domain:
    """One field of service.  `words` by general term, `wants` by dimension, `values` the quantities it supplies."""

    name: str
    title: str
    meaning: str
    words: Mapping[str, str]
    wants: Mapping[str, str]
    values: Mapping[str, float]

    def says(self, sentence: str) -> str:
        """`sentence` in the domain's words: "{crisis_places} closed" becomes "hostel beds closed"."""
        return sentence.format_map(dict(self.words))


def read_domain(path: Path) -> Domain:
    """One domain from its file, checked; every word must be there."""
    file = DataFile(path)
    head = file.read(FIELDS, skip=["words", "wants", "set"])
    for table, meaning in (("words", "the field's own words"), ("wants", "names of the three dimensions of wants")):
        if table not in file.data:
            raise MissingField(table, meaning=meaning, where=file.where(), do=f"Add a table [{table}]")
    return Domain(path.stem, **head, words=file.read(WORDS, "words"), wants=file.read(WANTS, "wants"),
                  values=read_set(file))  # fmt: skip


def find_domain(name: str | os.PathLike[str]) -> Domain:
    """A shipped domain by its name, or one from a file."""
    return read_domain(find("domain", name))
