"""Labels for sentences of restructuring news: layoff, investment, political response, cause.

>>> from model import Predictor
>>> predictor = Predictor.load()
>>> predictor.predict(["The company said it would cut about 600 jobs."])[0].labels
('layoff',)
"""

from __future__ import annotations

from model.errors import ArtifactError, InputError, ModelError, SentenceTypeError
from model.labels import LABELS, NONE
from model.prediction import Prediction
from model.predictor import Predictor
from model.version import __version__

__all__ = [
    "LABELS",
    "NONE",
    "ArtifactError",
    "InputError",
    "ModelError",
    "Prediction",
    "Predictor",
    "SentenceTypeError",
    "__version__",
]
