"""What pages are made of.  Few and large parts: each is one widget with its own .vue file, drawn in the browser.

    Chart     an ECharts figure with its sentence and its table
    Table     a table
    Ranges    range controls in groups: slider, type-in field, reset, explanation, source
    Scene     place, worldview, people, months, seed
    Cards     the strategies, one sentence each
    Practices the five practices, a switch each
    Where     place, world, people and years over the sentence
    Quantities, Strip, Sure  what the large chart of Compare shows; the rest of it; how sure the sentence is
    Top       header, navigation, undo and redo, address bar
    Shares    in what share of worlds one is better than the other: bars with their numbers
    Worlds    strategies by worldviews, a button in each cell
    Progress  how far some work is, and a way to stop it
    Assumed   every number of the model: find, sort, read why, set
    Foot      keep and share: link, command, scenario file, files to take home, charts as pictures
    Dots      everybody as a field of dots, month by month, on two sides
    LifeTold  one person's life under two strategies
    Network   a network of people, month by month
    element   any plain HTML element; text in it is text

Text reaches a page through Vue's own interpolation or as text nodes, never as HTML.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara
from cachetools import LRUCache
from reacton.core import Element

Rows = Sequence[Sequence[str]]


def element(
    tag: str, *children: Any, cls: str = "", label: str = "", attributes: Mapping[str, str] | None = None
) -> Element[Any]:
    """A plain HTML element with texts or other elements in it."""
    found = dict(attributes or {})
    if label:
        found["aria-label"] = label
    made: Element[Any] = solara.v.Html(tag=tag, children=list(children), class_=cls, attributes=found)
    return made


_MOST_PACKED = 400  # texts of some 40 kB
# By identity; the object is kept, so its id stays its own.
_PACKED: LRUCache[int, tuple[Any, str]] = LRUCache(_MOST_PACKED)
_PACKING = threading.Lock()


def packed(data: Any) -> str:
    """`data` as JSON for a part with much of it: reacton and ipywidgets look into every list at every render, twenty
    times slower than everything else together, but not into a text.  Made once for as long as it is the same object,
    which therefore must not be changed afterwards."""
    with _PACKING:
        known = _PACKED.get(id(data))
    if known is not None:
        return known[1]
    text = json.dumps(data, separators=(",", ":"), allow_nan=False, default=lambda numbers: numbers.tolist())
    with _PACKING:
        _PACKED[id(data)] = data, text
    return text


@solara.component_vue("chart.vue", vuetify=False)
def _Chart(
    option: str,
    title: str = "",
    unit: str = "",
    says: str = "",
    description: str = "",
    numbers: str = "",
    height: int = 320,
    rev: int = 0,
    name: str = "",
    about: str = "",
    event_clicked: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """See chart.vue."""


def Chart(
    option: Mapping[str, Any],
    *,
    title: str,
    says: str,
    head: Sequence[str],
    rows: Rows,
    rev: int,
    name: str,
    unit: str = "",
    description: str = "",
    height: int = 320,
    about: str = "",
    on_click: Callable[[dict[str, Any]], None] | None = None,
) -> Element[Any]:
    """A figure.  `says` is its sentence, `head` and `rows` its table, `rev` the number of the answer it shows.

    `option` is ECharts' own, as plain data.  Texts "var(--...)" are colours of the theme; "fn:..." are the formatters
    of chart.vue; a custom series with "band": true draws [x, low, high] as one area.  `description` is the text
    alternative, by default the title and the sentence.  Once drawn, the element `#name` has data-rev = rev.  `about`:
    what its picture says it is about where that is not the page's screen, as `about.told` gives it.
    """
    made: Element[Any] = _Chart(
        option=packed(option), title=title, unit=unit, says=says, description=description or f"{title}. {says}",
        numbers=json.dumps({"head": head, "rows": rows}) if rows else "", height=height, rev=rev, name=name,
        about=about, event_clicked=on_click or _nothing,
    )  # fmt: skip
    return made


@solara.component_vue("table.vue", vuetify=False)
def Table(
    head: list[str],
    rows: list[list[str]],
    caption: str = "",
) -> None:
    """A table; the first column names the rows."""


@solara.component_vue("ranges.vue", vuetify=False)
def _Ranges(
    packed_groups: str,
    trouble: dict[str, str] = {},  # noqa: B006
    name: str = "levers",
    event_change: Callable[[dict[str, Any]], None] | None = None,
    event_reset: Callable[[str], None] | None = None,
) -> None:
    """See ranges.vue."""


def Ranges(
    groups: list[dict[str, Any]],
    *,
    trouble: Mapping[str, str],
    name: str,
    event_change: Callable[[dict[str, Any]], None],
    event_reset: Callable[[str], None],
) -> Element[Any]:
    """Groups of range controls, as dashboard/controls.py makes them.  `trouble`: messages by control."""
    made: Element[Any] = _Ranges(
        packed_groups=json.dumps(groups), trouble=dict(trouble), name=name, event_change=event_change,
        event_reset=event_reset,
    )  # fmt: skip
    return made


@solara.component_vue("scene.vue", vuetify=False)
def Scene(
    fields: list[dict[str, Any]],
    trouble: str = "",
    name: str = "scene",
    event_change: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Choices and whole numbers: [{name, label, kind: choice | number, value, options, usual, hint}].

    Two on one page need names of their own: ids begin with them.
    """


