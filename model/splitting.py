"""Cut an article into sentences, with exact offsets.

The boundaries come from `sentencex <https://pypi.org/project/sentencex/>`_. Added here is what news
needs: a headline or a paragraph ends a sentence, text wrapped at a fixed width doesn't; sentences
inside quotation marks and brackets are cut like others; and British and American abbreviations
(`plc.`, `approx.`, `Mr.`, `p.m.`, `£2.5bn.`) end a sentence only where a new one clearly starts.
Where no rule could object, `model._cutter` cuts in one pass, with the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import sentencex

try:
    from model._cutter import Words, cut_article
except ImportError:  # no C compiler when the package was installed
    cut_article = None  # type: ignore[assignment]

__all__ = ["split_by_rules", "split_sentences"]

_QUOTES = '"“”„«»‘’()[]{}'
_MASK = dict.fromkeys(map(ord, _QUOTES), " ") | dict.fromkeys(range(0xD800, 0xE000), "?") | {0: "?"}
_SINGLE_QUOTE = re.compile(r"(?<!\w)['’]|['’](?!\w)")
_ONE_SENTENCE = re.compile(r"[\w ,;:'’‘\"“”()$£€%&/+#*–—-]*[\w%)][.!?]?[\"”’')]*")
_PARAGRAPH = re.compile(r"(?:[^\S\n]*\n){2,}|[\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LINE = re.compile(r"[^\n]+")
_WRAPPED_LINE = range(45, 101)
_RAGGED = 20

_WORD_BEFORE = r"(?:^|(?<=[\s(\[\"'“‘£$€-]))"
_TITLE = re.compile(
    _WORD_BEFORE + r"(?:Mrs?|Ms|Messrs|Dr|Prof|Rev|Hon|Gov|Sens?|Reps?|Gen|Lt|Col|Capt|Maj|Sgt|Cllr|Supt"
    r"|St|Mt|Ft|vs|v|cf|viz|approx|est|incl|excl|e\.g|i\.e|esp|ca|Art|Fig|Vol|pp?)\.$",
)
_NUMBER = re.compile(_WORD_BEFORE + r"Nos?\.$")
_CAMEL_CASE = re.compile(r"[a-z]+[A-Z]")
_OFTEN_INSIDE = re.compile(
    _WORD_BEFORE + r"(?:(?:[A-Z]\.)*[A-Z]|S\.p\.A|Ph\.D|Inc|Corp|Cos?|Ltd|[Pp]lc|PLC|Bros|Jr|Sr|Dept|Assn|Bhd|Pty"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mon|Tues?|Wed|Thurs?|Fri"
    r"|Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|Mont|Neb|Nev"
    r"|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo|Ont|Que)\.$",
)
_CLOCK = re.compile(r"(?:\b[ap]\.m|\d[ap]m)\.$")
_TIME_WORD = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May|June|July|August"
    r"|(?:Sept|Nov|Dec)ember|October|[ECMP][SD]?T|GMT|BST|CET|UTC|Eastern|Pacific|Central)\b"
)
_STARTERS = frozenset(
    """
    The A An It Its He She They We I This That These Those But And In On At For As After Before When While
    If However There Some Many Most About More Last Since Under His Her Their Our You What Workers Employees
    Shares Analysts Union Unions Officials Production Sales Meanwhile Both Another Other Earlier Such By
    With From To So Yet Now Also Although Despite Staff Management Nearly Almost Around
    """.split()
)
_STARTER = re.compile(rf"(?:{'|'.join(sorted(_STARTERS))})\s")
_OPENING = "\"“‘'([«„"


def split_sentences(text: str) -> list[tuple[int, int]]:
    r"""Return the place (start, end) of each sentence of an article, in characters.

    Spans are in order, don't overlap, hold no blank at either end, and together hold every
    character of the text that isn't blank.

    >>> text = "Ford to cut 1,400 jobs\nMr. Hackett said so. “It is hard. We will do it.”"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Ford to cut 1,400 jobs', 'Mr. Hackett said so.', '“It is hard.', 'We will do it.”']
    """
    spans = cut_article(text, _split_paragraph, _split_block, _words()) if cut_article is not None else None
    return split_by_rules(text) if spans is None else spans


def split_by_rules(text: str) -> list[tuple[int, int]]:
    """Return what `split_sentences` returns, without its compiled part."""
    spans = []
    position = 0
    for gap in [*_PARAGRAPH.finditer(text.replace("\r", "\n")), None]:
        end = gap.start() if gap else len(text)
        spans += _split_paragraph(text, position, end)
        position = gap.end() if gap else end
    return spans


def _split_paragraph(text: str, start: int, end: int) -> list[tuple[int, int]]:
    paragraph = text[start:end].replace("\r", "\n")
    return [span for a, b in _lines(paragraph) for span in _split_block(text, start + a, start + b)]


def _split_block(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch that no sentence leaves: a paragraph, or a line if it isn't wrapped text."""
    spans = []
    for left, right in pairwise([start, *_cuts(text, start, end), end]):
        piece = text[left:right]
        stripped = piece.strip()
        if stripped:
            begin = left + len(piece) - len(piece.lstrip())
            spans.append((begin, begin + len(stripped)))
    return spans


