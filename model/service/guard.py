"""What stands before the application: who may ask, how much, how long, how many; headers and the access log."""

from __future__ import annotations

import asyncio
import hmac
import json
import sys
import time
import traceback
from collections.abc import MutableMapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model.service.deadlines import Deadlines
from model.service.metrics import Metrics
from model.service.problems import problem
from model.service.settings import ServiceSettings

__all__ = ["Guard"]

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", _CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
]
_OPEN = frozenset({"/healthz", "/readyz"})


class _Exchange:
    """One request: what was sent and answered, for the log."""

    def __init__(self, send: Send) -> None:
        self.status = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self._send = send

    async def send(self, message: Message) -> None:
        """Send on, with the security headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), *_HEADERS]
        else:
            self.bytes_out += len(message.get("body", b""))
        await self._send(message)


class Guard:
    """An ASGI application around another, which finds the whole body in ``scope["body"]``.

    Parameters
    ----------
    app
        What answers.
    settings
        Token and limits.
    metrics
        Is told of every request.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._working = 0
        self._deadlines = Deadlines()
        self._wanted = f"Bearer {settings.token}".encode() if settings.token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        exchange = _Exchange(send)
        try:
            await self._answer(scope, receive, exchange)
        finally:
            seconds = time.perf_counter() - begin
            self._metrics.request(scope["path"], exchange.status, seconds)
            if self._settings.access_log:
                _log(scope, exchange, seconds)

    async def _answer(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        headers = dict(scope["headers"])
        refusal = self._refusal(scope["path"], headers)
        arrived = False
        scope["body"] = b""
        task = self._deadlines.begin(self._settings.upload_seconds)
        try:
            if refusal is None and scope["method"] == "POST":
                refusal, scope["body"] = await self._body(headers, receive)
                exchange.bytes_in = len(scope["body"])
            arrived = True
            self._deadlines.begin(self._settings.seconds)
            await self._work(refusal, scope, receive, exchange)
        except asyncio.CancelledError:
            if not self._deadlines.is_late(task):
                raise
            if not exchange.status:
                await _late(self._settings, arrived=arrived)(scope, receive, exchange.send)
        except Exception:  # noqa: BLE001 - whatever it is, one request must not end the service
            traceback.print_exc()
            if not exchange.status:
                await problem(500, "an error of the service; its log says more")(scope, receive, exchange.send)
        finally:
            self._deadlines.end(task)

    async def _work(self, refusal: Response | None, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        """Send a refusal, or let the application answer, if not too many are at work."""
        if refusal is None and self._working >= self._settings.concurrent and scope["path"] not in _OPEN:
            refusal = problem(429, "too many requests at once; try again in a second", None, {"Retry-After": "1"})
        if refusal is not None:
            await refusal(scope, receive, exchange.send)
            return
        self._working += 1
        try:
            await self._app(scope, receive, exchange.send)
        finally:
            self._working -= 1

    def _refusal(self, path: str, headers: MutableMapping[bytes, bytes]) -> Response | None:
        """Return the answer to one who may not ask."""
        if self._wanted is None:
            host = headers.get(b"host", b"").decode("latin-1")
            name = host if host.endswith("]") else host.rpartition(":")[0] or host
            if name not in self._settings.hosts:
                return problem(403, f"this service isn't called {name!r}; open it by {self._settings.hosts[0]!r}")
            return None
        is_open = path in _OPEN or path == "/" or path.startswith("/page/") or path == "/openapi.json"
        if is_open or hmac.compare_digest(headers.get(b"authorization", b""), self._wanted):
            return None
        detail = "a token is needed: send the header Authorization: Bearer TOKEN"
        return problem(401, detail, None, {"WWW-Authenticate": "Bearer"})

    async def _body(self, headers: MutableMapping[bytes, bytes], receive: Receive) -> tuple[Response | None, bytes]:
        """Read the body, or return why it is refused."""
        limit = self._settings.maximum_bytes
        too_large = f"the body is larger than {self._settings.maximum_megabytes:g} MB; send less at once"
        if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
            return problem(415, "the body must be JSON; send the header Content-Type: application/json"), b""
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > limit:
            return problem(413, too_large, None, {"Connection": "close"}), b""
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return problem(408, "the connection was closed in mid-body"), b""
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                return problem(413, too_large, None, {"Connection": "close"}), b""
            more = message.get("more_body", False)
        return None, parts[0] if len(parts) == 1 else b"".join(parts)


def _late(settings: ServiceSettings, *, arrived: bool) -> Response:
    """Return the answer to a request that took too long to arrive, or to work on."""
    if arrived:
        return problem(503, f"took longer than {settings.seconds:g} s; send less at once", None, {"Retry-After": "5"})
    detail = f"the body didn't arrive within {settings.upload_seconds:g} s"
    return problem(408, detail, None, {"Connection": "close"})


def _log(scope: Scope, exchange: _Exchange, seconds: float) -> None:
    """Write one line about a request; nothing of its texts."""
    client = (scope.get("client") or ("",))[0]
    sys.stderr.write(
        f'{{"time": "{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}", "client": "{client}", '
        f'"method": "{scope["method"]}", "path": {json.dumps(scope["path"])}, "status": {exchange.status}, '
        f'"milliseconds": {seconds * 1000:.2f}, "bytes_in": {exchange.bytes_in}, "bytes_out": {exchange.bytes_out}}}\n'
    )
