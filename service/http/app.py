"""The web application, made from what it is given: nothing is wired when a module is imported."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from prometheus_client import CollectorRegistry, Gauge
from starlette.exceptions import HTTPException

from alerts.archive import Archive
from alerts.particulars import RegisterReader
from geofence.rules import Rules
from ingest.sink import LogSink
from service.access.links import PATH
from service.clock import Clock, now
from service.database import Pool
from service.http import health
from service.http.clocks.routes import routes as clocks
from service.http.feed.routes import routes as feed
from service.http.fittings.routes import routes as fittings
from service.http.forces.routes import routes as forces
from service.http.guard import SignInNeeded
from service.http.history.routes import routes as history
from service.http.incidents.history import routes as incident_history
from service.http.incidents.live import Live
from service.http.incidents.routes import routes as incidents
from service.http.incidents.stream import routes as incident_stream
from service.http.intake.room import Room
from service.http.intake.routes import routes as intake
from service.http.methods import Methods
from service.http.middleware import AnswersAnyFailure, Measured, ProtectiveHeaders
from service.http.notifications.routes import routes as notifications
from service.http.orders.changing import routes as order_changes
from service.http.orders.routes import routes as orders
from service.http.overview.routes import routes as overview
from service.http.pages.assets import Asset, asset_routes, read_assets
from service.http.pages.clocks import clock_routes
from service.http.pages.duty import duty_routes
from service.http.pages.errors import Answers
from service.http.pages.incident import incident_routes
from service.http.pages.incident_entry import Desk
from service.http.pages.sign_in import sign_in_routes
from service.http.pages.templates import Pages, read_templates
from service.http.problems import Problem, from_framework, from_validation
from service.http.proposals.routes import routes as proposals
from service.http.quarantine.routes import routes as quarantine
from service.http.reports.routes import routes as reports
from service.http.wearers.routes import routes as wearers
from service.http.wiring import Services
from service.http.zones.design import routes as design
from service.http.zones.publishing import routes as publishing
from service.http.zones.routes import routes as zones
from service.version import VERSION

INTERFACE = (
    # The stream before the incidents, which would take its name for an id.
    *(health.routes, intake, feed, quarantine, incident_stream, incidents, incident_history, reports, overview),
    *(clocks, wearers, forces, fittings),
    *(orders, order_changes, notifications, zones, design, publishing, proposals, history),
)


def create_app(
    pool: Pool,
    registers: RegisterReader,
    archive: Archive,
    *,
    rules: Rules | None = None,
    clock: Clock = now,
    metrics: CollectorRegistry | None = None,
    assets: Mapping[str, Asset] | None = None,
    sink: LogSink | None = None,
) -> FastAPI:
    """Return the application: the interface under `/v1`, the pages, and the probes.

    rules: by which fixes are judged for an incident's page and for a design check; the defaults if None. metrics: what
    /metrics shows besides the application's own measurements. assets: the files under /assets; read from service/web
    if None, which raises AssetsMissing if they were not fetched. sink: the log that what is pushed goes to; into the
    ledger if None.
    """
    # Its own, so that an application that is made anew in the same process measures anew.
    own = CollectorRegistry()
    pages = read_templates()
    answer = Answers(pages)
    app = described()
    judged_by = rules or Rules()
    measured = (own,) if metrics is None else (own, metrics)
    app.state.services = Services(pool, clock, archive, measured, registers, judged_by, sink, Room(), Live())
    open_streams = Gauge("cordon_incident_streams", "Live streams of incidents that are open.", registry=own)
    open_streams.set_function(lambda: app.state.services.live.taken)
    for part in _pages(pages, Desk(registers, judged_by), read_assets() if assets is None else assets):
        app.include_router(part)
    _answer_problems(app, answer, Methods(app))
    # The last one added is the outermost.
    app.add_middleware(AnswersAnyFailure, answer=answer)
    app.add_middleware(Measured, metrics=own)
    app.add_middleware(ProtectiveHeaders)
    return app


def described() -> FastAPI:
    """Return the application with the interface alone, which is what service/openapi.json describes."""
    app = FastAPI(
        title="Cordon",
        version=VERSION,
        summary="Judges the fixes of electronic tags against exclusion zones and reports to the police.",
        # The documentation page would load scripts from another site; the description itself is service/openapi.json.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A path with a slash more is another path: a redirect would be built from whatever host the caller names.
        redirect_slashes=False,
    )
    for part in INTERFACE:
        app.include_router(part)
    return app


def _pages(pages: Pages, desk: Desk, assets: Mapping[str, Asset]) -> tuple[APIRouter, ...]:
    shown = (duty_routes(pages), clock_routes(pages), incident_routes(pages, desk))
    return *shown, sign_in_routes(pages), asset_routes(assets)


def _answer_problems(app: FastAPI, answer: Answers, methods: Methods) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return answer(request.scope, error)

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        allowed = {"Allow": methods.of(request.url.path)} if error.status_code == 405 else None
        return answer(request.scope, from_framework(error, allowed))

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> Response:
        return answer(request.scope, from_validation(error))

    @app.exception_handler(SignInNeeded)
    async def sign_in(_request: Request, _error: SignInNeeded) -> Response:
        return RedirectResponse(PATH, 303)
