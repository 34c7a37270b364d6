# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The plain part of `model.splitting` in one pass: what it isn't sure of, it hands back.

A mark (`.` or `?`) is certain where the library's rules, and ours on top of them, look at nothing but
the word before it and the character after it. A block with any other mark is settled by the rules
themselves, so that the answer is theirs to the last character.
"""

from libc.stdint cimport uint32_t

from model._marks cimport (
    Py_UNICODE_ISSPACE, View, at, begins_word, ends_word, has_dot, is_capital, is_closing, is_letter, is_masked,
    is_newline, is_number, is_opening, is_plain, is_separator, is_small, is_word, only_marks,
)

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)

cdef enum Certainty:
    NO_CUT, CUT, UNSURE, CUT_BEFORE_STARTER, ASK_OF_PAIR

cdef enum:
    FEWEST_WRAPPED = 45
    MOST_WRAPPED = 100
    MOST_KNOWN = 100_000

# Of the first 256 characters: whether a paragraph may end there (1), whether a block must be looked at there (2).
cdef unsigned char[256] CLASS
cdef enum:
    BREAKS = 1
    SPEAKS = 2


cdef inline unsigned char class_of(uint32_t character) noexcept nogil:
    if character < 256:
        return CLASS[character]
    if is_separator(character):
        return BREAKS | SPEAKS
    return 0 if is_plain(character) else SPEAKS


cdef inline Py_ssize_t skip(const View *text, Py_ssize_t place, Py_ssize_t end, unsigned char wanted) noexcept nogil:
    """Return the next place of a class, or the end."""
    cdef const unsigned char *narrow
    if text.kind == 1:
        narrow = <const unsigned char *>text.data
        while place < end and not CLASS[narrow[place]] & wanted:
            place += 1
    else:
        while place < end and not class_of(at(text, place)) & wanted:
            place += 1
    return place


cdef void fill_classes() noexcept:
    cdef uint32_t character
    for character in range(256):
        CLASS[character] = 0
        if is_newline(character) or is_separator(character):
            CLASS[character] |= BREAKS
        if not is_plain(character) or character == c"." or character == c"?":
            CLASS[character] |= SPEAKS


cdef dict ANSWERS = {
    False: NO_CUT, True: CUT, None: UNSURE, "starter": CUT_BEFORE_STARTER, "pair": ASK_OF_PAIR
}


cdef class Words:
    """What is known of words before a full stop, asked of the rules when first met.

    Parameters
    ----------
    ask
        Function of a word, which tells what a capital after it and a full stop means: True, a new sentence; False,
        none; ``starter``, one if that word is in `starters`; ``pair``, it depends on that word; None, on more.
    ask_pair
        Function of a word, a full stop, and the word after it; tells whether a sentence starts there.
    starters
        Words that start sentences.
    """

    cdef dict known
    cdef object ask, ask_pair
    cdef frozenset starters

    def __init__(self, ask, ask_pair, frozenset starters):
        self.known, self.ask, self.ask_pair, self.starters = {}, ask, ask_pair, starters

    cdef Certainty after(self, str word) except *:
        found = self.known.get(word)
        if found is None:
            answer = self.ask(word)
            found = ANSWERS[answer]
            self.remember(word, found)
        return found

    cdef Certainty of_pair(self, str words) except *:
        found = self.known.get(words)
        if found is None:
            found = int(self.ask_pair(words))
            self.remember(words, found)
        return found

    cdef void remember(self, str words, found) except *:
        if len(self.known) >= MOST_KNOWN:
            self.known.clear()
        self.known[words] = found


cdef Certainty before_word(
    str article, const View *text, Py_ssize_t word, Py_ssize_t mark, Py_ssize_t end, Certainty kind, Words words
) except *:
    """Tell whether a sentence starts after a mark and a space, where that depends on the next word."""
    cdef Py_ssize_t place = mark + 2, last = mark + 2
    cdef uint32_t following
    while last < end and is_letter(at(text, last)):
        last += 1
    if last == end:
        return UNSURE
    following = at(text, last)
    if following == c"'" or following >= 128 or is_masked(following):
        return UNSURE
    if kind == CUT_BEFORE_STARTER:
        return CUT if Py_UNICODE_ISSPACE(following) and article[place:last] in words.starters else NO_CUT
    return words.of_pair(article[word:last]) if following == c" " and last > place else UNSURE


cdef Certainty certainty(
    str article, const View *text, Py_ssize_t start, Py_ssize_t end, Py_ssize_t mark, Py_ssize_t *cut, Words words
) except *:
    """Tell whether a sentence ends at a mark inside text[start:end], and where the next one starts."""
    cdef Py_ssize_t place = mark + 1, last = mark, word
    cdef uint32_t following, before
    cdef Certainty answer
    while place < end and is_closing(at(text, place)):
        place += 1
    if place == end:
        return NO_CUT
    following = at(text, place)
    if place == mark + 1 and (is_small(following) or c"0" <= following <= c"9"):
        return NO_CUT
    before = at(text, mark - 1) if mark > start else c"."
    if before == c"." or before == c"?" or Py_UNICODE_ISSPACE(before):
        return UNSURE
    # What is quoted or in brackets before the mark may count for the rules, or not.
    while last > start and not is_word(at(text, last - 1)) and ends_word(text, start, last - 1, mark):
        last -= 1
    word = last
    while word > start and not ends_word(text, start, word - 1, mark):
        word -= 1
    if following != c" ":
        # Between the letters of U.S. or J.P.
        if place == mark + 1 and is_capital(following) and is_capital(before) and at(text, mark) == c"." and (
            mark - 1 == word or at(text, mark - 2) == c"."
        ) and place + 1 < end and at(text, place + 1) == c".":
            return NO_CUT if words.after(article[mark - 1:mark]) == CUT_BEFORE_STARTER else UNSURE
        return UNSURE
    cut[0] = place
    place += 1
    while place < end and is_opening(at(text, place)):
        place += 1
    if place == end:
        return UNSURE
    following = at(text, place)
    if is_small(following):
        while place < end and is_small(at(text, place)):
            place += 1
        return UNSURE if place < end and is_capital(at(text, place)) else NO_CUT
    if not is_capital(following) and not (
        place == mark + 2 and last == mark and (c"0" <= following <= c"9" or following in (c"$", 0xA3, 0x20AC))
    ):
        return UNSURE
    # One number is like another.
    answer = words.after("0" if is_number(text, word, last) else article[word:last])
    if (answer == CUT or answer == ASK_OF_PAIR) and only_marks(text, start, word):
        # A sentence of one word may be the number of a list.
        return UNSURE
    if answer == CUT:
        return UNSURE if has_dot(text, word, last) else CUT
    if last < mark or at(text, mark) == c"?" or (word > start and not begins_word(at(text, word - 1))):
        return UNSURE
    if answer == CUT_BEFORE_STARTER or answer == ASK_OF_PAIR:
        return before_word(article, text, word, mark, end, answer, words) if place == mark + 2 else UNSURE
    return answer


cdef void add(list spans, const View *text, Py_ssize_t start, Py_ssize_t end):
    """Add a span without the blanks at its ends, unless it is blank."""
    while start < end and Py_UNICODE_ISSPACE(at(text, start)):
        start += 1
    while start < end and Py_UNICODE_ISSPACE(at(text, end - 1)):
        end -= 1
    if start < end:
        spans.append((start, end))


cdef bint cut_block(
    str article, const View *text, Py_ssize_t start, Py_ssize_t end, list spans, Words words
) except -1:
    """Add the sentences of a block; return False, with none added, where it isn't sure."""
    cdef Py_ssize_t place, first, cut = 0, count = len(spans)
    cdef uint32_t character
    cdef Certainty found
    while start < end and Py_UNICODE_ISSPACE(at(text, start)):
        start += 1
    while start < end and Py_UNICODE_ISSPACE(at(text, end - 1)):
        end -= 1
    first = start
    place = skip(text, start, end, SPEAKS)
    while place < end:
        character = at(text, place)
        found = UNSURE
        if character == c"." or character == c"?":
            found = certainty(article, text, first, end, place, &cut, words)
        if found == UNSURE:
            del spans[count:]
            return False
        if found == CUT:
            add(spans, text, first, cut)
            first = cut
        place = skip(text, place + 1, end, SPEAKS)
    add(spans, text, first, end)
    return True