def _before_capital(word: str) -> bool | str | None:
    """Tell whether a sentence ends after this word and a full stop if a capital follows, as `Words` asks it."""
    sentence = f"- {word}."
    if _TITLE.search(sentence):
        return False
    if _NUMBER.search(sentence) or _CLOCK.search(sentence):
        return None
    if _OFTEN_INSIDE.search(sentence):
        return "starter"
    return len(sentence) + 1 in _library_boundaries(f"{sentence} Zz") or "pair"


def _between(words: str) -> bool:
    """Tell whether a sentence ends between two words with a full stop."""
    text = f"- {words} z"
    return any(_cuts(text, 0, len(text)))


@lru_cache(maxsize=1)
def _words() -> Words:
    return Words(_before_capital, _between, _STARTERS)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the blocks of a paragraph: its lines, or the whole if it is wrapped text."""
    lines = [match.span() for match in _LINE.finditer(text)]
    if _is_wrapped([text[left:right].strip() for left, right in lines]):
        yield 0, len(text)
        return
    open_start = None
    for index, (left, right) in enumerate(lines):
        open_start = left if open_start is None else open_start
        following = text[slice(*lines[index + 1])].lstrip() if index + 1 < len(lines) else ""
        if not following[:1].islower():
            yield open_start, right
            open_start = None


def _is_wrapped(lines: list[str]) -> bool:
    """Tell whether a paragraph was wrapped at a fixed width, as old wires and mails are."""
    *full, last = lines or [""]
    return (
        len(full) >= 1
        and all(len(line) in _WRAPPED_LINE for line in full)
        and len(last) <= max(map(len, full)) + _RAGGED
        and max(map(len, full)) - min(map(len, full)) <= _RAGGED
        and any(line[:1].islower() for line in [*full[1:], last])
    )


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the places inside text[start:end] where a new sentence starts.

    Most paragraphs of news are one plain sentence, which is told without the library.
    """
    original = text[start:end]
    if _ONE_SENTENCE.fullmatch(original):
        return
    masked = _SINGLE_QUOTE.sub(" ", original).translate(_MASK)
    for boundary in sorted(_library_boundaries(masked) | _missed_boundaries(masked)):
        cut = _place(original, masked, boundary)
        if 0 < cut < len(original) and _ends_sentence(original[:cut].rstrip(), original[cut:].lstrip()):
            yield start + cut


def _library_boundaries(masked: str) -> set[int]:
    return {part["start_index"] for part in sentencex.get_sentence_boundaries("en", masked)}


_ABBREVIATION_THEN_STARTER = re.compile(r"[A-Za-z]\.\s+(?=" + _STARTER.pattern + ")")


def _missed_boundaries(masked: str) -> set[int]:
    return {match.end() for match in _ABBREVIATION_THEN_STARTER.finditer(masked)}


def _place(original: str, masked: str, boundary: int) -> int:
    """Give marks between two sentences to the one they touch: closing left, opening right."""
    left = len(masked[:boundary].rstrip())
    right = len(masked) - len(masked[left:].lstrip())
    for index in range(left, right):
        if original[index].isspace():
            return index
    return boundary


def _ends_sentence(before: str, after: str) -> bool:
    following = after.lstrip(_OPENING)
    tail = before[-40:].rstrip("\"”’')]")
    opens_quote = after[:1] in _OPENING and following[:1].isupper()
    if _TITLE.search(tail) or (following[:1].islower() and not _CAMEL_CASE.match(following)):
        return False
    if _NUMBER.search(tail):
        return not following[:1].isdigit()
    if _CLOCK.search(tail):
        return following[:1].isupper() and not _TIME_WORD.match(following)
    if _OFTEN_INSIDE.search(tail):
        return opens_quote or _STARTER.match(following) is not None
    return True
