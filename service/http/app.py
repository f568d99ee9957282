"""The web application, made from what it is given: nothing is wired when a module is imported."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException

from alerts.archive import Archive
from service.clock import Clock, now
from service.database import Pool
from service.http import health, problems
from service.http.incidents.routes import routes as incidents
from service.http.middleware import AnswersAnyFailure, Measured, ProtectiveHeaders
from service.http.reports.routes import routes as reports
from service.http.wiring import Services
from service.version import VERSION


def create_app(
    pool: Pool, archive: Archive, *, clock: Clock = now, metrics: CollectorRegistry | None = None
) -> FastAPI:
    """Return the application: the interface under `/v1`, the pages, and the probes.

    metrics: what /metrics shows; a registry of its own if none is given. Raises AssetsMissing if the styles of the
    pages were not fetched.
    """
    app = FastAPI(
        title="Cordon",
        version=VERSION,
        summary="Judges the fixes of electronic tags against exclusion zones and reports to the police.",
        # The documentation page would load scripts from another site; the description itself is service/openapi.json.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    registry = CollectorRegistry() if metrics is None else metrics
    app.state.services = Services(pool, clock, archive, registry)
    for part in (health.routes, incidents, reports):
        app.include_router(part)
    app.add_exception_handler(problems.Problem, problems.answer_problem)
    app.add_exception_handler(HTTPException, problems.answer_framework)
    app.add_exception_handler(RequestValidationError, problems.answer_validation)
    # The last one added is the outermost.
    app.add_middleware(AnswersAnyFailure)
    app.add_middleware(Measured, metrics=registry)
    app.add_middleware(ProtectiveHeaders)
    return app