cdef bint may_be_wrapped(const View *text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Tell whether all lines of a paragraph but the last have a length that wrapped text has."""
    cdef Py_ssize_t place = start, first, last
    while True:
        first = place
        while place < end and not is_newline(at(text, place)):
            place += 1
        if place == end:
            return True
        last = place
        while first < last and Py_UNICODE_ISSPACE(at(text, first)):
            first += 1
        while first < last and Py_UNICODE_ISSPACE(at(text, last - 1)):
            last -= 1
        if first < last and not FEWEST_WRAPPED <= last - first <= MOST_WRAPPED:
            return False
        place += 1


cdef bint has_plain_lines(const View *text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Tell whether each line of a paragraph is a block by itself: it isn't wrapped, and none starts small."""
    cdef Py_ssize_t place, first
    if may_be_wrapped(text, start, end):
        return False
    for place in range(start, end):
        if is_newline(at(text, place)):
            first = place + 1
            while first < end and Py_UNICODE_ISSPACE(at(text, first)):
                first += 1
            if first < end and (is_small(at(text, first)) or at(text, first) >= 128):
                return False
    return True


def cut_article(str article, settle_paragraph, settle_block, Words words):
    """Return the place (start, end) of each sentence of an article, or None if it holds rare line separators.

    Parameters
    ----------
    article
        The text.
    settle_paragraph, settle_block
        Functions of (article, start, end) that return the sentences of a paragraph or block by the rules.
    words
        What the rules say of words before a full stop.
    """
    cdef View text
    cdef Py_ssize_t length = len(article), place, start = 0, line, end, newlines
    cdef uint32_t character
    cdef bint lines
    cdef list spans = []
    text.kind, text.data = PyUnicode_KIND(article), PyUnicode_DATA(article)
    while start < length:
        # A paragraph ends before two newlines with nothing but blanks between them.
        place, newlines, lines, end = start, 0, False, length
        while place < length:
            if newlines == 0:
                place = skip(&text, place, length, BREAKS)
                if place == length:
                    break
            character = at(&text, place)
            if is_newline(character):
                if newlines == 0:
                    end = place
                newlines += 1
            elif is_separator(character):
                return None
            elif newlines and not Py_UNICODE_ISSPACE(character):
                if newlines > 1:
                    break
                lines, newlines, end = True, 0, length
            place += 1
        if newlines == 1:
            end = length
        if lines and not has_plain_lines(&text, start, end):
            spans += settle_paragraph(article, start, end)
        else:
            while start < end:
                line = start
                line = skip(&text, line, end, BREAKS)
                if not cut_block(article, &text, start, line, spans, words):
                    spans += settle_block(article, start, line)
                start = line + 1
        start = place
    return spans


fill_classes()
