"""The few files that the pages load: the GOV.UK styles, without what is licensed for gov.uk alone, and our own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Depends, Response

from service.http.guard import open_to_anyone
from service.http.parameters import Name
from service.http.problems import Problem
from service.refusal import Refused

WEB = Path(__file__).parents[2] / "web"
GOVUK = WEB / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "govuk-frontend.min.css"
OWN = WEB / "static"

# GDS Transport may be used on gov.uk only, and so may the crest, which no component of ours shows.
FONTS = '"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif'
_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_FONT_FAMILY = "GDS Transport,arial,sans-serif"
_CREST = re.compile(r"url\(/assets/images/govuk-crest\.svg\)")


class AssetsMissing(Refused):
    """The styles of the pages are not here; the message says how to fetch them."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to serve."""

    content: bytes
    media_type: str


def read_assets() -> Mapping[str, Asset]:
    """Return the files by their names under /assets. Raises AssetsMissing."""
    try:
        govuk = GOVUK.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssetsMissing("the styles of the web pages are missing; fetch them with: make assets") from None
    return {
        "govuk.css": Asset(without_licensed_parts(govuk).encode(), "text/css"),
        "cordon.css": Asset((OWN / "cordon.css").read_bytes(), "text/css"),
        "cordon.svg": Asset((OWN / "cordon.svg").read_bytes(), "image/svg+xml"),
    }


def without_licensed_parts(css: str) -> str:
    """Return the GOV.UK styles with a common typeface and without the crest."""
    return _CREST.sub("none", _FONT_FACE.sub("", css).replace(_FONT_FAMILY, FONTS))


def asset_routes(assets: Mapping[str, Asset]) -> APIRouter:
    """Return the route that serves the files."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/assets/{name}", dependencies=[Depends(open_to_anyone)])
    async def asset(name: Name) -> Response:
        found = assets.get(name)
        if found is None:
            raise Problem(404, "There is no such file.")
        return Response(found.content, media_type=found.media_type, headers={"Cache-Control": "max-age=3600"})

    return routes
