"""Logs: one JSON object a line on standard error, or a readable line at a terminal. No personal data gets through.

A line says what happened in a fixed sentence and gives ids, counts and reasons as fields. Only fields that are listed
here come through; another one is named under `left_out`, without its value, so that a new field is a decision and not
an accident. Of an error its type and place are kept: its message may quote a row of a table.
"""

import logging
import re
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Ids that name nobody without the register, counts, durations, reasons in our own words.
ALLOWED = frozenset(
    {
        *("event", "level", "timestamp", "logger", "error", "at"),
        *("tag_id", "zone_id", "incident_id", "position_id", "fitting_id", "rejection_id", "history_id"),
        *("force", "day", "edition", "role", "holder", "origin", "profile", "reason", "task", "wait_s", "attempt"),
        *("method", "route", "status", "duration_ms", "request_id", "address", "port", "version"),
        *("topic", "partition", "offset", "epoch", "next_offset", "group", "member", "partitions", "lag"),
        *("messages", "fixes", "duplicates", "contradictions", "rejected", "unassigned", "events", "incidents", "rows"),
        *("added", "changed", "merged", "withdrawn", "tracks", "zones", "wearers", "orders", "count", "bytes"),
        *("from", "until", "since", "horizon", "due_at", "late_s", "rules_version", "sha256", "migration"),
    }
)
_QUERY = re.compile(r"\?\S*")
# How asyncio tells of a task: in a line of its own, which ends with the exception's message.
_TASK = re.compile(r"^(?:future|task): <\w+ \w+ name='([^'\n]*)'", re.MULTILINE)
_REPRESENTED = re.compile(r"[<('\":\n]")
_SECRET = re.compile(r"cordon_[\w-]+|postgres(?:ql)?://\S+")


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log of this process, the web server's included, through the processors below to standard error."""
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PROCESSORS,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(out)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    # Our own middleware logs each request, by its route: the server's line would hold ids and query strings.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    # Our own line says once that the broker is away; the client would say it at each try.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def asyncio_without_objects(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep what asyncio says and of which task, not the objects that it shows: an exception's message, arguments."""
    if event.get("logger") == "asyncio":
        said = str(event["event"])
        event["event"] = _REPRESENTED.split(said, maxsplit=1)[0].strip()
        if named := _TASK.search(said):
            event["task"] = named[1]
    return event


def only_allowed_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every field that is not listed, naming it."""
    left_out = sorted(key for key in event if key not in ALLOWED and not key.startswith("_"))
    kept = {key: value for key, value in event.items() if key not in left_out}
    return kept | {"left_out": left_out} if left_out else kept


def error_without_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put type and place of an exception where its traceback would be."""
    error = _error(event.pop("exc_info", None))
    event.pop("exception", None)
    if error is not None:
        event["error"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blot out tokens, database addresses and query strings, wherever a text holds one."""
    return {key: _blotted(value) if isinstance(value, str) else value for key, value in event.items()}


def _blotted(text: str) -> str:
    return _QUERY.sub("?…", _SECRET.sub("…", text))


def _error(told: object) -> BaseException | None:
    """Return the exception that `exc_info` names: itself, the triple of it, or true for the one being handled."""
    match told:
        case None | False:
            return None
        case BaseException():
            return told
        case (_, BaseException() as error, _):
            return error
        case _:
            return sys.exception()


_PROCESSORS: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    asyncio_without_objects,
    error_without_message,
    only_allowed_fields,
    without_secrets,
]


def _renderer(out: TextIO) -> Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
