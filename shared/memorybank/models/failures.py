"""Turns a failed HTTP call of a model into an error, whose class decides whether to retry."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
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

_log = logging.getLogger(__name__)
_REASON = re.compile("[A-Z][A-Z_]{2,39}|[a-z][a-z_]{2,39}")
_SECONDS = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)s")
_OVERLOADED = 529  # some gateways'
_LONGEST_ERROR, _NO_STATUS = 20_000, 600
_AGAIN = frozenset({408, 429, 499, 500, 502, 503, 504, _OVERLOADED})


class NotOffered(FailedPrecondition):
    """The endpoint does not offer the model."""


@dataclass(frozen=True)
class Endpoint:
    """The endpoint that is called, in words: a `model` of a `place`.

    `setting` is the variable that names another model, `access` what to check if the caller is refused, and
    `elsewhere` what else helps if the model is missing.
    """

    model: str
    place: str
    setting: str
    access: str
    elsewhere: str = ""


def failure_of(status: int, body: Any, *, headers: Mapping[str, str], endpoint: Endpoint) -> MemoryBankError:
    """Return the error for an HTTP answer that is not 200. `body` is its JSON, as far as it could be read."""
    error = _error_of(body)
    told = _told(error)
    place, model, setting = endpoint.place, endpoint.model, endpoint.setting
    if status in _AGAIN:
        return _temporary(status, endpoint, told, after=_delay(error, headers))
    if status == HTTPStatus.NOT_FOUND:
        return NotOffered(
            f"{place} does not offer the model {model}, which may be retired or closed to new users: name another by "
            f"{setting} or in the bank's configuration{endpoint.elsewhere}{told}"
        )
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or _is_about_key(error):
        return FailedPrecondition(
            f"{place} does not let the bank use the model {model}: {endpoint.access}; if the model is closed to new "
            f"projects, name another by {setting}{told}"
        )
    return FailedPrecondition(
        f"{place} refuses the bank's request to the model {model} ({status}): if the model is the cause, name another "
        f"by {setting} or in the bank's configuration{told}"
    )


def status_within(body: bytes) -> int:
    """Return the status of an error that was sent with status 200, as some gateways do; 200 if there is none."""
    if len(body) > _LONGEST_ERROR or b'"error"' not in body:
        return HTTPStatus.OK
    code = _error_of(body).get("code")
    return code if isinstance(code, int) and HTTPStatus.BAD_REQUEST <= code < _NO_STATUS else HTTPStatus.OK


def timed_out(endpoint: Endpoint, seconds: float) -> MemoryBankError:
    """Return the error for a call that was not answered in time."""
    return DeadlineExceeded(f"the model {endpoint.model} did not answer within {seconds:g} seconds")


def unreachable(endpoint: Endpoint) -> MemoryBankError:
    """Return the error for a call that did not get through, or whose answer broke off."""
    return Unavailable(f"{endpoint.place} cannot be reached now for the model {endpoint.model}")


def garbled(endpoint: Endpoint) -> MemoryBankError:
    """Return the error for an answer that is not the API's, such as one from a failing gateway."""
    return Unavailable(f"{endpoint.place} sent an unreadable answer for the model {endpoint.model}")


def _temporary(status: int, endpoint: Endpoint, told: str, *, after: float | None) -> MemoryBankError:
    place, model = endpoint.place, endpoint.model
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        message = f"{place} has no quota left for the model {model} now: request more, or retry later{told}"
        return ResourceExhausted(message, retry_after=after)
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT):
        return DeadlineExceeded(f"the model {model} of {place} took too long{told}", retry_after=after)
    return Unavailable(f"{place} cannot serve the model {model} now ({status}){told}", retry_after=after)


def _error_of(body: Any) -> Mapping[str, Any]:
    if isinstance(body, bytes | str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return {}
    if isinstance(body, list) and len(body) == 1:
        [body] = body
    found = body.get("error", body) if isinstance(body, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _told(error: Mapping[str, Any]) -> str:
    """Return the reasons that the other side gives, as far as they are words of a protocol.

    Its free text may quote the key, the prompt or the conversation: that goes to the log, at level DEBUG only.
    """
    if message := error.get("message"):
        _log.debug("the provider refused a call", extra={"provider_says": str(message)})
    given = [error.get("status"), error.get("type"), error.get("code"), *_reasons(error)]
    words = dict.fromkeys(each for each in given if isinstance(each, str) and _REASON.fullmatch(each))
    return f"; its reason: {', '.join(words)}" if words else ""


def _reasons(error: Mapping[str, Any]) -> list[Any]:
    """Return the reasons of google.rpc.ErrorInfo."""
    details = error.get("details")
    listed = details if isinstance(details, list) else []
    return [detail.get("reason") for detail in listed if isinstance(detail, Mapping)]


def _is_about_key(error: Mapping[str, Any]) -> bool:
    return "API_KEY_INVALID" in _reasons(error) or "API key" in str(error.get("message"))


def _delay(error: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    """Return the delay in seconds that google.rpc.RetryInfo or Retry-After asks for, whichever is longer."""
    details = error.get("details")
    asked = [
        str(detail.get("retryDelay"))
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, Mapping) and str(detail.get("@type", "")).endswith("google.rpc.RetryInfo")
    ]
    header = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    found = [float(match[1]) for text in (*asked, f"{header}s") if (match := _SECONDS.fullmatch(text))]
    with contextlib.suppress(ValueError):  # it may be a date; one that ends in "-0000" is parsed without a zone
        moment = parsedate_to_datetime(header)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found.append(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
    return max(found, default=None)
