"""Logs without data: what happened, where in the code, how long; never an exception's text, a local variable or a query string.

An exception's text may quote an answer or a name, so a trace is written as its type and the places it went through.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

from portal.settings import Settings

Event = MutableMapping[str, Any]

DEEPEST = 12  # places of a trace that are kept, the last ones
# Only their warnings: uvicorn also tells the address of each socket, whose query is a key to the page.
QUIET = (
    "httpx",
    "httpcore",
    "uvicorn.access",
    "uvicorn.error",
    "alembic",
    "fontTools",
    "weasyprint",
    "python_multipart",
)


def configure(settings: Settings) -> None:
    """Sets up structlog and the standard library's logging for the whole process. Call it once, before anything logs."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_data,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared[:-1], foreign, without_data],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def without_data(_logger: Any, _method: str, event: Event) -> Event:
    """Replaces an exception by its type and the places it went through; keeps line breaks out of every value."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = places(error.__traceback__)
    event.pop("stack_info", None)
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = value.replace("\n", " ").replace("\r", " ")
    return event


def foreign(_logger: Any, _method: str, event: Event) -> Event:
    """Lines of libraries. NiceGUI logs the exception itself as its message: its text must go, its type may stay."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["logger"] = record.name
        if isinstance(record.msg, BaseException):
            event["event"] = "exception"
        event["event"] = str(event["event"]).split("\n", 1)[0]  # asyncio writes the exception on the second line
        record.exc_text = None
    return event


def places(trace: TracebackType | None) -> list[str]:
    """Where an exception went through, innermost last: "pages/base.py:120 guarded"."""
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames]
