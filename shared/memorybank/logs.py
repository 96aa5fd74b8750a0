"""Logs as one JSON object per line, in Cloud Logging's format, or as text; never facts or conversations."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO, Any, NamedTuple

from memorybank.errors import MemoryBankError


class Trace(NamedTuple):
    """A trace and the parent span of the request, as hex digits."""

    trace: str
    span: str | None
    sampled: bool


def trace_of(headers: Mapping[str, str]) -> Trace | None:
    """Return the trace named in a request's headers (W3C `traceparent`, else `X-Cloud-Trace-Context`)."""
    if (given := headers.get("traceparent")) and (match := _TRACEPARENT.fullmatch(given)):
        return Trace(match[1], match[2], bool(int(match[3], 16) & 1))
    if (given := headers.get("x-cloud-trace-context")) and (match := _CLOUD_TRACE.fullmatch(given)):
        return Trace(match[1], f"{int(match[2]):016x}" if match[2] else None, match[3] == "1")
    return None


HEADERS: ContextVar[Mapping[str, str] | None] = ContextVar("headers", default=None)
"""The headers of the current request, which may name its trace."""

_TRACEPARENT = re.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_CLOUD_TRACE = re.compile("([0-9a-f]{32})(?:/([0-9]{1,20}))?(?:;o=([01]))?")
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes severity, message, time, logger, the traceback of an exception, and the fields of `extra`.

    Lines logged during a request carry its trace in Cloud Logging's format, which includes the project.
    """

    def __init__(self, project: str | None = None) -> None:
        super().__init__()
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
        }
        entry |= {key: value for key, value in record.__dict__.items() if key not in _PLAIN}
        entry |= self._correlation()
        if record.exc_info and record.exc_info[1]:
            entry["stack_trace"] = "".join(self._trace(record.exc_info[1]))
        return json.dumps(entry, default=str)

    def _correlation(self) -> dict[str, str | bool]:
        headers = HEADERS.get()
        found = None if headers is None else trace_of(headers)
        if found is None:
            return {}
        name = f"projects/{self._project}/traces/{found.trace}" if self._project else found.trace
        entry: dict[str, str | bool] = {"logging.googleapis.com/trace": name}
        entry["logging.googleapis.com/trace_sampled"] = found.sampled
        return entry | ({"logging.googleapis.com/spanId": found.span} if found.span else {})

    def _trace(self, error: BaseException) -> Iterator[str]:
        """Yield the traceback of an error and of its causes.

        The text of third-party errors may quote the input, so it is logged at level DEBUG only.
        """
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            yield from self._trace(cause)
            yield "\nwhich led to:\n\n"
        yield from traceback.format_tb(error.__traceback__)
        told = isinstance(error, MemoryBankError) or logging.getLogger().isEnabledFor(logging.DEBUG)
        yield f"{type(error).__name__}: {error if told else '(text withheld; level DEBUG shows it)'}\n"


class TextFormatter(JsonFormatter):
    """Writes the same for people who read a terminal: time, severity, message, and the other fields behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of text, and the lines of a traceback."""
        fields = " ".join(f"{key}={value}" for key, value in record.__dict__.items() if key not in _PLAIN)
        when = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        # What a request has named may contain line feeds and escape sequences, which a terminal would follow.
        text = f"{when} {record.levelname:7} {record.getMessage()}" + (f"  {fields}" if fields else "")
        line = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
        failed = record.exc_info and record.exc_info[1]
        return f"{line}\n{''.join(self._trace(failed))}" if failed else line


_TALKATIVE = ("httpx", "httpcore", "google_genai", "mcp")
"""Loggers that repeat our own line for every call, and log its content at level DEBUG."""


def set_up(level: str, *, stream: IO[str] | None = None, project: str | None = None, for_people: bool = False) -> None:
    """Write all logs to `stream` (default: standard error), as JSON with traces of `project`, or as text."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(TextFormatter() if for_people else JsonFormatter(project))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
