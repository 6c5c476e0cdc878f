"""Domains: a field's own words for the general terms, and the quantities it supplies (domains/*.toml)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from engine.errors import BadInput, MissingField
from evidence.data_file import LARGEST, DataFile, Field
from evidence.quantities import check_range, check_value, find_quantity
from scenarios.domain_words import GENERAL, MUST, TEMPLATES, WORDS
from scenarios.language import ENGLISH, Speech, say, spoken
from scenarios.names import find
from scenarios.strategy import WITH_IT, Strategy
from scenarios.worldviews import Worldview, read_set

FIELDS = {
    "title": Field("title", "the domain's name on screen", required=True),
    "meaning": Field("text", "one sentence: which services and which people", required=True),
    "native": Field("truth", "the model's general texts are written in this field's words already", default=False),
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


AN = re.compile(
    r"(?!one\b|once\b|un[ia]|us[eu]|eu)[aeiou]|hour|hono", re.IGNORECASE
)  # begins with the sound of a vowel


ARTICLES = ("a", "the")  # that a gap may take before a domain's word
OPENS = re.compile(r"\{(?!\{)")  # a template that begins with a gap


@dataclass(frozen=True)
class Domain:
    """One field of service.  `words` by general term, `wants` by dimension, `values` the quantities it supplies.

    `plausible`: low and high of quantities whose plausible range is another in this field than their entry says.
    `phrases`: what it says for phrases of general texts, where the templates of scenarios/domain_words.py do not fit.
    """

    name: str
    title: str
    meaning: str
    words: Mapping[str, str]
    wants: Mapping[str, str]
    values: Mapping[str, float]
    plausible: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    native: bool = False

    def says(self, sentence: str, /, **values: object) -> str:
        """`sentence` in the process's language and the domain's words: "{a crisis_place} closed" becomes "a hostel bed
        closed".  `values` fill its other gaps; numbers as the language writes them."""
        speech = spoken()
        filled = {name: str(speech.written(value)) for name, value in values.items()}
        own = None if speech.language == ENGLISH else speech
        return speech.filled(speech.text(sentence), Said(self.words, own, filled))

    def word(self, name: str) -> str:
        """One of the domain's words in the process's language."""
        return spoken()(self.words[name])

    def own(self, text: str, /, **values: object) -> str:
        """`text` with the domain's words for general terms and its own phrases; the longest that fits is taken.

        "crisis beds in use" becomes "hostel beds in use"; a capital letter at the beginning of a phrase is kept, and an
        article before it becomes the one that the word takes.  `values` fill the text's own gaps.
        """
        said, speech = self.says(self.template(text)), spoken()
        return speech.filled(said, {name: speech.written(value) for name, value in values.items()}) if values else said

    def template(self, text: str) -> str:
        """`text` with a gap for each general term, as it stands in a catalogue: "{crisis_places} in use"."""
        return self._several.sub(self._gap, text.replace("{", "{{").replace("}", "}}"))

    def told[T: (Strategy, Worldview)](self, thing: T) -> T:
        """A strategy or a worldview of ours with its title and sentences in the domain's words; its numbers stay.
        Somebody's own says what its author wrote."""
        if not thing.ours:
            return thing
        said: dict[str, Any] = {"believes": self.own(thing.believes)} if isinstance(thing, Worldview) else {}
        title, meaning = self._title(thing.title, "," in thing.name), self._meaning(thing.meaning, "+" in thing.name)
        return replace(thing, title=title, meaning=meaning, **said)

    def _title(self, title: str, changed: bool) -> str:
        """A title, or several joined; what stands in brackets after a changed one is said already."""
        before, opening, changes = title.rpartition(" (") if changed and " (" in title else (title, "", "")
        return " + ".join(map(self.own, before.split(" + "))) + opening + changes

    def _meaning(self, meaning: str, composed: bool) -> str:
        """What a strategy means, or a base and the practices that stand on it (scenarios/strategy.py `WITH_IT`)."""
        base, joined, practices = meaning.partition(WITH_IT) if composed else (meaning, "", "")
        if not joined:
            return self.own(meaning)
        said = "; ".join(map(self.own, practices.removesuffix(".").split("; ")))
        return say("{meaning} With it: {practices}.", meaning=self.own(base), practices=said)

    @cached_property
    def _gaps(self) -> dict[str, str]:
        """What becomes of everything that is said otherwise, by its general form in small letters."""
        usual = {} if self.native else {phrase.lower(): said for phrase, said in TEMPLATES.items()}
        own = {phrase.lower(): said.replace("{", "{{").replace("}", "}}") for phrase, said in self.phrases.items()}
        return {**usual, **{term: f"{{{word}}}" for term, word in GENERAL.items()}, **own}

    @cached_property
    def _several(self) -> re.Pattern[str]:
        longest_first = map(re.escape, sorted(self._gaps, key=len, reverse=True))
        some = "|".join(
            phrase if phrase.startswith(("a\\ ", "an\\ ")) else f"(?:an? )?{phrase}" for phrase in longest_first
        )
        return re.compile(rf"(?<![\w{{-])(?:{some})\b", re.IGNORECASE)

    def _gap(self, found: re.Match[str]) -> str:
        gap = self._gaps.get(found[0].lower())
        if gap is None:
            gap = self._gaps[found[0].partition(" ")[2].lower()]
            gap = OPENS.sub("{a ", gap, count=1) if OPENS.match(gap) else with_article(gap)
        if not found[0][0].isupper():
            return gap
        return f"{{{capital(gap[1:])}" if OPENS.match(gap) else capital(gap)


