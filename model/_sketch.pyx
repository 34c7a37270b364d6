# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""The smallest CRC-32 of each article's sentences, as `model.summary.sketch` takes them with `zlib`."""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memchr, memmove

cdef extern from "Python.h":
    const char *PyUnicode_AsUTF8AndSize(object text, Py_ssize_t *size) except NULL

cdef enum:
    SKETCH = 16

# Row n: what a byte adds that n bytes follow.
cdef uint32_t[4][256] TABLE


cdef void fill_table() noexcept:
    cdef uint32_t value, byte, row
    for byte in range(256):
        value = byte
        for row in range(8):
            value = (value >> 1) ^ (<uint32_t>0xEDB88320 if value & 1 else 0)
        TABLE[0][byte] = value
    for byte in range(256):
        for row in range(1, 4):
            TABLE[row][byte] = (TABLE[row - 1][byte] >> 8) ^ TABLE[0][TABLE[row - 1][byte] & 255]


cdef uint32_t crc(const uint8_t *data, Py_ssize_t size) noexcept nogil:
    cdef uint32_t value = ~<uint32_t>0
    while size >= 4:
        value ^= data[0] | <uint32_t>data[1] << 8 | <uint32_t>data[2] << 16 | <uint32_t>data[3] << 24
        value = (
            TABLE[3][value & 255] ^ TABLE[2][(value >> 8) & 255] ^ TABLE[1][(value >> 16) & 255] ^ TABLE[0][value >> 24]
        )
        data += 4
        size -= 4
    while size:
        value = (value >> 8) ^ TABLE[0][(value ^ data[0]) & 255]
        data += 1
        size -= 1
    return ~value


cdef int insert(uint32_t *smallest, int count, uint32_t value) noexcept nogil:
    """Keep the smallest different values, in order; return how many there are."""
    cdef int place = count
    while place and smallest[place - 1] > value:
        place -= 1
    if place == SKETCH or (place and smallest[place - 1] == value):
        return count
    count += count < SKETCH
    memmove(&smallest[place + 1], &smallest[place], (count - 1 - place) * sizeof(uint32_t))
    smallest[place] = value
    return count


def sketches(list sentences, list sizes):
    """Return the sketch of each article, given all sentences and their number in each."""
    cdef uint32_t[SKETCH] smallest
    cdef int count, place
    cdef Py_ssize_t row = 0, index, length, size
    cdef const char *data
    cdef str text
    cdef list answer = []
    for size in sizes:
        count = 0
        for index in range(row, row + size):
            text = sentences[index]
            data = PyUnicode_AsUTF8AndSize(text, &length)
            if memchr(data, c"\n", length):
                text = " ".join(text.split())
                data = PyUnicode_AsUTF8AndSize(text, &length)
            count = insert(smallest, count, crc(<const uint8_t *>data, length))
        row += size
        answer.append([smallest[place] for place in range(count)])
    return answer


fill_table()
