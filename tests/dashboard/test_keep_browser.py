"""Keep and share, as a person would: files to take home, charts as pictures, a refresh, back, and broken links."""

import io
import re
import shlex
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cli.main import run
from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def made(page: Any) -> dict[str, str]:
    """Make the files with the keyboard; the names by what they are."""
    page.focus("#make-files")
    page.keyboard.press("Enter")
    page.wait_for_selector("#files a")
    links = page.locator("#files a").all()
    return {link.get_attribute("download"): link.get_attribute("href") for link in links}


def saved(page: Any, selector: str, folder: Path) -> Path:
    """What a click on it downloads, under the name it came with."""
    with page.expect_download() as found:
        page.click(selector)
    file = folder / str(found.value.suggested_filename)
    found.value.save_as(file)
    return file


@pytest.mark.usefixtures("no_pictures")  # of the command: those are compared in test_downloads.py
def test_files_to_take_home_hold_the_digits_of_the_shown_command(tab: Tab, tmp_path: Path, capsys: Any) -> None:
    page = tab.open(SMALL + "&s=user_centred,listening=4&set=contact=0.1")
    names = made(page)
    assert len(names) == 8
    assert all(name.startswith("unfreeze-user_centred-changed-dublin-500people-80months-seed1-") for name in names)
    archive = saved(page, "#files a[download$='data-parquet.zip']", tmp_path)
    words = shlex.split(page.inner_text("#command"))
    assert run([*words[1:], "--json", "--out", str(tmp_path / "typed")]) == 0
    capsys.readouterr()
    with zipfile.ZipFile(archive) as found:
        name = next(name for name in found.namelist() if name.endswith("months.parquet"))
        ours = pl.read_parquet(io.BytesIO(found.read(name)))
    assert_frame_equal(ours, pl.read_parquet(tmp_path / "typed" / "months.parquet"), check_exact=True)
    briefing = saved(page, "#files a[download$='briefing.html']", tmp_path)
    reader = tab.context.new_page()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(briefing.as_uri())
    assert "By hand: contact 0.1; user centred with listening 4." in reader.inner_text("body")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.fill("#scene-seed", "2")  # another scenario has none
    page.keyboard.press("Enter")
    page.wait_for_selector("#make-files")
    page.wait_for_selector("#files", state="detached")
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_a_study_file_asks_what_the_page_shows(tab: Tab, tmp_path: Path, capsys: Any) -> None:
    page = tab.open(SMALL + "&s=user_centred,listening=4&set=contact=0.1")
    file = saved(page, "text=Save as a study file", tmp_path)
    assert file.name.endswith("-study.toml")
    assert page.inner_text("#command") in file.read_text(encoding="utf-8")
    assert run(["study", "check", str(file), "--no-runs"]) == 0
    assert "8 rows, 48 runs, impossible 0" in capsys.readouterr().out
    assert tab.errors == []


def test_a_link_that_was_made_up_gets_nothing(tab: Tab) -> None:
    page = tab.open()
    found = page.request.get(HOME + "keep/made-up/briefing.html")
    assert found.status == 404
    assert "make them again" in found.text()
    assert page.request.get(HOME + "keep/x/y", headers={"Origin": "http://evil.example"}).status == 403


def test_making_files_can_be_cancelled(tab: Tab) -> None:
    page = tab.open(SMALL.replace("500", "5000"))
    page.click("#make-files")
    page.click(".u-foot >> text=Cancel")
    page.wait_for_selector(".u-foot >> text=Cancelled.")
    assert page.is_visible("#make-files")


def test_a_chart_is_kept_as_a_picture_with_title_key_and_command(tab: Tab, tmp_path: Path) -> None:
    page = tab.open()
    page.click(".u-foot summary:has-text('Which chart?')")
    file = saved(page, "button[aria-label='People with secure tenancies: change from no foundation, SVG']", tmp_path)
    stem = "unfreeze-catalytic_philanthropy-user_centred-dublin-500people-80months-seed1"
    assert file.name == f"{stem}-secure_people.svg"
    said = " ".join(" ".join(text.itertext()) for text in ET.parse(file).iter("{http://www.w3.org/2000/svg}text"))
    for wanted in ("People with secure tenancies", "Catalytic philanthropy", "No foundation", "unfreeze compare",
                   "Place: Dublin, single adults", "Worldview: Evidence", "Money: EUR, 2022 prices",
                   "500 simulated people",
                   "What matters in practice", "Unfreeze 0.", "rules ", "not a forecast"):  # fmt: skip
        assert wanted in said
    assert len(re.findall(r"[+−][1-9]", said)) >= 2  # steps of the axis of the chart itself
    assert len(list(ET.parse(file).iter("{http://www.w3.org/2000/svg}path"))) > 10
    picture = saved(page, "button[aria-label='People with secure tenancies: change from no foundation, PNG']", tmp_path)
    head = picture.read_bytes()
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20]) >= 1280
    assert tab.errors == []


