"""What a model folder holds, and the only way it is opened: verified first, then read.

Nothing here opens a pickle but `Artifact.pipeline`, which is for the reference and the fallback.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import ArtifactError
from model.manifest import Manifest, parse_manifest
from model.weights import Weights, read_weights

__all__ = ["MANIFEST", "PIPELINE", "WEIGHTS", "Artifact", "default_path", "load_pipeline", "open_artifact"]

MANIFEST = "manifest.json"
PIPELINE = "pipeline.joblib"
WEIGHTS = "weights.npz"


@dataclass(frozen=True)
class Artifact:
    """A model folder whose manifest has been read and whose files have the right sha256."""

    folder: Path
    manifest: Manifest

    def read(self, name: str) -> bytes:
        """Return the bytes of a file of the folder, compared with the manifest.

        Raises
        ------
        ArtifactError
            If the file is missing, can't be read, or isn't the one that the manifest describes.
        """
        path = self.folder / name
        if name not in self.manifest.files:
            raise ArtifactError(f"{self.folder / MANIFEST}: 'files' doesn't list {name}; train again")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArtifactError(f"{path}: can't be read ({error.strerror}); install or train again") from None
        if hashlib.sha256(data).hexdigest() != self.manifest.files[name]:
            raise ArtifactError(
                f"{path}: its sha256 isn't the one in {MANIFEST} (truncated or changed?); install or train again"
            )
        return data

    def verify(self) -> None:
        """Compare every file of the folder with the manifest, but for the weights, which are compared when read.

        Raises
        ------
        ArtifactError
            As `read`, for the first file that isn't as it should be.
        """
        for name in sorted(self.manifest.files.keys() - {WEIGHTS}):
            self.read(name)

    def weights(self) -> Weights:
        """Return the model as plain arrays; no pickle is opened.

        Raises
        ------
        ArtifactError
            If the file isn't the one that the manifest describes, or one of its fields is wrong.
        """
        data = self.read(WEIGHTS)
        try:
            return read_weights(data)
        except ValueError as error:
            raise ArtifactError(f"{self.folder / WEIGHTS}: {error}; install or train again") from None

    def pipeline(self) -> Any:
        """Return the scikit-learn pipeline, as `load_pipeline` does."""
        import sklearn

        from model.unpickle import load_checked

        path = self.folder / PIPELINE
        data = self.read(PIPELINE)
        written = self.manifest.versions.get("scikit-learn", "unknown")
        if _minor(written) != _minor(sklearn.__version__):
            raise ArtifactError(
                f"{path}: written by scikit-learn {written}, but {sklearn.__version__} is installed; "
                f"run pip install scikit-learn=={written} or train again"
            )
        return load_checked(data, str(path))


def default_path() -> Path:
    """Return the folder of the model that is shipped: inside the package, or in the source tree."""
    package = Path(__file__).resolve().parent
    shipped = package / "default_artifact"
    return shipped if shipped.is_dir() else package.parent / "artifacts" / "default"


def open_artifact(path: str | Path | None = None) -> Artifact:
    """Open a model folder (None: the shipped one) and check its manifest.

    Raises
    ------
    ArtifactError
        If the folder or its manifest is missing, damaged or of another format.
    """
    folder = default_path() if path is None else Path(path)
    file = folder / MANIFEST
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise ArtifactError(f"{folder}: no model here ({MANIFEST} is missing); run python -m training.train") from None
    except OSError as error:
        raise ArtifactError(f"{file}: can't be read ({error.strerror})") from None
    except ValueError as error:
        raise ArtifactError(f"{file}: not valid JSON ({error}); install or train again") from None
    try:
        return Artifact(folder, parse_manifest(content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(f"{file}: {_reason(error)}; install or train again") from None


def load_pipeline(path: str | Path | None = None) -> Any:
    """Return the scikit-learn pipeline of a model folder (None: the shipped one).

    The file is opened only after its sha256 matched, and only stock classes are admitted.

    Raises
    ------
    ArtifactError
        If anything in the folder isn't as the manifest says, or another scikit-learn wrote it.
    """
    return open_artifact(path).pipeline()


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def _reason(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
