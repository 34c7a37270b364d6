# cython: language_level=3
"""Cut a string into lower-cased tokens, as `str.lower` and the regular expression `\\w+` do, in place."""

from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport realloc

cdef extern from "Python.h":
    # These two only read constant tables.
    bint Py_UNICODE_ISALNUM(uint32_t character) noexcept nogil
    uint32_t Py_UNICODE_TOLOWER(uint32_t character) noexcept nogil

from model._tables cimport HEAD

cdef enum:
    CAPITAL_I_WITH_DOT = 0x130
    CAPITAL_SIGMA = 0x3A3

cdef enum Outcome:
    SCORED, NEEDS_LOWER, NO_MEMORY

cdef struct Token:
    uint64_t head[2]
    uint64_t prefix_head[2]
    uint64_t hash, prefix_hash
    size_t start
    size_t size, prefix_size
    uint32_t word, prefix

cdef struct Count:
    uint32_t feature, count

# Memory of one call; it grows with the longest sentence.
cdef struct Scratch:
    unsigned char *text
    size_t text_size
    Token *tokens
    size_t token_size
    uint32_t *places
    size_t place_size
    Count *counts
    size_t count_size


cdef inline bint grow(void **memory, size_t *size, size_t wanted, size_t item) noexcept nogil:
    """Make room for `wanted` items; return False, with the old memory kept, where there is none."""
    cdef void *new
    if wanted <= size[0]:
        return True
    wanted += wanted // 2 + 64
    new = realloc(memory[0], wanted * item)
    if new == NULL:
        return False
    memory[0] = new
    size[0] = wanted
    return True


cdef inline uint32_t character_at(int kind, const void *data, Py_ssize_t place) noexcept nogil:
    if kind == 1:
        return (<const unsigned char *>data)[place]
    if kind == 2:
        return (<const unsigned short *>data)[place]
    return (<const uint32_t *>data)[place]


cdef inline size_t put(unsigned char *text, uint32_t character) noexcept nogil:
    """Write a character as UTF-8 (lone surrogates as if they were characters); return its size."""
    if character < 0x80:
        text[0] = <unsigned char>character
        return 1
    if character < 0x800:
        text[0] = 0xC0 | (character >> 6)
        text[1] = 0x80 | (character & 0x3F)
        return 2
    if character < 0x10000:
        text[0] = 0xE0 | (character >> 12)
        text[1] = 0x80 | ((character >> 6) & 0x3F)
        text[2] = 0x80 | (character & 0x3F)
        return 3
    text[0] = 0xF0 | (character >> 18)
    text[1] = 0x80 | ((character >> 12) & 0x3F)
    text[2] = 0x80 | ((character >> 6) & 0x3F)
    text[3] = 0x80 | (character & 0x3F)
    return 4


cdef inline bint is_letter(const unsigned char *lowered, uint32_t *character, bint *special) noexcept nogil:
    """Tell whether a character, which becomes lower-case, is part of a word, as `\\w` has it."""
    if character[0] < 128:
        character[0] = lowered[character[0]]
        return character[0] != 0
    if character[0] == CAPITAL_I_WITH_DOT or character[0] == CAPITAL_SIGMA:
        special[0] = True
    character[0] = Py_UNICODE_TOLOWER(character[0])
    return Py_UNICODE_ISALNUM(character[0])


cdef inline Outcome cut(
    Scratch *scratch, const unsigned char *lowered, uint32_t prefix_length, int kind, const void *data, Py_ssize_t length, size_t *count_of_tokens
) noexcept nogil:
    """First pass: write the lower-cased tokens one after the other, as UTF-8, and hash them."""
    cdef size_t end = 0, tokens = 0
    cdef Py_ssize_t place = 0
    cdef uint32_t letters
    cdef uint32_t character
    cdef Token *token
    cdef bint special = False, more
    cdef unsigned char *text
    # A character of a wider string takes more bytes; a head is read from the last token, too.
    if not grow(<void **>&scratch.text, &scratch.text_size, <size_t>length * (kind + (kind < 4)) + HEAD, 1):
        return NO_MEMORY
    text = scratch.text
    while place < length:
        character = character_at(kind, data, place)
        place += 1
        if not is_letter(lowered, &character, &special):
            continue
        if not grow(<void **>&scratch.tokens, &scratch.token_size, tokens + 1, sizeof(Token)):
            return NO_MEMORY
        token = &scratch.tokens[tokens]
        token.start = end
        letters, more = 0, True
        while more:
            end += put(text + end, character)
            letters += 1
            if letters == prefix_length:
                token.prefix_size = end - token.start
            more = place < length
            if more:
                character = character_at(kind, data, place)
                place += 1
                more = is_letter(lowered, &character, &special)
        token.size = end - token.start
        if letters < prefix_length:
            token.prefix_size = token.size
        tokens += 1
    if special:
        return NEEDS_LOWER
    count_of_tokens[0] = tokens
    return SCORED
