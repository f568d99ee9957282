import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from service import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a service would write to standard error."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    out = io.StringIO()
    logs.configure(out)
    yield out
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def line(written: io.StringIO) -> dict[str, object]:
    told: dict[str, object] = json.loads(written.getvalue())
    return told


def test_a_line_is_one_json_object_with_a_sentence_and_fields(written: io.StringIO) -> None:
    structlog.get_logger("ingest").info("A batch was appended.", fixes=10_000, duplicates=3)
    told = line(written)
    assert told["event"] == "A batch was appended."
    assert (told["fixes"], told["duplicates"], told["level"], told["logger"]) == (10_000, 3, "info", "ingest")
    assert str(told["timestamp"]).endswith("Z")


def test_a_field_that_nobody_allowed_is_named_and_its_value_left_out(written: io.StringIO) -> None:
    structlog.get_logger().info("A wearer was registered.", name="Jo Bloggs", latitude=51.3712, wearers=1)
    assert line(written)["left_out"] == ["latitude", "name"]
    assert "Bloggs" not in written.getvalue()
    assert "51.37" not in written.getvalue()


def test_of_an_error_the_type_and_place_are_kept_and_the_message_is_not(written: io.StringIO) -> None:
    try:
        raise ValueError("Key (name)=(Jo Bloggs) already exists")
    except ValueError:
        structlog.get_logger().exception("A task failed.", task="desk")
    told = line(written)
    assert told["error"] == "ValueError"
    assert "test_logs.py" in str(told["at"])
    assert "Bloggs" not in written.getvalue()


def test_another_librarys_error_loses_its_message_too(written: io.StringIO) -> None:
    try:
        raise KeyError("Jo Bloggs")
    except KeyError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    assert line(written)["error"] == "KeyError"
    assert "Bloggs" not in written.getvalue()


async def test_of_a_task_that_failed_unseen_its_name_and_the_errors_type_are_kept(written: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError("Key (name)=(Jo Bloggs) already exists")

    task = asyncio.create_task(fail(), name="desk")
    await asyncio.wait([task])
    del task
    told = line(written)
    assert (told["event"], told["task"], told["error"]) == ("Task exception was never retrieved", "desk", "ValueError")
    assert "test_logs.py" in str(told["at"])
    assert "Bloggs" not in written.getvalue()


async def test_of_a_callback_that_failed_no_argument_is_kept(written: io.StringIO) -> None:
    def fail(name: str) -> None:
        raise KeyError(name)

    called = asyncio.Event()
    asyncio.get_running_loop().call_soon(fail, "Jo Bloggs")
    asyncio.get_running_loop().call_soon(called.set)
    await called.wait()
    told = line(written)
    assert str(told["event"]).startswith("Exception in callback")
    assert (told["error"], "task" in told) == ("KeyError", False)
    assert "Bloggs" not in written.getvalue()


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("GET /sign-in?link=abc", "abc"),
        ("token cordon_Zm9v-YmFy was used", "Zm9v"),
        ("connecting to postgresql://cordon:hunter2@db/cordon", "hunter2"),
    ],
)
def test_queries_tokens_and_addresses_with_passwords_are_blotted_out(
    written: io.StringIO, said: str, secret: str
) -> None:
    logging.getLogger("uvicorn.error").info("%s", said)
    structlog.get_logger().info("A thing happened.", reason=said)
    assert secret not in written.getvalue()
    assert written.getvalue().count("…") == 2


def test_the_web_servers_own_line_for_each_request_is_off(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('%s - "%s %s"', "10.0.0.1", "GET", "/v1/incidents?wearer=W-1")
    assert written.getvalue() == ""


def test_at_a_terminal_a_line_is_for_people(written: io.StringIO) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    logs.configure(terminal)
    structlog.get_logger().info("Ready.", port=8000)
    assert "Ready." in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
