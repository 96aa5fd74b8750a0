"""Logs as one JSON object per line, as Cloud Logging reads them; never facts, prompts or conversation text."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

from memorybank.errors import MemoryBankError

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes severity, message, time, logger, the trace of an exception, and whatever `extra` carries."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        entry = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
        }
        entry |= {key: value for key, value in record.__dict__.items() if key not in _PLAIN}
        if record.exc_info and record.exc_info[1]:
            entry["stack_trace"] = "".join(self._trace(record.exc_info[1]))
        return json.dumps(entry, default=str)

    def _trace(self, error: BaseException) -> Iterator[str]:
        """Yield where an error and its causes come from.

        What others' errors say may quote the input, so their text is left out below level DEBUG.
        """
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            yield from self._trace(cause)
            yield "\nwhich led to:\n\n"
        yield from traceback.format_tb(error.__traceback__)
        told = isinstance(error, MemoryBankError) or logging.getLogger().isEnabledFor(logging.DEBUG)
        yield f"{type(error).__name__}: {error if told else '(text withheld; level DEBUG shows it)'}\n"


def set_up(level: str, *, stream: IO[str] | None = None) -> None:
    """Send all logs of the process to `stream` (standard error by default) as JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
