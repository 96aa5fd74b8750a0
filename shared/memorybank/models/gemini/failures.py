"""What it means when Gemini, or the way to it, fails: which error it is for a developer, and whether to try again."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from memorybank.errors import (
    DeadlineExceeded,
    FailedPrecondition,
    MemoryBankError,
    ResourceExhausted,
    Unavailable,
)

_LONGEST = 300
_SECONDS = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)s")
_OVERLOADED = 529  # some gateways'
_AGAIN = frozenset({408, 429, 499, 500, 502, 503, 504, _OVERLOADED})


class Failed(Exception):
    """A call failed. `again` says that trying again may help, `after` how many seconds the other side wants left."""

    def __init__(self, error: MemoryBankError, *, again: bool = False, after: float | None = None) -> None:
        super().__init__(error.message)
        self.error, self.again, self.after = error, again, after


class NotOffered(Failed):
    """The place that was asked does not have the model."""


def failure_of(status: int, body: Any, *, headers: Mapping[str, str], model: str, place: str, setting: str) -> Failed:
    """Return what an HTTP answer that is not 200 means. `body` is its JSON as far as it could be read.

    `setting` is the variable that names another model.
    """
    error = _error_of(body)
    told = _told(error)
    if status in _AGAIN:
        return Failed(_temporary(status, model, place, told), again=True, after=_delay(error, headers))
    if status == HTTPStatus.NOT_FOUND:
        return NotOffered(
            FailedPrecondition(
                f"{place} does not offer the model {model}, which may be retired or closed to new users: name another "
                f"by {setting} or in the bank's configuration, or another place by MEMORYBANK_MODEL_LOCATION{told}"
            )
        )
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or "API key" in told:
        return Failed(
            FailedPrecondition(
                f"{place} does not let the bank use the model {model}: check GEMINI_API_KEY, or that the bank's "
                f"service account has roles/aiplatform.user and the API is enabled; if the model is closed to new "
                f"projects, name another by {setting}{told}"
            )
        )
    return Failed(
        FailedPrecondition(
            f"{place} refuses what the bank asks of the model {model} ({status}): if the model is the cause, name "
            f"another by {setting} or in the bank's configuration{told}"
        )
    )


def timed_out(model: str, seconds: float) -> Failed:
    """Return the failure of a call that was not answered in time."""
    return Failed(DeadlineExceeded(f"the model {model} did not answer within {seconds:g} seconds"), again=True)


def unreachable(model: str, place: str) -> Failed:
    """Return the failure of a call that did not get through, or whose answer broke off."""
    return Failed(Unavailable(f"{place} cannot be reached now for the model {model}"), again=True)


def garbled(model: str, place: str) -> Failed:
    """Return the failure of a call whose answer is none of the API's, as a gateway in trouble may send it."""
    return Failed(Unavailable(f"{place} answered for the model {model} with what cannot be read"), again=True)


def _temporary(status: int, model: str, place: str, told: str) -> MemoryBankError:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ResourceExhausted(f"{place} has no quota left for the model {model} now: ask for more, or later{told}")
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT):
        return DeadlineExceeded(f"the model {model} of {place} took too long{told}")
    return Unavailable(f"{place} cannot serve the model {model} now ({status}){told}")


def _error_of(body: Any) -> Mapping[str, Any]:
    if isinstance(body, bytes | str):
        try:
            body = json.loads(body)
        except ValueError:
            return {}
    if isinstance(body, list) and len(body) == 1:
        [body] = body
    found = body.get("error", body) if isinstance(body, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _told(error: Mapping[str, Any]) -> str:
    """Return what the other side says, on one line and not too much of it."""
    message = " ".join(str(error.get("message") or "").split())
    return f'; it says: "{message[:_LONGEST]}"' if message else ""


def _delay(error: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    """Return the seconds that google.rpc.RetryInfo or Retry-After ask for, whichever is more."""
    details = error.get("details")
    asked = [
        str(detail.get("retryDelay"))
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, Mapping) and str(detail.get("@type", "")).endswith("google.rpc.RetryInfo")
    ]
    header = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    found = [float(match[1]) for text in (*asked, f"{header}s") if (match := _SECONDS.fullmatch(text))]
    with contextlib.suppress(ValueError):  # it may be a date, and one of "-0000" is read without its zone
        moment = parsedate_to_datetime(header)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found.append(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    return max(found, default=None)