@solara.component_vue("cards.vue", vuetify=False)
def Cards(
    cards: list[dict[str, Any]],
    options: list[dict[str, str]],
    most: int = 4,
    edited: int = 0,
    event_swap: Callable[[dict[str, Any]], None] | None = None,
    event_remove: Callable[[int], None] | None = None,
    event_add: Callable[[str], None] | None = None,
    event_edit: Callable[[int], None] | None = None,
) -> None:
    """Strategies side by side: [{title, sentence, kind, value, changed, ink, line}]."""


@solara.component_vue("practices.vue", vuetify=False)
def Practices(
    switches: list[dict[str, Any]],
    strategy: str,
    trouble: str = "",
    event_change: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """The five practices as switches: [{name, number, title, does, on}]."""


@solara.component_vue("quantities.vue", vuetify=False)
def Quantities(
    quantities: list[dict[str, str]],
    shown: str,
    views: list[dict[str, str]],
    view: str,
    event_pick: Callable[[str], None] | None = None,
    event_look: Callable[[str], None] | None = None,
) -> None:
    """Buttons for what the large chart shows, and how: [{name, title}]."""


@solara.component_vue("strip.vue", vuetify=False)
def Strip(
    tiles: list[dict[str, Any]],
    change: list[str],
    why: bool,
    rev: int = 0,
    event_pick: Callable[[str], None] | None = None,
    event_ask: Callable[[Any], None] | None = None,
) -> None:
    """What the last change did, and the quantities that are not in the large chart: [{name, title, rows, spoken}]."""


@solara.component_vue("sure.vue", vuetify=False)
def Sure(
    says: str,
    waiting: str,
    chips: list[dict[str, Any]],
    link: str,
    event_turn: Callable[[str], None] | None = None,
    event_more: Callable[[Any], None] | None = None,
) -> None:
    """How sure the sentence is, and what turns it round, each one tap away: [{key, title, becomes, says, turns}]."""


@solara.component_vue("where.vue", vuetify=False)
def Where(says: str) -> None:
    """Place, world, people and years in a line, and a way to where they are changed."""


@solara.component_vue("progress.vue", vuetify=False)
def Progress(
    what: str,
    done: int = 0,
    of: int = 0,
    over: bool = False,
    offer: str = "",
    event_stop: Callable[[Any], None] | None = None,
    event_start: Callable[[Any], None] | None = None,
) -> None:
    """How far some work is, with a button to cancel it; `over`: it is not under way, with a button `offer` to start."""


@solara.component_vue("worlds.vue", vuetify=False)
def Worlds(
    caption: str,
    worlds: list[dict[str, str]],
    measures: list[str],
    units: list[str],
    rows: list[dict[str, Any]],
    fronts: list[list[str]],
    key: list[dict[str, str]],
    waiting: int = 0,
    name: str = "worlds",
    event_open: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """A heat map: strategies (rows: name, title, cells: lines: mark, word, gap, kind; spoken) by worldviews (name,
    title, believes), one quantity at a time; `fronts`: by worldview and measure who is in front; `key`: marks and
    words; `waiting`: rows that are still to come."""


@solara.component_vue("shares.vue", vuetify=False)
def Shares(
    packed_contrasts: str,
    name: str = "shares",
) -> None:
    """[{title, rows: [{title, none, cells: [{share, ends, was}], parts}]}] as text: of each contrast a table, a row a
    measure, with the shares of worlds in which the first is better, practically the same, worse."""


@solara.component_vue("top.vue", vuetify=False)
def Top(
    pages: list[dict[str, str]],
    page: str,
    query: str,
    can_undo: bool = False,
    can_redo: bool = False,
    history: dict[str, list[str]] = {},  # noqa: B006
    keep: bool = False,
    event_go: Callable[[str], None] | None = None,
    event_address: Callable[[str], None] | None = None,
    event_undo: Callable[[Any], None] | None = None,
    event_redo: Callable[[Any], None] | None = None,
    event_restore: Callable[[dict[str, Any]], None] | None = None,
    changed: int = 0,
    words: list[list[str]] = [],  # noqa: B006
    event_flag: Callable[[Any], None] | None = None,
) -> None:
    """Header, navigation and glossary (`words`: [word, definition]); keeps the address bar at `query` (with `keep`: as
    it is), and past and future of this tab for a refresh."""


@solara.component_vue("assumptions.vue", vuetify=False)
def Assumed(
    entries: list[dict[str, Any]],
    sources: dict[str, dict[str, str]],
    topics: list[dict[str, str]],
    marks: dict[str, str],
    meanings: dict[str, str],
    whose: dict[str, str],
    choices: list[dict[str, Any]],
    readings: list[dict[str, Any]],
    set: dict[str, float],
    changed: list[dict[str, Any]],
    found: dict[str, dict[str, Any]],
    trouble: dict[str, str],
    memory: dict[str, str],
    name: str = "numbers",
    event_put: Callable[[dict[str, Any]], None] | None = None,
    event_remember: Callable[[dict[str, Any]], None] | None = None,
    event_reset: Callable[[str], None] | None = None,
    event_reset_all: Callable[[Any], None] | None = None,
) -> None:
    """The long list of the model's numbers, as dashboard/assumed.py makes it: search, sort, and a control each.

    What ships (entries, sources, topics) is sent once; `set` (what somebody changed), `found` (how much each matters)
    and `trouble` by name.
    """


@solara.component_vue("foot.vue", vuetify=False)
def Foot(
    command: str,
    about: list[list[str]],
    file: str,
    study: str,
    stem: str,
    page: str,
    replicates: int,
    largest: int,
    trouble: str = "",
    state: str = "unasked",
    done: int = 0,
    of: int = 0,
    error: str = "",
    files: list[dict[str, str]] = [],  # noqa: B006
    life: int = 0,
    event_load: Callable[[dict[str, Any]], None] | None = None,
    event_make: Callable[[Any], None] | None = None,
    event_stop: Callable[[Any], None] | None = None,
) -> None:
    """What the page is about [name, text]; the command, the link and the file that give the same digits again, and the
    file of a study that asks the same; files [{href, name, says, kind, size}].

    `state` is a study's (studies.py), `done` of `of` its progress; `largest` (bytes) and `life` (seconds) are limits.
    """


@solara.component_vue("dots.vue", vuetify=False)
def Dots(
    field: dict[str, Any],
    sides: list[dict[str, Any]],
    options: list[dict[str, str]],
    places: list[dict[str, Any]],
    thirds: list[str],
    programme: list[int],
    start: int,
    chosen: str = "",
    trouble: str = "",
    rev: int = 0,
    name: str = "dots",
    event_month: Callable[[int], None] | None = None,
    event_person: Callable[[str], None] | None = None,
    event_side_changed: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """A field of dots, one per person, on two sides; plays in the browser.  As pages/people.py packs it."""


@solara.component_vue("life.vue", vuetify=False)
def LifeTold(
    number: str,
    rows: list[list[str]],
    sides: list[dict[str, str]],
    command: str,
    name: str = "life",
) -> None:
    """One person's life under two strategies, side by side: rows [month, what is new in the one, in the other]."""


@solara.component_vue("network.vue", vuetify=False)
def Network(
    net: dict[str, Any],
    runs: list[dict[str, Any]],
    last: int,
    month: int = 0,
    words: dict[str, str] = {},  # noqa: B006
    legend: list[dict[str, str]] = [],  # noqa: B006
    title: str = "",
    says: str = "",
    head: list[str] = [],  # noqa: B006
    rows: list[list[str]] = [],  # noqa: B006
    rev: int = 0,
    name: str = "",
    event_turned: Callable[[int], None] | None = None,
) -> None:
    """Who is on side among people who listen to one another, month by month, played in the browser.

    `net` is what stays and `runs` what changes (dashboard/minds_charts.py); `runs` also have title, ink, dash, and for
    each month `says` and `happened`.  `event_turned` tells the month at which somebody stops.
    """


@solara.component_vue("present.vue", vuetify=False)
def Present(
    slides: list[str],
    at: int,
    charts: list[str],
    chart: int,
    lever: dict[str, Any] = {},  # noqa: B006
    strategy: str = "",
    note: str = "",
    trouble: str = "",
    deck: str = "",
    deck_name: str = "",
    making: bool = False,
    event_take: Callable[[Any], None] | None = None,
    event_go: Callable[[int], None] | None = None,
    event_pick: Callable[[int], None] | None = None,
    event_turn: Callable[[int], None] | None = None,
    event_nudge: Callable[[int], None] | None = None,
    event_leave: Callable[[Any], None] | None = None,
) -> None:
    """The presenter's bar and keys: messages, charts of this one, a lever in hand, the list of keys, and the slides
    as a file: `deck` is its address once it is made."""


def _nothing(_: Any) -> None:
    """For events that nobody listens to."""
