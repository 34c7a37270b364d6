"""Everything that the service can be told, and how its processes tell each other."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field

__all__ = ["SETTINGS_VARIABLE", "TOKEN_VARIABLE", "ServiceSettings"]

TOKEN_VARIABLE = "CLASSIFY_NEWS_TOKEN"  # noqa: S105 - the name of a variable
SETTINGS_VARIABLE = "CLASSIFY_NEWS_SETTINGS"
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ServiceSettings:
    """Settings of the service.

    Attributes
    ----------
    artifact
        Model folder; None for the shipped one.
    corrections
        File that corrections are added to; None if none are taken.
    hosts
        Names that a request may call this machine by, where no token is asked for.
    maximum_megabytes
        Largest body of a request.
    maximum_sentences
        Most sentences of one request.
    maximum_characters
        Longest sentence of ``/v1/sentences``, ``/v1/explain`` and ``/v1/corrections``.
    concurrent
        Most requests that are worked on at once, in each process.
    seconds, upload_seconds
        Longest time a request is worked on, and waited for.
    access_log
        Whether a line for each request is written to stderr.
    token
        What clients must send; None if nothing. It comes from the environment, never from `text`.
    """

    artifact: str | None = None
    corrections: str | None = None
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    maximum_megabytes: float = 2.0
    maximum_sentences: int = 5000
    maximum_characters: int = 20_000
    concurrent: int = 32
    seconds: float = 30.0
    upload_seconds: float = 15.0
    access_log: bool = True
    token: str | None = field(default=None, repr=False)

    @property
    def maximum_bytes(self) -> int:
        """Largest body in bytes."""
        return int(self.maximum_megabytes * _MEGABYTE)

    def text(self) -> str:
        """Return all but the token as JSON."""
        return json.dumps(asdict(self) | {"token": None})

    @classmethod
    def from_environment(cls) -> ServiceSettings:
        """Return the settings that `text` wrote into the environment, with the token that stands there."""
        values = json.loads(os.environ.get(SETTINGS_VARIABLE, "{}"))
        values |= {"token": os.environ.get(TOKEN_VARIABLE) or None}
        if "hosts" in values:
            values["hosts"] = tuple(values["hosts"])
        return cls(**values)