class Said(dict[str, str]):
    """A domain's words for templates, and values for their other gaps: {crisis_place} is "hostel bed", {a crisis_place}
    "a hostel bed", {the crisis_place} "the hostel bed", and with a capital letter in front so is each of them.  In
    another language each is a text of its catalogue."""

    def __init__(
        self, words: Mapping[str, str], speech: Speech | None = None, values: Mapping[str, str] | None = None
    ) -> None:
        super().__init__({name: speech(word) for name, word in words.items()} if speech else words)
        self.update(values or {})
        self._words, self._speech = words, speech

    def __missing__(self, name: str) -> str:
        if name[0].isupper():
            return capital(self[name[0].lower() + name[1:]])
        article, _, word = name.partition(" ")
        if article not in ARTICLES or word not in self._words:
            raise KeyError(name)
        said = with_article(self._words[word]) if article == "a" else f"the {self._words[word]}"
        return self._speech(said) if self._speech else said


def capital(text: str) -> str:
    """The same with a capital letter in front."""
    return text[:1].upper() + text[1:]


def with_article(word: str) -> str:
    """ "a hostel bed", "an ordinary life": by the sound that it begins with."""
    return f"{'an' if AN.match(word) else 'a'} {word}"


def read_domain(path: Path) -> Domain:
    """One domain from its file, checked; words that are missing are said all at once."""
    file = DataFile(path)
    head = file.read(FIELDS, skip=["words", "wants", "phrases", "set", "plausible"])
    for table, meaning in (("words", "the field's own words"), ("wants", "names of the three dimensions of wants")):
        if table not in file.data:
            raise MissingField(table, meaning=meaning, where=file.where(), do=f"Add a table [{table}]")
    missing = [name for name in MUST if name not in file.table("words")]
    if missing:
        meanings = "; ".join(f"{name}: {WORDS[name].meaning}" for name in missing)
        raise BadInput(f"Words are missing: {', '.join(missing)}", where=file.where("words"),
                       allowed=meanings, do="Add a line for each to [words]")  # fmt: skip
    phrases = file.table("phrases") if "phrases" in file.data else {}
    return Domain(
        path.stem, **head, words=_filled_in(file.read(WORDS, "words")), wants=file.read(WANTS, "wants"),
        values=read_set(file), plausible=_plausible(file),
        phrases={phrase: file.value(Field("text", "what to say instead"), "phrases", phrase) for phrase in phrases},
    )  # fmt: skip


def _filled_in(words: Mapping[str, str]) -> dict[str, str]:
    """Words that follow from others: templates that name words before them."""
    said: dict[str, str] = {}
    for name, word in words.items():
        said[name] = word.format_map(Said(said)) if word == WORDS[name].default else word
    return said


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
