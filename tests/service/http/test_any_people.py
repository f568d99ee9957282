"""Law: whatever JSON is sent about people, it is answered, and never by our own failure."""

import json
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.service.http.conftest import Callers
from tests.service.http.reporting import OF_W1, fitting
from tests.service.http.test_forces import EMAIL
from tests.service.http.test_wearers import WEARER
from tests.trying import tried

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(["T-1", "W-1", "W-2", "2026-11-01T12:00:00Z", "9999-12-31T23:59:59.999998Z", "\x00", "\ud800"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
# What is meant, with some of its members as nobody means them.
fittings = st.builds(
    lambda meant, other: meant | other,
    st.sampled_from([fitting(), OF_W1]),
    st.dictionaries(
        st.sampled_from(["tag_id", "wearer_id", "provider_person_id", "fitted_at", "removed_at", "more"]), anything
    ),
)
BODIES: dict[str, tuple[str, Any]] = {
    "/v1/wearers": ("POST", WEARER),
    "/v1/wearers/W-1": ("PUT", WEARER),
    "/v1/forces": ("POST", {"code": "SUR", "name": "Surrey"}),
    "/v1/forces/MPS": ("PUT", {"name": "The Met"}),
    "/v1/forces/MPS/recipients": ("PUT", {"recipients": [EMAIL], "reason": "why"}),
    "/v1/fittings/1": ("PUT", {"fitted_at": "2026-11-01T12:00:00Z", "reason": "why"}),
    "/v1/fittings/2/void": ("POST", {"reason": "why"}),
}
often = tried(60, HealthCheck.function_scoped_fixture)


@often
@given(st.lists(fittings | anything, max_size=4) | anything, st.sampled_from(["provider", "admin"]))
async def test_any_report_of_fittings_is_answered(callers: Callers, said: object, caller: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await callers[caller].post("/v1/fittings", content=json.dumps(said), headers=headers)
    assert answer.status_code == (202 if isinstance(said, list) else 400), answer.text


@often
@given(st.sampled_from(sorted(BODIES)), st.data())
async def test_any_other_body_is_answered(callers: Callers, path: str, data: st.DataObject) -> None:
    method, meant = BODIES[path]
    names = st.sampled_from([*meant, "authority", "removed_at", "wearer_id", "code"]) | st.text(max_size=6)
    body = data.draw(st.dictionaries(names, anything, max_size=3).map(lambda other: meant | other) | anything)
    read = await callers["admin"].get(path)
    headers = {"Content-Type": "application/json", "If-Match": read.headers.get("etag", "0")}
    if path.endswith("/recipients"):
        headers["If-Match"] = (await callers["admin"].get("/v1/forces/MPS")).headers["etag"]
    answer = await callers["admin"].request(method, path, content=json.dumps(body), headers=headers)
    assert answer.status_code < 500, answer.text
