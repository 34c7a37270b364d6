"""The whole model as plain arrays: `weights.npz`, which holds no pickle and needs no scikit-learn.

Features come in three blocks, each normalised by itself: words and their bigrams, prefixes of words
and their bigrams, and the vocabulary of the word vectors (words alone). Every word that any of them
knows stands once in one list, as does every prefix; bigrams are pairs of places in these lists.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from model.labels import LABELS

__all__ = ["Block", "Weights", "read_weights", "weights_bytes"]

_END = "\n"


@dataclass(frozen=True)
class Block:
    """Features that are normalised together.

    Attributes
    ----------
    idf
        Inverse document frequency of each token of the list, shape (t,); 0 where the token alone is no feature.
    coefficients
        Of each token, shape (t, 4), columns in label order.
    pairs
        Bigrams, as places of their two tokens in the list, shape (b, 2).
    pair_idf, pair_coefficients
        The same of each bigram, shapes (b,) and (b, 4).
    """

    idf: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    pairs: NDArray[np.uint32]
    pair_idf: NDArray[np.float64]
    pair_coefficients: NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """Everything between a sentence and its decision values.

    `tokens` of `words` and `vocabulary` are the same list; those of `prefixes` are the first
    `prefix_length` characters of words. `intercept` has shape (4,).
    """

    word_list: tuple[str, ...]
    prefix_list: tuple[str, ...]
    prefix_length: int
    words: Block
    prefixes: Block
    vocabulary: Block
    intercept: NDArray[np.float64]


_BLOCKS = ("words", "prefixes", "vocabulary")


def weights_bytes(weights: Weights) -> bytes:
    """Return the content of `weights.npz`, the same for the same weights."""
    arrays: dict[str, NDArray[np.generic]] = {
        "word_list": _packed(weights.word_list),
        "prefix_list": _packed(weights.prefix_list),
        "prefix_length": np.array(weights.prefix_length),
        "intercept": weights.intercept,
    }
    for name in _BLOCKS:
        block = getattr(weights, name)
        arrays |= {f"{name}.{field.name}": getattr(block, field.name) for field in fields(Block)}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def read_weights(data: bytes) -> Weights:
    """Read the content of `weights.npz`, checked field by field.

    Raises
    ------
    ValueError
        If it is damaged, or a field is missing or wrong; the message names it.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, OSError, EOFError, KeyError) as error:
        raise ValueError(f"not a readable npz file ({error})") from None
    try:
        words, prefixes = _unpacked(arrays, "word_list"), _unpacked(arrays, "prefix_list")
        if arrays["vocabulary.pairs"].size:
            raise ValueError("'vocabulary.pairs' must be empty")
        return Weights(
            word_list=words,
            prefix_list=prefixes,
            prefix_length=_positive(arrays, "prefix_length"),
            words=_block(arrays, "words", len(words)),
            prefixes=_block(arrays, "prefixes", len(prefixes)),
            vocabulary=_block(arrays, "vocabulary", len(words)),
            intercept=_floats(arrays, "intercept", (len(LABELS),)),
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is missing") from None


def _packed(tokens: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.frombuffer(_END.join(tokens).encode(), dtype=np.uint8)


def _unpacked(arrays: dict[str, NDArray[np.generic]], name: str) -> tuple[str, ...]:
    array = arrays[name]
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError(f"{name!r} must be bytes")
    text = array.tobytes().decode()
    tokens = tuple(text.split(_END)) if text else ()
    if len(set(tokens)) != len(tokens) or "" in tokens:
        raise ValueError(f"{name!r} must hold different words")
    return tokens


def _positive(arrays: dict[str, NDArray[np.generic]], name: str) -> int:
    array = arrays[name]
    if array.dtype.kind != "i" or array.shape != () or int(array) < 1:
        raise ValueError(f"{name!r} must be a positive whole number")
    return int(array)


def _block(arrays: dict[str, NDArray[np.generic]], name: str, tokens: int) -> Block:
    pairs = arrays[f"{name}.pairs"]
    if pairs.dtype != np.uint32 or pairs.ndim != 2 or pairs.shape[1] != 2:  # noqa: PLR2004 - a bigram has two tokens
        raise ValueError(f"'{name}.pairs' must have shape (b, 2) and type uint32")
    if pairs.size and pairs.max() >= tokens:
        raise ValueError(f"'{name}.pairs' names a token that isn't in the list")
    return Block(
        idf=_floats(arrays, f"{name}.idf", (tokens,)),
        coefficients=_floats(arrays, f"{name}.coefficients", (tokens, len(LABELS))),
        pairs=np.ascontiguousarray(pairs, dtype=np.uint32),
        pair_idf=_floats(arrays, f"{name}.pair_idf", (len(pairs),)),
        pair_coefficients=_floats(arrays, f"{name}.pair_coefficients", (len(pairs), len(LABELS))),
    )


def _floats(arrays: dict[str, NDArray[np.generic]], name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    array = arrays[name]
    if array.dtype != np.float64 or array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{name!r} must hold finite numbers of shape {shape}")
    return np.ascontiguousarray(array, dtype=np.float64)
