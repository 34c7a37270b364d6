"""The page of the service, in a real browser before the real service: marks, details, corrections, rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from conftest import ROOT
from model.prediction import FIELDS
from pages import answer, example, mark, needs_browser, opened, shown

pytestmark = needs_browser

LETTERS = {"layoff": "L", "investment": "I", "political_response": "P", "cause": "C"}
UGLY = "😀 Société Générale will cut 900 jobs 🏭. Ministers were “très déçus” 👩‍🏭 by it.\n\n𝒮ales fell by a third."
HOSTILE = (
    "<script>window.hacked = 1</script> The plant will close with the loss of 90 jobs.\n"
    "<img src=x onerror='window.hacked = 1'> Sales fell. </textarea><b>It will hire 50 people.</b>\n"
    "<a href='javascript:window.hacked = 1'>Ministers</a> promised help. <svg onload=window.hacked=1>"
)
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=6)


@pytest.fixture(scope="module")
def tools(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose modules are called one by one."""
    with opened(browser, address) as found:
        yield found


def expected(address: str, text: str) -> list[tuple[str, str]]:
    return [
        (each["sentence"], "".join(LETTERS[x] + "*" * (x in each["through_context"]) for x in each["labels"]))
        for each in answer(address, text)
    ]


def test_a_pasted_article_is_marked_at_once(page: Page, address: str) -> None:
    text = (ROOT / "tests" / "articles" / "tyre_plant.txt").read_text(encoding="utf-8")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.get_by_label("Article", exact=True).press("Control+V")
    expect(page.get_by_role("status").first).to_contain_text("12 sentences, on topic: 3 layoff, 1 investment")
    assert shown(page) == expected(address, text)
    counts = [len([0 for _, letters in shown(page) if letter in letters]) for letter in LETTERS.values()]
    assert page.locator(".filter .count").all_text_contents()[:4] == [str(count) for count in counts]


@pytest.mark.parametrize("text", [UGLY, HOSTILE, "No known word: zzyzx.", "𝒮\r\n\r\n\t=1+1 e\u0301"])
def test_marks_stand_where_they_should_and_markup_is_text(page: Page, address: str, text: str) -> None:
    mark(page, text)
    assert shown(page) == expected(address, text.replace("\r\n", "\n"))
    page.locator(".sentence").first.click()
    page.locator(".bars").wait_for()
    assert page.evaluate("window.hacked") is None
    assert page.locator("main :is(script, img, svg, a, b)").count() == 1, "only the asterisk of the legend"


def test_a_paragraph_of_the_text_is_one_of_the_page(page: Page) -> None:
    mark(page, UGLY)
    assert page.locator("#article p").count() == 2
    page.get_by_role("button", name="Edit text").click()
    mark(page, "The mill\nwill close.\nSales fell.\n\nIt will\nhire 50.")
    assert page.locator("#article p").count() == 2


def test_a_filter_hides_the_other_labels(page: Page) -> None:
    example(page)
    page.locator("#filters").get_by_role("button", name="cause").click()
    assert {letters for _, letters in shown(page)} == {"", "C"}
    assert page.locator(".line.layoff:visible").count() == 0
    page.locator("#filters").get_by_role("button", name="layoff").click()
    assert {letters for _, letters in shown(page)} == {"", "L", "C", "LC"}
    assert page.locator(".sentence.dim").count() > 0


def test_hover_shows_for_a_moment_what_a_click_keeps(page: Page) -> None:
    example(page)
    page.locator(".sentence").nth(2).hover()
    expect(page.locator("#details .which")).to_have_text("sentence 3 of 13")
    expect(page.locator("#details .cause mark").first).to_have_text("blamed")
    expect(page.locator(".sentence").nth(2).locator("mark.cause").first).to_have_text("blamed")
    page.mouse.move(1, 1)
    expect(page.locator("#details")).to_be_empty()
    page.locator(".sentence").nth(9).click()
    page.mouse.move(1, 1)
    expect(page.locator("#details .undecided")).to_be_visible()
    expect(page.locator("#details .context")).to_contain_text("only through the context")
    assert page.locator("#details .threshold").count() == 4


