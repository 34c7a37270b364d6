# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""TF-IDF and the linear model in one pass over the text; see `model.scorer.CompiledScorer`.

A sentence goes through four passes. The first cuts it into lower-cased tokens and hashes each token
and its prefix; the second looks both up, the third the pairs of neighbours, the fourth adds up. Each
pass asks the processor for the memory that the next one needs (prefetch), so that the tables, which
are larger than the caches, are read side by side and not one after the other.
"""

from libc.math cimport NAN, log, sqrt
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from model._tables cimport (
    ABSENT, HEAD, Pairs, PairSlot, Slot, Tokens, find_pair, find_token, hash_of, mixed, no_pair, pair_key, pair_place,
    read_head,
)

from model._text cimport NEEDS_LOWER, NO_MEMORY, SCORED, Count, Outcome, Scratch, Token, cut, grow

import numpy as np


cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define fetch(address) __builtin_prefetch(address)
    #else
    #define fetch(address) ((void)(address))
    #endif
    """
    void fetch(const void *address) noexcept nogil

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)

cdef enum:
    LABELS = 4

# What a feature adds: idf times each coefficient, and the square of idf.
cdef struct Gain:
    double weights[LABELS]
    double square
    double padding[3]

cdef struct Block:
    Gain *tokens
    Gain *pairs

# What the kernel holds of one model.
cdef struct Tables:
    Tokens words, prefixes
    Pairs word_pairs, prefix_pairs
    Block word_gains, prefix_gains, vocabulary_gains
    double intercept[LABELS]
    uint32_t prefix_length
    unsigned char lowered[128]

cdef struct Text:
    const void *data
    Py_ssize_t length
    int kind
    bint special

cdef struct Sum:
    double weights[LABELS]
    double square

cdef inline void count(Scratch *scratch, uint64_t mask, size_t first, size_t *used, uint32_t feature) noexcept nogil:
    """Count one occurrence; `places` is an open-addressed table of places in `counts` from `first` on, plus one."""
    cdef uint64_t place = mixed(feature) & mask
    cdef uint32_t found
    while True:
        found = scratch.places[place]
        if found == 0:
            scratch.counts[used[0]].feature = feature
            scratch.counts[used[0]].count = 1
            used[0] += 1
            scratch.places[place] = <uint32_t>(used[0] - first)
            return
        if scratch.counts[first + found - 1].feature == feature:
            scratch.counts[first + found - 1].count += 1
            return
        place = (place + 1) & mask


cdef inline void add(Sum *total, const Gain *gain, double frequency) noexcept nogil:
    cdef int label
    for label in range(LABELS):
        total.weights[label] += frequency * gain.weights[label]
    total.square += frequency * frequency * gain.square


cdef inline void finish(const Sum *total, double *row) noexcept nogil:
    cdef int label
    cdef double norm
    if total.square > 0:
        norm = sqrt(total.square)
        for label in range(LABELS):
            row[label] += total.weights[label] / norm


cdef void hash_tokens(Scratch *scratch, const Tables *model, size_t tokens) noexcept nogil:
    cdef size_t number
    cdef Token *token
    cdef const unsigned char *text
    for number in range(tokens):
        token = &scratch.tokens[number]
        text = scratch.text + token.start
        read_head(text, token.size, token.head)
        read_head(text, token.prefix_size, token.prefix_head)
        token.hash = hash_of(text, token.size, token.head)
        token.prefix_hash = hash_of(text, token.prefix_size, token.prefix_head)
        fetch(&model.words.slots[token.hash & model.words.mask])
        fetch(&model.prefixes.slots[token.prefix_hash & model.prefixes.mask])


cdef void look_up(Scratch *scratch, const Tables *model, size_t tokens) noexcept nogil:
    """Second pass."""
    cdef size_t number
    cdef Token *token
    cdef Token *last = NULL
    cdef const unsigned char *text
    for number in range(tokens):
        token = &scratch.tokens[number]
        text = scratch.text + token.start
        token.word = find_token(&model.words, text, token.size, token.head, token.hash)
        token.prefix = find_token(&model.prefixes, text, token.prefix_size, token.prefix_head, token.prefix_hash)
        if last != NULL:
            fetch(&model.word_pairs.slots[pair_place(&model.word_pairs, pair_key(last.word, token.word))])
            fetch(&model.prefix_pairs.slots[pair_place(&model.prefix_pairs, pair_key(last.prefix, token.prefix))])
        last = token