def test_a_refresh_loses_no_step(tab: Tab) -> None:
    page = tab.open()
    for name, value in (("seed", "2"), ("months", "90"), ("seed", "3")):  # one control twice at once is one step
        page.fill(f"#scene-{name}", value)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{name}={value}&**")
    page.click("text=Undo")
    page.wait_for_url("**months=90&seed=2&**")
    page.reload()
    tab.drawn()
    page.wait_for_selector("button:has-text('Undo'):enabled")
    page.click("text=Undo")
    page.wait_for_url("**months=80&seed=2&**")
    page.click("text=Undo")
    page.wait_for_url("**seed=1&**")
    for step in ("months=80&seed=2", "months=90&seed=2", "seed=3"):
        page.click("text=Redo")
        page.wait_for_url(f"**{step}&**")
    page.wait_for_selector("button:has-text('Redo'):disabled")
    page.goto(HOME + SMALL + "&seed=9")  # another link in the same tab begins anew
    tab.drawn()
    page.wait_for_selector("button:has-text('Undo'):disabled")


def test_an_answer_does_not_overwrite_what_is_being_typed(tab: Tab) -> None:
    page = tab.open()
    page.fill("#scene-seed", "2")
    page.keyboard.press("Enter")
    page.fill("#scene-seed", "34")  # not sent: answers to the 2 are coming
    tab.whole()
    page.wait_for_url("**seed=2&**")
    assert page.input_value("#scene-seed") == "34"
    page.keyboard.press("Enter")
    page.wait_for_url("**seed=34&**")
    page.fill("#scene-people", "3")
    page.keyboard.press("Enter")
    page.wait_for_selector(".u-scene .u-trouble")
    assert page.input_value("#scene-people") == "500"


def test_back_and_forward_in_the_browser(tab: Tab) -> None:
    page = tab.open()
    tab.visit("money")
    page.go_back()
    tab.settled("compare")
    page.wait_for_url("**page=compare**")
    page.go_forward()
    tab.settled("money")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?place=atlantis", "no place called 'atlantis'"),
        ("?s=user_centred,listening=99", "'listening' is 99"),
        ("?s=homes&x-note=" + "y" * 9000, "too long"),
        ("?%%%zz=<img src=x onerror=alert(1)>", "means nothing here"),
        ("?place=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "<img_src=x_onerror=alert(1)>"),
        ("?people=x", "a whole number"),
    ],
)
def test_every_broken_link_says_what_is_wrong_beside_the_default(tab: Tab, query: str, says: str) -> None:
    page = tab.page
    page.on("dialog", lambda dialog: tab.errors.append(dialog.message))
    page.goto(HOME + query)
    page.wait_for_selector(".u-notice")
    tab.drawn()
    assert says in page.inner_text(".u-notice")
    assert page.locator("main img").count() == 0
    assert page.input_value("#scene-place") == "dublin"
    assert tab.errors == []


def test_broken_files_say_so_beside_the_button_and_change_nothing(tab: Tab, tmp_path: Path) -> None:
    page = tab.open(SMALL + "&seed=7")
    for content, says in ((b"place = '<img src=x onerror=alert(1)>'", "<img"), (b"\xff\xfe\x00", "file"),
                          (b"#" * 64_001, "too large"), (b"x = " + b"[" * 3000, "nested")):  # fmt: skip
        broken = tmp_path / "broken.toml"
        broken.write_bytes(content)
        page.set_input_files("#open-file", broken)
        page.wait_for_function(
            "says => (document.querySelector('.u-foot .u-trouble') || {}).textContent?.includes(says)", arg=says
        )
        assert page.input_value("#scene-seed") == "7"
    assert page.locator("#unfreeze img").count() == 0
    assert tab.errors == []


# What an answer says on Compare, part by part, once all of it is there; else null.
SAID = """() => {
    const parts = 'main h1, .u-says, .u-tile, #verdicts, #prices';
    const texts = [...document.querySelectorAll(parts)].map((one) => one.innerText);
    return document.querySelector('#verdicts tbody tr') && texts.length === 8 && texts.every(Boolean) ? texts : null;
}"""


def test_the_address_that_was_copied_gives_the_same_numbers(tab: Tab) -> None:
    page = tab.open(SMALL + "&s=homes&s=top_up,branding=0.5&world=sceptic&set=contact=0&seed=5")
    tab.whole()
    tab.settled("compare")
    tab.quiet()  # the last answer's words are there, in every part
    address, said = page.url, page.wait_for_function(SAID).json_value()
    assert re.search(r"set=contact=0&", address)
    page.goto(HOME + SMALL)
    tab.drawn()
    page.goto(address)
    tab.whole()
    tab.settled("compare")
    tab.quiet()
    assert page.wait_for_function(SAID).json_value() == said
