"""The four labels, their order, and the two ways they are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from model.errors import InputError

__all__ = ["CHOICES", "LABELS", "NAMES", "NONE", "join_labels", "labels_in", "split_labels"]

LABELS: tuple[str, ...] = ("layoff", "investment", "political_response", "cause")
NONE = "none"
NAMES: tuple[str, ...] = (*LABELS, NONE)
"""What a primary label may be; `NONE` comes last."""

CHOICES: tuple[tuple[str, ...], ...] = tuple(
    tuple(label for label, held in zip(LABELS, flags[::-1], strict=True) if held)
    for flags in product((False, True), repeat=len(LABELS))
)
"""Every choice of labels; that of place ``sum(2**n)`` over the places n of its labels."""


def join_labels(labels: Iterable[str]) -> str:
    """Write labels as one field, in the order of `LABELS`.

    >>> join_labels(["cause", "layoff"])
    'layoff;cause'
    >>> join_labels([])
    'none'
    """
    held = set(labels)
    return ";".join(label for label in LABELS if label in held) or NONE


def split_labels(field: str) -> tuple[str, ...]:
    """Read a field written by `join_labels`.

    Raises
    ------
    ValueError
        If a label is unknown, stands twice, or stands beside `none`.

    Examples
    --------
    >>> split_labels("cause; layoff")
    ('layoff', 'cause')
    >>> split_labels("none")
    ()
    """
    names = [name.strip() for name in field.split(";")]
    if names == [NONE]:
        return ()
    if NONE in names:
        raise ValueError(f"{NONE!r} stands beside another label in {field!r}")
    for name in names:
        if name not in LABELS:
            raise ValueError(f"unknown label {name!r} (use {', '.join(LABELS)} or {NONE})")
    if len(set(names)) < len(names):
        raise ValueError(f"a label stands twice in {field!r}")
    return tuple(label for label in LABELS if label in names)


def labels_in(record: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
    """Read a field of a JSON object that must be a list of labels; `place` stands in the message of the error.

    Raises
    ------
    InputError
        If it is something else, or as `split_labels`.
    """
    value = record.get(field)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InputError(f"{place}: field {field!r} must be a list of labels")
    try:
        return split_labels(";".join(value)) if value else ()
    except ValueError as error:
        raise InputError(f"{place}: field {field!r}: {error}") from None