cdef Outcome count_features(Scratch *scratch, const Tables *model, size_t tokens, size_t *ends) noexcept nogil:
    """Third pass: count words, pairs of words, prefixes, pairs of prefixes; each kind ends at its place of `ends`."""
    cdef size_t number, used = 0, size = 64
    cdef int kind
    cdef uint32_t feature
    cdef const Token *token
    while size < 2 * tokens:
        size *= 2
    if not grow(<void **>&scratch.places, &scratch.place_size, size, sizeof(uint32_t)):
        return NO_MEMORY
    if not grow(<void **>&scratch.counts, &scratch.count_size, 4 * tokens, sizeof(Count)):
        return NO_MEMORY
    for kind in range(4):
        memset(scratch.places, 0, size * sizeof(uint32_t))
        for number in range(kind & 1, tokens):
            token = &scratch.tokens[number]
            if kind == 0:
                feature = token.word
            elif kind == 1:
                feature = find_pair(&model.word_pairs, pair_key((token - 1).word, token.word))
            elif kind == 2:
                feature = token.prefix
            else:
                feature = find_pair(&model.prefix_pairs, pair_key((token - 1).prefix, token.prefix))
            if feature != ABSENT:
                count(scratch, size - 1, ends[kind - 1] if kind else 0, &used, feature)
        ends[kind] = used
    return SCORED


cdef bint total(Scratch *scratch, const Tables *model, const size_t *ends, double *row) noexcept nogil:
    """Fourth pass: add up; return whether any feature was known."""
    cdef Sum words, prefixes, vocabulary
    cdef size_t number
    cdef double frequency
    cdef const Count *found
    memset(&words, 0, sizeof(Sum))
    memset(&prefixes, 0, sizeof(Sum))
    memset(&vocabulary, 0, sizeof(Sum))
    for number in range(ends[3]):
        found = &scratch.counts[number]
        frequency = 1 if found.count == 1 else 1 + log(found.count)
        if number < ends[0]:
            add(&words, &model.word_gains.tokens[found.feature], frequency)
            add(&vocabulary, &model.vocabulary_gains.tokens[found.feature], frequency)
        elif number < ends[1]:
            add(&words, &model.word_gains.pairs[found.feature], frequency)
        elif number < ends[2]:
            add(&prefixes, &model.prefix_gains.tokens[found.feature], frequency)
        else:
            add(&prefixes, &model.prefix_gains.pairs[found.feature], frequency)
    finish(&words, row)
    finish(&prefixes, row)
    finish(&vocabulary, row)
    return words.square > 0 or prefixes.square > 0 or vocabulary.square > 0


cdef Outcome score(
    Scratch *scratch, const Tables *model, int kind, const void *data, Py_ssize_t length, double *row
) noexcept nogil:
    """Write the decision values of one sentence, or NaN where it holds no known feature."""
    cdef size_t tokens = 0
    cdef size_t ends[4]
    cdef int label
    cdef Outcome outcome = cut(scratch, model.lowered, model.prefix_length, kind, data, length, &tokens)
    if outcome != SCORED:
        return outcome
    hash_tokens(scratch, model, tokens)
    look_up(scratch, model, tokens)
    if count_features(scratch, model, tokens, ends) == NO_MEMORY:
        return NO_MEMORY
    memcpy(row, model.intercept, LABELS * sizeof(double))
    if not total(scratch, model, ends, row):
        for label in range(LABELS):
            row[label] = NAN
    return SCORED


cdef void *zeros(size_t count, size_t size) except NULL:
    cdef void *memory = calloc(count + 1, size)
    if memory == NULL:
        raise MemoryError
    return memory


cdef void fill_tokens(Tokens *table, tokens) except *:
    """Enter each token under its hash; `text` holds all of them, one after the other."""
    cdef bytes text = "".join(tokens).encode()
    cdef bytes token
    cdef Slot *slot
    cdef uint64_t size = 64, place
    cdef uint32_t number = 0, start = 0
    cdef uint64_t head[2]
    while size < 2 * <uint64_t>len(tokens):
        size *= 2
    table.text = <unsigned char *>zeros(len(text) + HEAD, 1)
    memcpy(table.text, <const unsigned char *>text, len(text))
    table.slots = <Slot *>zeros(size, sizeof(Slot))
    table.mask = size - 1
    for token in [each.encode() for each in tokens]:
        read_head(table.text + start, len(token), head)
        place = hash_of(table.text + start, len(token), head) & table.mask
        while table.slots[place].used:
            place = (place + 1) & table.mask
        slot = &table.slots[place]
        slot.head[0], slot.head[1] = head[0], head[1]
        slot.start, slot.size, slot.token, slot.used = start, len(token), number, 1
        start += len(token)
        number += 1


