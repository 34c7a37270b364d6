# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Rows of CSV and JSON Lines from columns, the same bytes that `csv` and `json` would write; see `model.formats`."""

from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

cdef extern from "Python.h":
    const char *PyUnicode_AsUTF8AndSize(object text, Py_ssize_t *size) except NULL
    char *PyBytes_AS_STRING(object data)
    Py_ssize_t PyBytes_GET_SIZE(object data)

cdef enum:
    LABELS = 4
    FIELDS = 12
    MOST_DIGITS = 24
    MILLION = 1_000_000
    # A control character of JSON takes six.
    LARGEST_GROWTH = 6

cdef struct Buffer:
    char *data
    size_t size, room


cdef bint reserve(Buffer *out, size_t more) except -1:
    cdef char *new
    if out.size + more > out.room:
        out.room = 2 * (out.size + more)
        new = <char *>realloc(out.data, out.room)
        if new == NULL:
            raise MemoryError("no memory for the rows")
        out.data = new
    return True


cdef bint put(Buffer *out, const char *data, size_t size) except -1:
    reserve(out, size)
    memcpy(out.data + out.size, data, size)
    out.size += size
    return True


cdef bint put_bytes(Buffer *out, object data) except -1:
    return put(out, PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))


cdef bint put_number(Buffer *out, int64_t number) except -1:
    """Write a whole number, 0 or more."""
    cdef char digits[MOST_DIGITS]
    cdef int place = MOST_DIGITS
    while place == MOST_DIGITS or number:
        place -= 1
        digits[place] = c"0" + number % 10
        number //= 10
    return put(out, digits + place, MOST_DIGITS - place)


cdef bint put_probability(Buffer *out, uint32_t millionths) except -1:
    """Write a number of millionths as Python writes the float."""
    cdef char digits[8]
    cdef int place, last = 8
    if millionths == MILLION:
        return put(out, b"1.0", 3)
    if millionths == 0:
        return put(out, b"0.0", 3)
    if millionths < 10:
        put_number(out, millionths)
        return put(out, b"e-06", 4)
    if millionths < 100:
        put_number(out, millionths // 10)
        if millionths % 10:
            put(out, b".", 1)
            put_number(out, millionths % 10)
        return put(out, b"e-05", 4)
    for place in range(7, 1, -1):
        digits[place] = c"0" + millionths % 10
        millionths //= 10
    digits[0], digits[1] = c"0", c"."
    while digits[last - 1] == c"0":
        last -= 1
    return put(out, digits, last)


cdef bint put_cell(Buffer *out, str text) except -1:
    """Write a cell of CSV, in quotation marks where it must be; a formula gets an apostrophe."""
    cdef Py_ssize_t size, place
    cdef const char *data = PyUnicode_AsUTF8AndSize(text, &size)
    cdef char character
    cdef bint quoted = False
    cdef bint formula = size > 0 and data[0] in (c"=", c"+", c"-", c"@", c"\t", c"\r")
    cdef char *end
    for place in range(size):
        character = data[place]
        if character == c"," or character == c'"' or character == c"\n" or character == c"\r":
            quoted = True
            break
    reserve(out, 2 * size + 3)
    end = out.data + out.size
    if quoted:
        end[0] = c'"'
        end += 1
    if formula:
        end[0] = c"'"
        end += 1
    if not quoted:
        memcpy(end, data, size)
        end += size
    else:
        for place in range(size):
            character = data[place]
            if character == c'"':
                end[0] = c'"'
                end += 1
            end[0] = character
            end += 1
        end[0] = c'"'
        end += 1
    out.size = end - out.data
    return True


cdef bint put_string(Buffer *out, str text) except -1:
    """Write a string of JSON."""
    cdef Py_ssize_t size, place, first = 0
    cdef const char *data = PyUnicode_AsUTF8AndSize(text, &size)
    cdef const char *hexadecimal = b"0123456789abcdef"
    cdef unsigned char character
    cdef char escape
    cdef char code[6]
    reserve(out, LARGEST_GROWTH * size + 2)
    put(out, b'"', 1)
    for place in range(size):
        character = data[place]
        if character >= 32 and character != c'"' and character != c"\\":
            continue
        put(out, data + first, place - first)
        first = place + 1
        escape = 0
        if character == c'"' or character == c"\\":
            escape = character
        elif character == c"\n":
            escape = c"n"
        elif character == c"\r":
            escape = c"r"
        elif character == c"\t":
            escape = c"t"
        elif character == 8:
            escape = c"b"
        elif character == 12:
            escape = c"f"
        code[0], code[1] = c"\\", escape
        if escape:
            put(out, code, 2)
        else:
            code[1], code[2], code[3] = c"u", c"0", c"0"
            code[4], code[5] = hexadecimal[character >> 4], hexadecimal[character & 15]
            put(out, code, 6)
    put(out, data + first, size - first)
    return put(out, b'"', 1)


def encode_rows(style, list articles, columns, kept):
    """Return the rows of some articles as bytes.

    Parameters
    ----------
    style
        A `model.formats.RowStyle`.
    articles, columns
        Ids, and the `model.columns.Columns` of these articles.
    kept
        Which sentences get a row, boolean, shape (n,).
    """
    cdef bint json = style.json
    cdef list before = style.before, decided_names = style.decided, label_names = style.labels
    cdef list names_of_choice = style.choices
    cdef bytes end = style.end
    cdef list sizes = columns.sizes, sentences = columns.texts, spans = columns.spans
    cdef const uint8_t[::1] keep = kept.view("uint8"), decided = columns.verdicts.decided.view("uint8")
    cdef const uint8_t[::1] primary = columns.verdicts.primary, choice = columns.verdicts.choice
    cdef const uint32_t[:, ::1] millionths = columns.verdicts.millionths()
    cdef Buffer out
    cdef Buffer name
    cdef Py_ssize_t row = 0, article, index, size
    cdef int field
    cdef tuple span
    out.data, out.size, out.room = NULL, 0, 0
    name.data, name.size, name.room = NULL, 0, 0
    try:
        for article in range(len(articles)):
            name.size = 0
            if json:
                put_string(&name, articles[article])
            else:
                put_cell(&name, articles[article])
            size = sizes[article]
            for index in range(size):
                if keep[row]:
                    span = spans[row]
                    put_bytes(&out, before[0])
                    put(&out, name.data, name.size)
                    put_bytes(&out, before[1])
                    put_number(&out, index)
                    put_bytes(&out, before[2])
                    put_number(&out, span[0])
                    put_bytes(&out, before[3])
                    put_number(&out, span[1])
                    put_bytes(&out, before[4])
                    if json:
                        put_string(&out, sentences[row])
                    else:
                        put_cell(&out, sentences[row])
                    put_bytes(&out, before[5])
                    put_bytes(&out, label_names[primary[row]])
                    put_bytes(&out, before[6])
                    put_bytes(&out, names_of_choice[choice[row]])
                    put_bytes(&out, before[7])
                    put_bytes(&out, decided_names[decided[row]])
                    for field in range(LABELS):
                        put_bytes(&out, before[FIELDS - LABELS + field])
                        put_probability(&out, millionths[row, field])
                    put_bytes(&out, end)
                row += 1
        return out.data[:out.size] if out.size else b""
    finally:
        free(out.data)
        free(name.data)
