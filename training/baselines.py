"""Two baselines that any model must beat: nothing at all, and a list of keywords."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from model.labels import LABELS
from training.metrics import Flags

__all__ = ["all_none", "keywords"]

_KEYWORDS = {
    "layoff": r"lay[- ]?offs?|laid off|redundan\w+|job cuts|job losses|jobs? (?:are|will be)? ?(?:cut|lost|go)"
    r"|cut(?:ting)? (?:[\w,.]+ ){0,3}(?:jobs|staff|posts|positions|workers)|axe[ds]?|shed(?:ding)? (?:\w+ ){0,3}jobs"
    r"|clos(?:e|es|ed|ing|ure) (?:of )?(?:its|the|a|\w+) ?(?:plant|factory|store|site|mill|mine)|furlough\w*"
    r"|severance|workforce by",
    "investment": r"invest(?:s|ed|ing|ment|ments)?|new (?:plant|factory|jobs|line)|create (?:[\w,.]+ ){0,3}jobs"
    r"|expan(?:d|sion)\w*|hir(?:e|ing)|build a|research",
    "political_response": r"government|ministers?|mayor|governor|senator|congress\w*|parliament|president (?!of)|MPs?"
    r"|council|chancellor|treasury|commission|white house|secretary",
    "cause": r"because|due to|blam\w+|amid|weak\w*|slump\w*|fall(?:ing)? (?:in )?(?:sales|demand)|loss(?:es)?"
    r"|costs?|decline\w*|tariffs?|pandemic|recession|competition",
}
_PATTERNS = {label: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for label, pattern in _KEYWORDS.items()}


def all_none(sentences: Sequence[str]) -> Flags:
    """Predict no label for any sentence: shape (n, 4), all False."""
    return np.zeros((len(sentences), len(LABELS)), dtype=bool)


def keywords(sentences: Sequence[str]) -> Flags:
    """Predict a label wherever one of its keywords stands: shape (n, 4)."""
    return np.array(
        [[_PATTERNS[label].search(sentence) is not None for label in LABELS] for sentence in sentences], dtype=bool
    )
