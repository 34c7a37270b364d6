"""How an article is cut into sentences."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.splitting import split_sentences

CASES = (Path(__file__).parent / "data" / "sentences.txt").read_text(encoding="utf-8").splitlines()


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize("case", CASES)
def test_hard_cases_of_news_prose_are_cut_where_a_reader_would(case: str) -> None:
    text, arrow, wanted = case.partition("=>")
    expected = (wanted if arrow else text).split("|")
    assert sentences(text if arrow else " ".join(expected)) == expected


def test_there_are_at_least_sixty_hard_cases() -> None:
    assert len(CASES) >= 60


def test_a_headline_ends_a_sentence() -> None:
    assert sentences("Mill to close\nThe mill employs 90.") == ["Mill to close", "The mill employs 90."]


def test_a_blank_line_ends_a_sentence_even_without_a_full_stop() -> None:
    assert sentences("It will close\n\n\t\nand that is all") == ["It will close", "and that is all"]


def test_lines_wrapped_at_a_fixed_width_are_one_paragraph() -> None:
    text = (
        "The company said it would close its plant in Kenosha by the end of\n"
        "the year and move the work to Mexico. About 5,500 people will lose\n"
        "their jobs.\n"
    )
    assert sentences(text) == [
        "The company said it would close its plant in Kenosha by the end of\nthe year and move the work to Mexico.",
        "About 5,500 people will lose\ntheir jobs.",
    ]


def test_windows_line_ends_are_line_ends() -> None:
    assert sentences("Mill to close\r\n\r\nIt employs 90.\r\n") == ["Mill to close", "It employs 90."]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t\r\n"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert split_sentences(text) == []


PIECES = ["The plant", "will close", ".", "!", "?", '"', "“", "”", "'", "(", ")", "\n", "\n\n", " ", "U.S.", "Mr."]
ODDITIES = ["plc.", "5 p.m.", "No.", "é", "İ", "\ud800", "\0", "\u2028", "𝒳", "...", "iPhone", "Jan."]
NEWSY = st.lists(st.sampled_from([*PIECES, *ODDITIES])).map(" ".join)


@given(st.text() | NEWSY)
def test_any_text_is_covered_by_ordered_spans_without_blank_ends(text: str) -> None:
    spans = split_sentences(text)
    rest = text
    for start, end in reversed(spans):
        assert text[start:end] == text[start:end].strip() != ""
        rest = rest[:start] + rest[end:]
    assert spans == sorted(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert not rest.strip()
