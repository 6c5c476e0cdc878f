"""Domains: a field's own words for the general terms, and the quantities it supplies (domains/*.toml)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from engine.errors import MissingField
from evidence.data_file import LARGEST, DataFile, Field
from evidence.quantities import check_range, check_value, find_quantity
from scenarios.names import find
from scenarios.strategy import Strategy
from scenarios.worldviews import Worldview, read_set

FIELDS = {
    "title": Field("title", "the domain's name on screen", required=True),
    "meaning": Field("text", "one sentence: which services and which people", required=True),
}


def _word(meaning: str) -> Field:
    return Field("title", f"the field's own word for {meaning}", required=True)


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
    "housed": _word("the same for over three years, or found by oneself"),
}

# The three dimensions of what a good service is, by the quantities that hold what people want.
WANTS = {
    "choice": Field("text", "first dimension: how much the person decides", required=True),
    "home": Field("text", "second dimension: how ordinary the life is", required=True),
    "support": Field("text", "third dimension: how much help there is", required=True),
}

PLAUSIBLE = {
    "low": Field("number", "the least that is plausible in this field", required=True),
    "high": Field("number", "the most that is plausible in this field", required=True),
}

# The general terms as measures, accounts and quantities use them, and the words that a domain has for them.
GENERAL = {
    "the reformed service": "reformed_service",  # which has a name of its own
    "crisis services": "crisis_services", "crisis service": "crisis_service", "crisis beds": "crisis_places",
    "crisis bed": "crisis_place", "reformed services": "reformed_services", "reformed service": "reformed_service",
    "reformed places": "reformed_places", "reformed place": "reformed_place", "secure tenancies": "secure_outcomes",
    "secure tenancy": "secure_outcome",
}  # fmt: skip


@dataclass(frozen=True)
class Domain:
    """One field of service.  `words` by general term, `wants` by dimension, `values` the quantities it supplies.

    `plausible`: low and high of quantities whose plausible range is another in this field than their entry says.
    `phrases`: what it says for phrases of texts that are written in the words of homelessness, where the model began.
    """

    name: str
    title: str
    meaning: str
    words: Mapping[str, str]
    wants: Mapping[str, str]
    values: Mapping[str, float]
    plausible: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)

    def says(self, sentence: str) -> str:
        """`sentence` in the domain's words: "{crisis_places} closed" becomes "hostel beds closed"."""
        return sentence.format_map(dict(self.words))

    def own(self, text: str) -> str:
        """`text` with the domain's words for general terms and its own phrases; the longest that fits is taken.

        "crisis beds in use" becomes "hostel beds in use"; a capital letter at the beginning of a phrase is kept.
        """
        return self._several.sub(self._instead, text)

    def told[T: (Strategy, Worldview)](self, thing: T) -> T:
        """A strategy or a worldview with its title and sentences in the domain's words; its numbers stay."""
        texts = {name: getattr(thing, name) for name in ("title", "meaning", "believes") if hasattr(thing, name)}
        said: dict[str, Any] = {name: self.own(text) for name, text in texts.items()}
        return replace(thing, **said)

    @cached_property
    def _spoken(self) -> dict[str, str]:
        """Everything that is said otherwise, by its general form in small letters."""
        return {term: self.words[word] for term, word in GENERAL.items()} | {
            phrase.lower(): said for phrase, said in self.phrases.items()
        }

    @cached_property
    def _several(self) -> re.Pattern[str]:
        longest_first = sorted(self._spoken, key=len, reverse=True)
        return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE)

    def _instead(self, found: re.Match[str]) -> str:
        said = self._spoken[found[0].lower()]
        return said[0].upper() + said[1:] if found[0][0].isupper() and said else said


def read_domain(path: Path) -> Domain:
    """One domain from its file, checked; every word must be there."""
    file = DataFile(path)
    head = file.read(FIELDS, skip=["words", "wants", "phrases", "set", "plausible"])
    for table, meaning in (("words", "the field's own words"), ("wants", "names of the three dimensions of wants")):
        if table not in file.data:
            raise MissingField(table, meaning=meaning, where=file.where(), do=f"Add a table [{table}]")
    phrases = file.table("phrases") if "phrases" in file.data else {}
    return Domain(
        path.stem, **head, words=file.read(WORDS, "words"), wants=file.read(WANTS, "wants"), values=read_set(file),
        plausible=_plausible(file),
        phrases={phrase: file.value(Field("text", "what to say instead"), "phrases", phrase) for phrase in phrases},
    )  # fmt: skip


def _plausible(file: DataFile) -> dict[str, tuple[float, float]]:
    """The tables [plausible.NAME]: ranges inside what is possible."""
    found = {}
    for name in file.table("plausible") if "plausible" in file.data else ():
        quantity, read = find_quantity(name, file.where("plausible", name)), file.read(PLAUSIBLE, "plausible", name)
        low, high = (check_value(quantity, read[end], file.where("plausible", name, end)) for end in ("low", "high"))
        check_range(name, None, low, high, file.where("plausible", name, "low"))
        found[name] = (low, high)
    return found


def find_domain(name: str | os.PathLike[str]) -> Domain:
    """A shipped domain by its name, or one from a file; read again only if the file has changed."""
    path = find("domain", name)
    try:
        text = path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST else b""
    except OSError:
        text = b""
    return _domain(path.absolute(), path, text)


@lru_cache(maxsize=16)
def _domain(_place: Path, path: Path, _text: bytes) -> Domain:
    """The domain of a file with this text: kept, because every scenario asks for it.  What is wrong is never kept."""
    return read_domain(path)
