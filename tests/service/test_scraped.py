"""A process without an interface can be scraped, where its operator asked for it."""

import socket
from contextlib import closing
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Counter

from service.refusal import Refused
from service.scraped import scraped
from service.settings import Settings


def settings_with(port: int | None) -> Settings:
    return Settings(database_url="postgresql://nobody@nowhere/none", metrics_port=port)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def test_its_measurements_are_served_while_it_runs_and_then_no_longer() -> None:
    registry, port = CollectorRegistry(), free_port()
    Counter("cordon_tries", "Tries.", registry=registry).inc(7)
    for _ in range(2):  # the port is free again at once
        with scraped(settings_with(port), registry), urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"cordon_tries_total 7.0" in answer.read()


def test_a_port_that_is_taken_is_refused_with_the_remedy() -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as listening,
        pytest.raises(Refused, match=r"can't listen on 127\.0\.0\.1 port \d+ .* correct CORDON_METRICS_PORT"),
        scraped(settings_with(listening.getsockname()[1])),
    ):
        pytest.fail("it began")


def test_without_a_port_nothing_is_served() -> None:
    with scraped(settings_with(None)):
        pass
