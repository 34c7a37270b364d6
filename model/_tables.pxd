# cython: language_level=3
"""Hash tables of tokens and of pairs of tokens, with linear probing.

A token is compared whole: its length, its first 16 bytes, which stand in the table itself so that most
look-ups touch one cache line, and the rest, if there is any, in `text`. A pair is two places in a list
of tokens, so equal keys are equal pairs.
"""

from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

cdef enum:
    HEAD = 16

cdef enum:
    ABSENT = 0xFFFFFFFF

cdef struct Slot:
    uint64_t head[2]
    uint32_t start, size
    uint32_t token
    uint32_t used

cdef struct Tokens:
    Slot *slots
    uint64_t mask
    unsigned char *text

cdef struct PairSlot:
    uint64_t key
    uint64_t feature

cdef struct Pairs:
    PairSlot *slots
    int shift
    uint64_t mask


cdef inline uint64_t no_pair() noexcept nogil:
    """The key of an empty slot; also that of a pair of unknown tokens, so slots are tested for it first."""
    return 0xFFFFFFFFFFFFFFFF


cdef inline uint64_t mixed(uint64_t value) noexcept nogil:
    value ^= value >> 32
    value *= <uint64_t>0x9E3779B97F4A7C15
    return value ^ (value >> 29)


cdef inline uint64_t hash_of(const unsigned char *text, size_t size, const uint64_t *head) noexcept nogil:
    cdef uint64_t value = mixed(head[0] ^ size), part
    cdef size_t place = HEAD
    if size > 8:
        value = mixed(value ^ head[1])
    while place < size:
        part = 0
        memcpy(&part, text + place, min(<size_t>8, size - place))
        value = mixed(value ^ part)
        place += 8
    return value


cdef inline void read_head(const unsigned char *text, size_t size, uint64_t *head) noexcept nogil:
    """Copy the first 16 bytes of a token, zeros where it is shorter; 16 bytes must be readable."""
    memcpy(head, text, HEAD)
    if size < 8:
        head[0] &= ((<uint64_t>1) << (8 * size)) - 1
        head[1] = 0
    elif size == 8:
        head[1] = 0
    elif size < HEAD:
        head[1] &= ((<uint64_t>1) << (8 * (size - 8))) - 1


cdef inline uint32_t find_token(
    const Tokens *table, const unsigned char *text, size_t size, const uint64_t *head, uint64_t hash
) noexcept nogil:
    """Return the place of a token in its list, or ABSENT; all its bytes are compared."""
    cdef uint64_t place = hash & table.mask
    cdef const Slot *slot
    while True:
        slot = &table.slots[place]
        if not slot.used:
            return ABSENT
        if slot.head[0] == head[0] and slot.head[1] == head[1] and slot.size == size and (
            size <= HEAD or memcmp(table.text + slot.start + HEAD, text + HEAD, size - HEAD) == 0
        ):
            return slot.token
        place = (place + 1) & table.mask


cdef inline uint64_t pair_place(const Pairs *table, uint64_t key) noexcept nogil:
    return mixed(key) >> table.shift


cdef inline uint32_t find_pair(const Pairs *table, uint64_t key) noexcept nogil:
    cdef uint64_t place = pair_place(table, key)
    while True:
        if table.slots[place].key == no_pair():
            return ABSENT
        if table.slots[place].key == key:
            return <uint32_t>table.slots[place].feature
        place = (place + 1) & table.mask


cdef inline uint64_t pair_key(uint32_t first, uint32_t second) noexcept nogil:
    return (<uint64_t>first << 32) | second
