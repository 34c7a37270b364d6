"""From bytes to text: UTF-8, UTF-16, or Windows-1252 with a warning; mojibake is told, never repaired."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from model.errors import InputError

__all__ = ["decode_text", "is_utf16", "is_writable", "looks_garbled"]

Warn = Callable[[str], None]
_SAMPLE = 4096
_SHORTEST = 4
_MOJIBAKE = re.compile("â€[™œ\x9d˜“”¦]|Ã[©¨¼¶¤±§¡³­ª]|Â[£°·«»]|ï¿½|\ufffd")
_MOJIBAKE_STARTS = "âÃÂï\ufffd"


def is_utf16(start: bytes) -> str | None:
    """Return ``utf-16``, ``utf-16-le`` or ``utf-16-be`` if these first bytes are that, else None.

    >>> is_utf16("Jobs go.".encode("utf-16-le"))
    'utf-16-le'
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = start[:_SAMPLE]
    if len(sample) < _SHORTEST:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def decode_text(data: bytes, warn: Warn) -> str:
    """Decode bytes that hold text.

    Parameters
    ----------
    data
        UTF-8 with or without byte order mark, UTF-16, or Windows-1252.
    warn
        Is called with a reason where the text was read as Windows-1252, or looks garbled.

    Raises
    ------
    InputError
        If it is none of these, or no text.

    Examples
    --------
    >>> decode_text("Société".encode("cp1252"), print)
    not UTF-8, so read as Windows-1252
    'Société'
    """
    if data.isascii() and b"\0" not in data:
        return data.decode("ascii")
    text = _decoded(data, warn)
    if "\0" in text:
        raise InputError("holds NUL bytes, so it isn't text")
    if looks_garbled(text):
        warn("looks garbled, as if it had been decoded with a wrong encoding (left as it is)")
    return text


def looks_garbled(text: str) -> bool:
    """Tell whether a text holds the traces of a wrong decoding.

    >>> looks_garbled("SociÃ©tÃ©"), looks_garbled("Société")
    (True, False)
    """
    return any(mark in text for mark in _MOJIBAKE_STARTS) and _MOJIBAKE.search(text) is not None


def is_writable(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: it holds no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(data: bytes, warn: Warn) -> str:
    wide = is_utf16(data)
    if wide:
        try:
            return data.decode(wide)
        except UnicodeDecodeError as error:
            raise InputError(f"byte {error.start} isn't UTF-16") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = error.start
    if b"\0" in data:
        raise InputError("holds NUL bytes, so it isn't text")
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise InputError(f"byte {place} is neither UTF-8 nor Windows-1252") from None
    warn("not UTF-8, so read as Windows-1252")
    return text
