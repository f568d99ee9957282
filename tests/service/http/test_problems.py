import httpx
import pytest
from fastapi import FastAPI

from service.database import Pool
from tests.service.http.conftest import Callers


async def test_an_unknown_path_is_a_problem(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here; see the paths of the interface's description.",
    }


async def test_a_wrong_method_is_a_problem_that_names_the_right_one(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.delete("/health")
    assert (answer.status_code, answer.json()["status"]) == (405, 405)
    assert "GET" in answer.headers["allow"]


async def test_what_nobody_foresaw_is_told_without_its_message(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("Key (name)=(Alexandra Nightingale)")

    answer = await stranger.get("/broken")

    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "Nightingale" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_while_the_database_is_away_callers_are_told_to_come_back(callers: Callers, desk: Pool) -> None:
    await desk.close()
    answer = await callers["admin"].get("/v1/incidents")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/health", "/v1/incidents", "/v1/nothing"])
async def test_every_answer_protects_its_reader(stranger: httpx.AsyncClient, path: str) -> None:
    headers = (await stranger.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"].startswith("max-age=")


async def test_over_plain_http_no_promise_of_https_is_made(stranger: httpx.AsyncClient) -> None:
    assert "strict-transport-security" not in (await stranger.get("http://cordon.example/health")).headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/orders/O-1", "DELETE, GET, PUT"),
        ("DELETE", "/v1/orders", "GET, POST"),
        ("PUT", "/v1/zones/Z-1/versions", "GET, POST"),
        ("POST", "/v1/zones/Z-1.geojson", "GET"),
        ("TRACE", "/sign-in", "GET, POST"),
    ],
)
async def test_a_path_says_every_method_that_it_takes(
    stranger: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await stranger.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json" or "/v1" not in path
