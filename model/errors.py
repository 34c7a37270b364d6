"""Every error that a user of the package can cause.

    ModelError
    ├── ArtifactError    a model folder is missing, damaged or not one of ours
    ├── InputError       a file, record or argument can't be used
    │   └── OutputError  a file can't be written
    └── SentenceTypeError    something other than text was given (also a TypeError)

Catch `ModelError` to catch them all. Each message is one line that names the file, line or field
and what to do.
"""

from __future__ import annotations

__all__ = ["ArtifactError", "InputError", "ModelError", "OutputError", "SentenceTypeError"]


class ModelError(Exception):
    """Base class of the errors a user can cause."""


class ArtifactError(ModelError):
    """A model folder is missing, incomplete, changed or of an unknown format."""


class InputError(ModelError):
    """A file, record or argument can't be used."""


class OutputError(InputError):
    """A file can't be written."""


class SentenceTypeError(ModelError, TypeError):
    """A sentence, article or column is not text."""
