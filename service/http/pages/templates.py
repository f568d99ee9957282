"""Making pages out of templates. Whatever is put into one is escaped: it stays text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader

from alerts.report import wording
from service.access.actor import Actor
from service.access.secret import form_key
from service.http.cookies import session_of
from service.http.pages.assets import WEB

GRADE_COLOURS = {"confirmed": "red", "probable": "orange", "inferred": "blue", "possible": "grey"}


@dataclass(frozen=True, slots=True)
class Pages:
    """The templates, ready to be filled."""

    environment: Environment

    def page(
        self,
        request: Request,
        template: str,
        members: Mapping[str, Any],
        *,
        actor: Actor | None = None,
        status: int = 200,
    ) -> Response:
        """Return a page. With an actor it shows who is signed in and offers to sign out."""
        session = session_of(request)
        key = form_key(session) if actor is not None and session is not None else None
        text = self.environment.get_template(template).render(members, actor=actor, form_key=key)
        return HTMLResponse(text, status)


def read_templates() -> Pages:
    """Return the pages' templates, with the words that the report uses too."""
    govuk = PackageLoader("govuk_frontend_jinja")
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(WEB / "templates"), PrefixLoader({"govuk_frontend_jinja": govuk})]),
        autoescape=True,
        undefined=ChainableUndefined,  # the components of govuk-frontend-jinja ask for members that nobody gave
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        dated_clock=wording.dated_clock,
        dated_minute=wording.dated_minute,
        clock=wording.clock,
        full_date=wording.full_date,
        plain_date=wording.plain_date,
        metres=wording.metres,
        course=wording.course,
    )
    environment.globals.update(
        GRADES=wording.GRADES,
        STATES=wording.STATES,
        VERDICTS=wording.VERDICTS,
        MECHANISMS=wording.MECHANISMS,
        GRADE_COLOURS=GRADE_COLOURS,
    )
    return Pages(environment)