cdef void fill_pairs(Pairs *table, const uint32_t[:, ::1] pairs) except *:
    cdef uint64_t size = 64, place, key
    cdef Py_ssize_t number
    table.shift = 64 - 6
    while size < 2 * <uint64_t>len(pairs):
        size *= 2
        table.shift -= 1
    table.slots = <PairSlot *>zeros(size, sizeof(PairSlot))
    table.mask = size - 1
    for place in range(size):
        table.slots[place].key = no_pair()
    for number in range(len(pairs)):
        key = pair_key(pairs[number, 0], pairs[number, 1])
        place = pair_place(table, key)
        while table.slots[place].key != no_pair():
            place = (place + 1) & table.mask
        table.slots[place].key, table.slots[place].feature = key, number


cdef Gain *gains_of(const double[::1] idf, const double[:, ::1] coefficients) except NULL:
    cdef Gain *gains = <Gain *>zeros(len(idf), sizeof(Gain))
    cdef Py_ssize_t number
    cdef int label
    for number in range(len(idf)):
        gains[number].square = idf[number] * idf[number]
        for label in range(LABELS):
            gains[number].weights[label] = idf[number] * coefficients[number, label]
    return gains


cdef void fill_block(Block *block, arrays) except *:
    block.tokens = gains_of(arrays.idf, arrays.coefficients)
    block.pairs = gains_of(arrays.pair_idf, arrays.pair_coefficients)


cdef class Kernel:
    """The tables of one model; never changes, so threads may share it.

    Parameters
    ----------
    weights
        A `model.weights.Weights`, already checked.
    """

    cdef Tables model

    def __cinit__(self, weights):
        cdef int code
        for code in range(128):
            self.model.lowered[code] = ord(chr(code).lower()) if chr(code).isalnum() or code == ord("_") else 0
        for code in range(LABELS):
            self.model.intercept[code] = weights.intercept[code]
        self.model.prefix_length = weights.prefix_length
        fill_tokens(&self.model.words, weights.word_list)
        fill_tokens(&self.model.prefixes, weights.prefix_list)
        fill_pairs(&self.model.word_pairs, weights.words.pairs)
        fill_pairs(&self.model.prefix_pairs, weights.prefixes.pairs)
        fill_block(&self.model.word_gains, weights.words)
        fill_block(&self.model.prefix_gains, weights.prefixes)
        fill_block(&self.model.vocabulary_gains, weights.vocabulary)

    def __dealloc__(self):
        for memory in (
            <size_t>self.model.words.slots, <size_t>self.model.words.text,
            <size_t>self.model.prefixes.slots, <size_t>self.model.prefixes.text,
            <size_t>self.model.word_pairs.slots, <size_t>self.model.prefix_pairs.slots,
            <size_t>self.model.word_gains.tokens, <size_t>self.model.word_gains.pairs,
            <size_t>self.model.prefix_gains.tokens, <size_t>self.model.prefix_gains.pairs,
            <size_t>self.model.vocabulary_gains.tokens, <size_t>self.model.vocabulary_gains.pairs,
        ):
            free(<void *><size_t>memory)

    def decision_function(self, sentences):
        """Return decision values, shape (n, 4); NaN rows for sentences without a known feature.

        Raises
        ------
        TypeError
            If one of them isn't a string.
        MemoryError
            If there is no memory for the longest of them.
        """
        cdef list texts = list(sentences)
        cdef Py_ssize_t size = len(texts), row
        cdef Text *views = <Text *>zeros(size, sizeof(Text))
        cdef Scratch scratch
        cdef Outcome outcome = SCORED
        cdef double[:, ::1] rows
        memset(&scratch, 0, sizeof(Scratch))
        answer = np.empty((size, LABELS))
        rows = answer
        try:
            for row in range(size):
                view(&views[row], texts[row], row)
            # `texts` is a list of our own, and keeps every string alive while other threads run.
            with nogil:
                for row in range(size):
                    outcome = score(
                        &scratch, &self.model, views[row].kind, views[row].data, views[row].length, &rows[row, 0]
                    )
                    if outcome == NO_MEMORY:
                        break
                    views[row].special = outcome == NEEDS_LOWER
            for row in range(size):
                if outcome != NO_MEMORY and views[row].special:
                    # Python knows how the dotted capital I and the capital sigma are lower-cased.
                    texts[row] = texts[row].lower()
                    view(&views[row], texts[row], row)
                    outcome = score(
                        &scratch, &self.model, views[row].kind, views[row].data, views[row].length, &rows[row, 0]
                    )
            if outcome == NO_MEMORY:
                raise MemoryError("no memory for the longest sentence")
        finally:
            free(views)
            free(scratch.text)
            free(scratch.tokens)
            free(scratch.places)
            free(scratch.counts)
        return answer


cdef void view(Text *seen, text, Py_ssize_t row) except *:
    if not isinstance(text, str):
        raise TypeError(f"sentence {row} must be a string, not {type(text).__name__}")
    seen.kind, seen.length = PyUnicode_KIND(text), PyUnicode_GET_LENGTH(text)
    seen.data = PyUnicode_DATA(text)