def test_all_can_be_done_with_the_keyboard(page: Page) -> None:
    for key in ("Escape", *["Tab"] * 4):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("#summary")).to_be_focused()
    for _ in range(9):
        page.keyboard.press("Tab")
    sentences = page.locator(".sentence")
    expect(sentences.nth(0)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(sentences.nth(1)).to_be_focused()
    expect(sentences.nth(1)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#details .layoff mark").first).to_have_text("shut")
    page.keyboard.press("Enter")
    expect(page.locator("#details h3")).to_be_focused()
    for key in ("Tab", "Tab", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Save correction")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sentences.nth(1)).to_be_focused()
    expect(page.locator("#details")).to_be_empty()
    page.keyboard.press("End")
    expect(sentences.last).to_be_focused()


def test_a_correction_and_a_confirmation_are_stored_and_marked(page: Page, corrections: Path) -> None:
    example(page)
    page.locator(".sentence").nth(1).click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".said")).to_have_text("You confirmed it.")
    page.locator(".sentence").nth(2).click()
    page.locator(".choice.layoff").click()
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator(".said")).to_have_text("You corrected it to: layoff, cause.")
    lines = [json.loads(line) for line in corrections.read_text(encoding="utf-8").splitlines()]
    assert [(line["given"], line["labels"]) for line in lines] == [
        (["layoff", "cause"], ["layoff", "cause"]),
        (["cause"], ["layoff", "cause"]),
    ]
    assert [letters[-1:] == "✓" for _, letters in shown(page)][:4] == [False, True, True, False]


def test_the_rows_equal_the_answer_of_the_service(page: Page, address: str) -> None:
    text = f'{UGLY}\n\n=SUM(A1) said "sales, and jobs" fell.\n\n{HOSTILE}'
    mark(page, text)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    content = download.value.path().read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(content, newline=""), strict=True))
    assert list(rows[0]) == list(FIELDS[1:])
    for index, (row, each) in enumerate(zip(rows, answer(address, text), strict=True)):
        assert row["sentence"].removeprefix("'") == each["sentence"]
        assert row["sentence"].startswith("'=") == each["sentence"].startswith("=")
        numbers = [int(row[name]) for name in ("sentence_index", "start", "end")]
        assert numbers == [index, each["start"], each["end"]]
        assert [row["label"], row["labels"]] == [each["label"], ";".join(each["labels"]) or "none"]
        assert row["decided"] == str(each["decided"])
        assert {name: float(row[f"p_{name}"]) for name in LETTERS} == each["probabilities"]
    page.get_by_role("button", name="Copy CSV").click()
    expect(page.get_by_role("status").first).to_have_text("The rows are on the clipboard.")
    assert page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n") == content.replace("\r\n", "\n")


@settings(max_examples=40)
@given(TEXTS)
def test_any_text_is_cut_by_code_points_and_comes_through_csv(tools: Page, texts: list[str]) -> None:
    places = [(len("".join(texts[:n])), len("".join(texts[: n + 1]))) for n in range(len(texts))]
    script = """async ([texts, places]) => {
      const { cutter, toCsv } = await import("/page/text.js");
      const rest = { label: "none", labels: [], decided: true, probabilities: {} };
      const cut = cutter(texts.join(""));
      return [places.map(place => cut(...place)), toCsv(texts.map(sentence => ({ sentence, ...rest })))];
    }"""
    cut, content = tools.evaluate(script, [texts, places])
    assert cut == texts
    rows = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    assert [row["sentence"] for row in rows] == [
        "'" * t.startswith(("=", "+", "-", "@", "\t", "\r")) + t for t in texts
    ]
