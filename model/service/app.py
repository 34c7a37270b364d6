"""The application: which path is answered by what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from model.predictor import Predictor
from model.service.answers import Answers
from model.service.guard import Guard
from model.service.metrics import Metrics
from model.service.problems import ProblemError, on_http_error, on_problem
from model.service.settings import ServiceSettings
from model.version import __version__

__all__ = ["create_app", "from_environment"]

_SMALL = 2000
_THREADS = 4
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".txt": "text/plain"}
_JSON = "application/json"

Work = Callable[[bytes], bytes]
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class _PlainRoute(APIRoute):
    """A route whose function takes the request and returns the response, with nothing between."""

    def __init__(self, path: str, endpoint: Endpoint, **options: Any) -> None:
        super().__init__(path, endpoint, **options)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            response = await endpoint(Request(scope, receive))
            await response(scope, receive, send)

        self.app = answer


def create_app(settings: ServiceSettings) -> ASGIApp:
    """Return the service as an ASGI application.

    Parameters
    ----------
    settings
        Limits, token, files.

    Raises
    ------
    ArtifactError
        If the model can't be loaded.
    """
    predictor = Predictor.load(settings.artifact)
    app = FastAPI(title="restructuring-news", version=__version__, docs_url=None, redoc_url=None)
    app.router.route_class = _PlainRoute
    metrics = Metrics([path for path, *_ in _WORK] + ["/", "/healthz", "/readyz", "/metrics"])
    answers = Answers(settings, predictor, metrics)
    pool = ThreadPoolExecutor(_THREADS, "labels")
    for path, method, name, summary, request, answer in _WORK:
        endpoint = partial(_answered, getattr(answers, name), pool, 201 if name == "correct" else 200)
        extra = _documented(name, request, answer)
        app.add_api_route(path, endpoint, methods=[method], name=name, description=summary, openapi_extra=extra)
    app.add_api_route(
        "/metrics",
        partial(_metrics, metrics),
        methods=["GET"],
        description="Figures for Prometheus",
        response_class=PlainTextResponse,
    )
    for path in ("/healthz", "/readyz"):
        app.add_api_route(path, _well, methods=["GET"], description="Whether the service lives and answers")
    _add_page(app)
    app.openapi = partial(_openapi, app, answers.schemas.components())  # type: ignore[method-assign]
    # FastAPI's own layers are left out: what they do, the guard does.
    handlers: dict[Any, Any] = {ProblemError: on_problem, HTTPException: on_http_error}
    inner = ExceptionMiddleware(app.router, handlers)

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = app
        await inner(scope, receive, send)

    return Guard(answered, settings, metrics)


def from_environment() -> ASGIApp:
    """Return the application whose settings another process left in the environment."""
    return create_app(ServiceSettings.from_environment())


async def _answered(work: Work, pool: ThreadPoolExecutor, status: int, request: Request) -> Response:
    """Answer; what takes longer than a switch to a thread is done in one, so that others aren't kept waiting."""
    body = request.scope["body"]
    if len(body) < _SMALL and status == 200:  # noqa: PLR2004 - what stores something is done in a thread
        return Response(work(body), status, media_type=_JSON)
    return Response(await asyncio.get_running_loop().run_in_executor(pool, work, body), status, media_type=_JSON)


async def _metrics(metrics: Metrics, _: Request) -> Response:
    return Response(metrics.text(), media_type="text/plain; version=0.0.4")


async def _well(_: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type=_JSON)


def _add_page(app: FastAPI) -> None:
    """Serve the files of the page from memory."""
    for file in files("model.service").joinpath("page").iterdir():
        ending = f".{file.name.rpartition('.')[2]}"
        content = partial(_file, file.read_bytes(), _TYPES[ending])
        path = "/" if file.name == "index.html" else f"/page/{file.name}"
        app.add_api_route(path, content, methods=["GET"], include_in_schema=False)
    app.add_api_route("/favicon.ico", _nothing, methods=["GET"], include_in_schema=False)


async def _file(content: bytes, kind: str, _: Request) -> Response:
    return Response(content, media_type=kind)


async def _nothing(_: Request) -> Response:
    return Response(status_code=204)


def _schema(reference: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{reference}"}


_WORK = (
    (
        "/v1/sentences",
        "POST",
        "sentences",
        "Label sentences, each alone",
        "SentencesRequest",
        ["SentenceAnswer"],
    ),
    ("/v1/articles", "POST", "articles", "Label the sentences of articles", "ArticlesRequest", ["ArticleAnswer"]),
    ("/v1/explain", "POST", "explain", "Say which words decided", "ExplainRequest", "ExplanationsAnswer"),
    ("/v1/corrections", "POST", "correct", "Store the right labels", "CorrectionRequest", "CorrectionAnswer"),
    ("/v1/model", "GET", "model", "Describe the model and the limits", None, "ModelAnswer"),
)


def _documented(name: str, request: str | None, answer: str | list[str]) -> dict[str, Any]:
    """Return what OpenAPI says of a route beside its name."""
    schema = _schema(answer) if isinstance(answer, str) else {"type": "array", "items": _schema(answer[0])}
    status = "201" if name == "correct" else "200"
    wrong = {"content": {"application/problem+json": {"schema": _schema("Problem")}}}
    texts = {"401": "A token is needed", "403": "Called by a wrong name", "429": "Too many requests at once"}
    texts |= {"503": "Took too long, or can't be stored"}
    if request:
        texts |= {"408": "The body didn't arrive", "413": "The body is too large"}
        texts |= {"415": "Not JSON", "422": "A field is wrong"}
    if name == "correct":
        texts |= {"404": "No corrections are taken"}
    responses: dict[str, Any] = {code: {"description": text, **wrong} for code, text in texts.items()}
    responses[status] = {"description": "The answer", "content": {_JSON: {"schema": schema}}}
    documented: dict[str, Any] = {"responses": responses}
    if request:
        documented["requestBody"] = {"required": True, "content": {_JSON: {"schema": _schema(request)}}}
    return documented


def _openapi(app: FastAPI, components: dict[str, Any]) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description="Labels sentences of news: layoff, investment, political response, cause.",
            routes=app.routes,
        )
        schema.setdefault("components", {}).setdefault("schemas", {}).update(components)
        schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{}, {"token": []}]
        app.openapi_schema = schema
    return app.openapi_schema
