# cython: language_level=3
"""What the compiled splitter asks of single characters, and of the word before a mark."""

from libc.stdint cimport uint32_t

from model._text cimport character_at

cdef extern from "Python.h":
    # These two only read constant tables.
    bint Py_UNICODE_ISALNUM(uint32_t character) noexcept nogil
    bint Py_UNICODE_ISSPACE(uint32_t character) noexcept nogil

cdef struct View:
    int kind
    const void *data


cdef inline uint32_t at(const View *text, Py_ssize_t place) noexcept nogil:
    return character_at(text.kind, text.data, place)


cdef inline bint is_newline(uint32_t character) noexcept nogil:
    return character == c"\n" or character == c"\r"


cdef inline bint is_separator(uint32_t character) noexcept nogil:
    """Tell whether a character ends a paragraph by itself."""
    return character in (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029)


cdef inline bint is_small(uint32_t character) noexcept nogil:
    return c"a" <= character <= c"z"


cdef inline bint is_capital(uint32_t character) noexcept nogil:
    return c"A" <= character <= c"Z"


cdef inline bint is_letter(uint32_t character) noexcept nogil:
    return is_small(character) or is_capital(character)


cdef inline bint is_word(uint32_t character) noexcept nogil:
    return character == c"_" or Py_UNICODE_ISALNUM(character)


cdef inline bint is_plain(uint32_t character) noexcept nogil:
    """Tell whether no rule looks at this character, but for quotation marks, spaces, `.`, `?` and newlines."""
    if character < 128:
        return character >= 32 and character not in (c"!", c"`", c"<", c">", c"@", 127) or character == c"\t"
    if character < 0x250:
        return character >= 0xA0
    return character in (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2022, 0x20AC)


cdef inline bint is_masked(uint32_t character) noexcept nogil:
    """Tell whether the rules see a space in this character's place, wherever it stands."""
    return character in (
        c'"', c"(", c")", c"[", c"]", c"{", c"}", 0xAB, 0xBB, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E
    )


cdef inline bint is_opening(uint32_t character) noexcept nogil:
    return character in (c'"', c"'", c"(", c"[", 0xAB, 0x2018, 0x201C, 0x201E)


cdef inline bint is_closing(uint32_t character) noexcept nogil:
    return character in (c'"', c"'", c")", c"]", 0x2019, 0x201D)


cdef inline bint ends_word(const View *text, Py_ssize_t start, Py_ssize_t place, Py_ssize_t mark) noexcept nogil:
    """Tell whether the word before the mark can't reach back over the character at `place`."""
    cdef uint32_t character = at(text, place)
    if character == c"'":
        return place == start or place + 1 == mark or not (
            is_word(at(text, place - 1)) and is_word(at(text, place + 1))
        )
    return is_masked(character) or Py_UNICODE_ISSPACE(character)


cdef inline bint begins_word(uint32_t before) noexcept nogil:
    """Tell whether our rules see a word begin after this character."""
    return Py_UNICODE_ISSPACE(before) or before in (c'"', c"'", c"(", c"[", 0x2018, 0x201C)


cdef inline bint has_dot(const View *text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(start, end):
        if at(text, place) == c".":
            return True
    return False


cdef inline bint only_marks(const View *text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Tell whether nothing but blanks and quotation marks stands there."""
    while start < end and (Py_UNICODE_ISSPACE(at(text, start)) or is_opening(at(text, start)) or is_masked(at(text, start))):
        start += 1
    return start == end


cdef inline bint is_number(const View *text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef Py_ssize_t place
    for place in range(start, end):
        if not c"0" <= at(text, place) <= c"9":
            return False
    return start < end
