"""Open `pipeline.joblib` without letting it run code.

A pickle names the functions and classes it wants to call. This reader knows the few that a stock
scikit-learn TF-IDF and linear pipeline needs, and refuses all others before they are imported.
There is no switch that turns this off.
"""

from __future__ import annotations

import io
import zlib
from typing import Any

from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler

from model.errors import ArtifactError

__all__ = ["load_checked"]

_ALLOWED: dict[str, frozenset[str]] = {
    "sklearn.pipeline": frozenset({"Pipeline", "FeatureUnion"}),
    "sklearn.feature_extraction.text": frozenset({"TfidfVectorizer", "TfidfTransformer"}),
    "sklearn.linear_model._logistic": frozenset({"LogisticRegression"}),
    "sklearn.multiclass": frozenset({"OneVsRestClassifier"}),
    "sklearn.preprocessing._label": frozenset({"LabelBinarizer"}),
    "scipy.sparse._csr": frozenset({"csr_array", "csr_matrix"}),
    "scipy.sparse._dia": frozenset({"dia_array", "dia_matrix"}),
    "numpy": frozenset({"dtype", "ndarray", "float64", "int64"}),
    "numpy._core.multiarray": frozenset({"_reconstruct", "scalar"}),
}
_ZLIB_START = b"\x78"


class _PlainArray(NumpyArrayWrapper):  # type: ignore[misc]  # joblib has no types
    """An array stored beside the pickle; one of Python objects would be a second, unchecked pickle."""

    def read_array(self, unpickler: Any, ensure_native_byte_order: bool) -> Any:  # noqa: FBT001 - as joblib calls it
        if self.dtype.hasobject:
            raise ArtifactError("refused, it holds an array of Python objects")
        return super().read_array(unpickler, ensure_native_byte_order)


class _CheckedUnpickler(NumpyUnpickler):  # type: ignore[misc]  # joblib has no types
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
            return _PlainArray
        if name not in _ALLOWED.get(module, ()):
            raise ArtifactError(f"refused, it asks for {module}.{name}, which no model of ours holds")
        return super().find_class(module, name)


def load_checked(data: bytes, name: str) -> Any:
    """Build the object in a joblib file.

    Parameters
    ----------
    data
        The bytes of the file, whose sha256 has been compared already.
    name
        The file's name, for messages.

    Raises
    ------
    ArtifactError
        If the file names anything that isn't on the list, or is damaged.
    """
    try:
        raw = zlib.decompress(data) if data[:1] == _ZLIB_START else data
        return _CheckedUnpickler(name, io.BytesIO(raw), ensure_native_byte_order=False).load()
    except ArtifactError as error:
        raise ArtifactError(f"{name}: {error}; get the file again from a source you trust") from None
    except Exception as error:
        raise ArtifactError(f"{name}: not a readable joblib file ({error}); train again") from error
