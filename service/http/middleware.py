"""Around every request: headers that protect its reader, one log line, measurements, and an answer whatever fails."""

import asyncio
import time
from collections.abc import Callable

import asyncpg
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.database import UNREACHABLE
from service.http.problems import Problem

log = structlog.get_logger(__name__)

# No script at all: the pages work without. Styles and pictures are our own files, never inline.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=63072000"
# Probes come every few seconds, and each page brings its files along: measured, but not worth a line.
_FREQUENT = ("/health", "/assets")
# An answer of this type goes on for hours: it is answered when it begins.
ENDLESS = "text/event-stream"
DATABASE_GONE = (*UNREACHABLE, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class ProtectiveHeaders:
    """Adds the headers above; forbids keeping a copy unless the route has said otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = STRICT_TRANSPORT
            await send(message)

        return await self.app(scope, receive, protected)


class Measured:
    """Logs and measures each request by its route, such as `/v1/incidents/{incident_id}`, never by its address."""

    def __init__(
        self, app: ASGIApp, metrics: CollectorRegistry, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self.app, self.timer = app, timer
        labels = ("method", "route", "status")
        self.requests = Counter("cordon_http_requests", "Requests answered.", labels, registry=metrics)
        self.seconds = Histogram(
            "cordon_http_request_seconds", "Time to answer a request.", ("method", "route"), registry=metrics
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, status, noted = self.timer(), 0, False

        async def watched(message: Message) -> None:
            nonlocal status, noted
            if message["type"] == "http.response.start":
                status = message["status"]
                if MutableHeaders(scope=message).get("content-type", "").startswith(ENDLESS):
                    self._note(scope, status, self.timer() - began)
                    noted = True
            await send(message)

        try:
            return await self.app(scope, receive, watched)
        finally:
            if not noted:
                self._note(scope, status, self.timer() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if route != "none" else "any"  # what strangers send must not become a label
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)
        say = log.debug if route.startswith(_FREQUENT) else log.info
        say("A request was answered.", method=method, route=route, status=status, duration_ms=round(seconds * 1e3, 1))


class AnswersAnyFailure:
    """Turns what no route foresaw into a problem: 503 while the database is away, else 500. Tells nothing of it.

    A request that is cut short because the process ends is answered 503 too: whoever sent it may send it again.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Scope, Problem], ASGIApp]) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            return await self.app(scope, receive, watched)
        except asyncio.CancelledError:
            if begun:
                raise
            problem = Problem(503, "The service is being stopped; try again.", headers={"Retry-After": "5"})
        except ClientDisconnect:
            log.info("Whoever sent a request went away before it was read.")
            problem = Problem(400, "The body did not come whole; send it again.")
        except DATABASE_GONE as gone:
            log.warning("The database did not answer a request.", error=type(gone).__qualname__)
            problem = Problem(503, "The database does not answer; try again.", headers={"Retry-After": "5"})
        except Exception:
            log.exception("A request failed.")
            problem = Problem(500, "This is our fault; the log of the service says where it happened.")
        if begun:
            raise ConnectionAbortedError("the answer had begun")
        return await self.answer(scope, problem)(scope, receive, send)
