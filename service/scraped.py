"""Measurements of a process that serves no interface, for Prometheus to fetch."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, start_http_server

from service.refusal import Refused
from service.settings import Settings


@contextmanager
def scraped(settings: Settings, registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Serve this process's measurements at CORDON_METRICS_PORT of CORDON_HOST, if there is such a port.

    Whoever reaches it may read them: counts by origin, topic and partition, nothing about anybody. Raises Refused if
    the port can't be listened on.
    """
    port = settings.metrics_port
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, settings.host, registry)
    except OSError as error:
        raise Refused(
            f"can't listen on {settings.host} port {port} ({error.strerror}); stop what listens there, or correct"
            " CORDON_METRICS_PORT"
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
