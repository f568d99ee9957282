"""Reading the small forms of the pages, and only those that our own pages sent."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import Request

from service.access.secret import is_form_key
from service.http.body import media_type, read_body
from service.http.cookies import session_of
from service.http.problems import Problem

LIMIT = 8 * 1024
KEY = "key"


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form.

    Raises Problem 403 if the browser says that another site's page sent it, 413, 415, or 422 if it can't be read.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, "Send this form from its own page.")
    media_type(request, ("application/x-www-form-urlencoded",))
    try:
        return dict(parse_qsl((await read_body(request, LIMIT)).decode("ascii"), max_num_fields=20))
    except ValueError:
        raise Problem(422, "The form can't be read; send it from its own page.") from None


async def read_signed_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that carries the key of this session. Raises as `read_form`, and Problem 403."""
    form = await read_form(request)
    session = session_of(request)
    if session is None or not is_form_key(form.get(KEY, ""), session):
        raise Problem(403, "This form is not of your session; open its page again.")
    return form
