"""Real browsers: three phones of 390 px and the host by keyboard, at every step; axe, no sideways scrolling, quiet."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from benchmarks.workshop import Room
from tests.conftest import seldom
from workshop.plans import PLANS, TITLES
from workshop.stories import SCREENS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
PICTURES = os.environ.get("UNFREEZE_PICTURES")  # a folder for screenshots, for somebody who wants to look


class Tab:
    """One browser, and everything that went wrong in it."""

    def __init__(self, chromium: Any, home: str, width: int, height: int) -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", has_touch=width < 400
        )
        self.page = seldom(self.context.new_page())
        self.page.set_default_timeout(60_000)
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.home = home
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if "Content Security" in m.text else None)
        self.page.on("request", lambda r: self.outside.append(r.url) if not r.url.startswith((home, "data:")) else None)

    def looked_at(self, name: str) -> None:
        """Nothing is wrong here: axe, no sideways scrolling, nothing from outside."""
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
        rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
        found = Axe().run(self.page, options=rules).response["violations"]
        assert not found, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name
        assert not self.errors
        assert not self.outside


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder: Path = tmp_path_factory.mktemp("browser") / "room"
    found = Room(folder, "--people", "500", "--plan", "60")
    found.warm()
    yield found
    found.close()


def pressed(page: Any, name: str) -> None:
    """Press a button with the keyboard alone."""
    button = page.get_by_role("button", name=name, exact=True).first
    button.focus()
    page.keyboard.press("Enter")


def draw(page: Any, touch: bool) -> None:
    """Draw a line over the years with the mouse or a finger, change a number of it with the keyboard, see it change."""
    board, fields = page.locator("svg.draw"), page.locator(".line input")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    across, up = (lambda share: box["x"] + box["width"] * share), box["y"] + box["height"] * 0.5
    if touch:
        page.touchscreen.tap(across(0.6), up)
    else:
        page.mouse.move(across(0.3), up)
        page.mouse.down()
        page.mouse.move(across(0.6), up - 30, steps=4)
        page.mouse.up()
    assert all(fields.nth(i).input_value() for i in range(fields.count()))
    before = page.locator("svg.draw .own").get_attribute("points")
    assert len(before.split()) == fields.count() + 1
    page.get_by_role("button", name="Take the line away").click()
    assert not page.locator("svg.draw .own").get_attribute("points")
    if not fields.first.is_visible():  # a page that follows keeps open what was open
        page.get_by_text("The numbers of the line").click()
    for i in range(fields.count()):
        fields.nth(i).focus()
        page.keyboard.type(str(100 + i))
    assert len(page.locator("svg.draw .own").get_attribute("points").split()) == fields.count() + 1


def test_a_story_is_read_with_the_keyboard_on_a_phone_before_anybody_is_in(chromium: Any, room: Room) -> None:
    home = f"http://127.0.0.1:{room.port}/"
    tab = Tab(chromium, home, 390, 844)
    tab.page.goto(f"{home}stories")
    seen = []
    while True:
        tab.page.wait_for_selector(f"text=Screen {len(seen) + 1} of {SCREENS}")
        seen.append(tab.page.inner_text("h1"))
        if tab.page.locator("summary").count():
            tab.page.locator("summary").focus()
            tab.page.keyboard.press("Enter")
        tab.looked_at(f"story_{len(seen):02d}")
        forward = tab.page.get_by_role("link", name="Next")
        if not forward.count():
            break
        forward.focus()
        tab.page.keyboard.press("Enter")
    assert len({*seen}) == len(seen) == SCREENS


def test_every_step_on_every_screen(chromium: Any, room: Room) -> None:
    home = f"http://127.0.0.1:{room.port}/"
    host = Tab(chromium, home, 1280, 800)
    host.page.goto(f"{home}host?key={room.key}")
    host.page.wait_for_selector(".code")
    host.page.wait_for_function("document.querySelector('.join img').naturalWidth > 0")
    quiet = Tab(chromium, home, 1280, 800)
    quiet.page.goto(f"{home}host?key={room.key}")
    quiet.page.goto(f"{home}notes")
    paper = Tab(chromium, home, 1280, 800)
    paper.page.goto(f"{home}host?key={room.key}")
    paper.page.goto(f"{home}paper")
    phones = []
    for i in range(3):
        phone = Tab(chromium, home, 390, 844)
        phone.page.goto(f"{home}?code={room.code}")
        phone.looked_at("join") if i == 0 else None
        phone.page.fill("#name", f"Guest {i + 1}")
        phone.page.get_by_role("button", name="Join").click()
        phone.page.wait_for_selector("h2")
        phone.looked_at("tables") if i == 0 else None
        phone.page.locator("form.act button").nth(i).click()
        phone.page.wait_for_selector(".foot")
        phones.append(phone)
    steps = PLANS[60]
    for i, step in enumerate(steps):
        title = TITLES[step.kind]
        for tab in (host, quiet, *phones):
            tab.page.wait_for_function("said => document.querySelector('h1')?.textContent === said", arg=title)
        if step.kind == "decide":
            phones[0].page.locator('input[name="option"]').nth(1).check()
            phones[0].page.get_by_role("button", name="Our table is ready").click()
            phones[0].page.wait_for_selector(".saved")
            paper.page.wait_for_selector(f"text=Round {step.round} of")
            paper.page.locator('input[name="option"]').nth(1).check()  # the commissioner has no phone
            host.page.wait_for_selector("text=(on paper)")
            paper.looked_at(f"{i:02d}_paper")
        if step.topic:
            phones[0].page.locator('input[name="pick"]').first.check()
            phones[0].page.fill('input[name="low"]', "50")
            phones[0].page.fill('input[name="high"]', "9500")
            draw(phones[0].page, touch=step.round == 1)
            phones[0].page.get_by_role("button", name="Save my prediction").click()
            phones[0].page.wait_for_selector("text=Only you see it")
        if step.kind.endswith("see"):
            pressed(host.page, "Show the result")
            host.page.wait_for_selector("svg.chart")
            phones[0].page.wait_for_selector(".own")
            phones[0].page.wait_for_selector("svg.chart polyline.own")
        for name, tab in (("host", host), ("notes", quiet), ("phone", phones[0])):
            tab.looked_at(f"{i:02d}_{step.kind}_{name}")
        if i + 1 < len(steps):
            waits = host.page.get_by_role("button", name="Go on without the rest", exact=True)
            pressed(host.page, "Go on without the rest" if waits.count() else "Next")
    assert host.page.locator(".agenda .now").count() == 1


def test_what_is_typed_survives_news_and_a_refresh_and_a_lost_server(chromium: Any, room: Room) -> None:
    home = f"http://127.0.0.1:{room.port}/"
    host, phone = Tab(chromium, home, 1280, 800), Tab(chromium, home, 390, 844)
    host.page.goto(f"{home}host?key={room.key}")
    host.page.get_by_text("Begin again").click()
    host.page.get_by_role("button", name="Yes: forget all rounds, keep the people").click()
    phone.page.goto(home)
    phone.page.fill("#code", room.code)
    phone.page.get_by_role("button", name="Join").click()
    phone.page.locator("form.act button").first.click()
    phone.page.wait_for_selector(".foot")
    me = phone.page.inner_text(".me")
    assert me.startswith("Person ")
    for title in ("Six questions", "Two strategies: predict"):
        host.page.get_by_role("button", name="Next", exact=True).click()
        for tab in (host, phone):  # the host's too: "Next" on a page that is a step behind moves nothing
            tab.page.wait_for_function("said => document.querySelector('h1')?.textContent === said", arg=title)
    phone.page.fill('input[name="low"]', "7")
    other = Tab(chromium, home, 390, 844)  # somebody comes: news for every page
    other.page.goto(f"{home}?code={room.code}")
    other.page.get_by_role("button", name="Join").click()
    phone.page.get_by_text("Change table, step out").click()
    phone.page.wait_for_timeout(500)
    assert phone.page.input_value('input[name="low"]') == "7"
    room.kill()
    phone.page.wait_for_selector("#lost:not([hidden])")
    room.start()
    phone.page.wait_for_selector("#lost", state="hidden")
    assert phone.page.input_value('input[name="low"]') == "7"
    phone.page.reload()
    phone.page.wait_for_selector("h2")
    assert phone.page.inner_text(".me") == me


def test_the_debrief_opens_and_prints(chromium: Any, room: Room) -> None:
    home = f"http://127.0.0.1:{room.port}/"
    tab = Tab(chromium, home, 1280, 800)
    tab.page.goto(f"{home}host?key={room.key}")
    tab.page.goto(f"{home}debrief.html")
    tab.looked_at("debrief")
    assert len(tab.page.pdf()) > 10_000
