"""Errors as ``application/problem+json`` (RFC 9457), which name the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["ProblemError", "on_http_error", "on_problem", "problem", "validation_problem"]

_MOST_ERRORS = 10


class ProblemError(Exception):
    """A request that can't be answered.

    Parameters
    ----------
    status
        HTTP status.
    detail
        One sentence on what is wrong and what to do.
    errors
        Fields and what is wrong with each.
    """

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.errors = errors or []


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem as a response."""
    content: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    content["detail"] = detail
    if errors:
        content["errors"] = errors
    return Response(json.dumps(content), status, headers, "application/problem+json")


def validation_problem(error: ValidationError) -> ProblemError:
    """Return what pydantic found as a problem with status 422 that names each field."""
    errors = [
        {"field": ".".join(map(str, each["loc"])) or "body", "message": each["msg"]}
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_ERRORS]
    ]
    return ProblemError(422, f"{errors[0]['field']}: {errors[0]['message']}", errors)


async def on_problem(_: Request, error: Exception) -> Response:
    """Answer a `ProblemError`."""
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this class
    return problem(error.status, str(error), error.errors)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an error of the framework, such as an unknown path."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    detail = {404: f"no such path: {request.url.path}", 405: f"{request.method} isn't answered at this path"}
    return problem(error.status_code, detail.get(error.status_code, error.detail), None, error.headers)
