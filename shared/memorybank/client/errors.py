"""Turns error answers and failed connections into the errors of `memorybank.errors`."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from memorybank.errors import (
    FailedPrecondition,
    MemoryBankError,
    NotFound,
    PermissionDenied,
    Unauthenticated,
    Unavailable,
    Violation,
)
from memorybank.hosts import is_this_machine

_BY_STATUS = {each.status: each for each in MemoryBankError.__subclasses__()}
_BY_CODE = {each.code: each for each in MemoryBankError.__subclasses__()}
_SERVED_AT = 8080
"""The default port of `memorybank serve`."""

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _SERVER_ERROR = 401, 403, 404, 500


def refusal(url: str, status: int, body: bytes) -> MemoryBankError:
    """Return the error for an answer: the bank's own, or a guess if something else at `url` answers with `status`."""
    told = _object(body).get("error")
    if isinstance(told, Mapping) and isinstance(told.get("message"), str):
        kind = _BY_STATUS.get(str(told.get("status")), MemoryBankError)
        return kind(told["message"], violations=tuple(_violations(told.get("details"))))
    if status == _UNAUTHORIZED:
        return Unauthenticated(f"{url} answered {status}: it asks for a token, or for one with another audience.")
    if status == _FORBIDDEN:
        return PermissionDenied(f"{url} answered {status}: the caller is not allowed. Use the token of one who is.")
    if status == _NOT_FOUND:
        return NotFound(f"{url} answered {status}, but not like a memory bank: is the URL right?")
    if status >= _SERVER_ERROR:
        return Unavailable(f"{url} answered {status}: the bank, or a proxy in front of it, is out of order; try again.")
    return no_bank(url, f"it answered {status}")


def operation_error(error: Mapping[str, Any]) -> MemoryBankError:
    """Return the error of a failed operation, from its google.rpc.Status."""
    code = error.get("code")
    kind = _BY_CODE.get(code, MemoryBankError) if isinstance(code, int) else MemoryBankError
    return kind(
        str(error.get("message") or "the operation failed"), violations=tuple(_violations(error.get("details")))
    )


def no_bank(url: str, why: str) -> MemoryBankError:
    """Return the error for a server at `url` that is not a bank."""
    return FailedPrecondition(f"{url} is not a memory bank: {why}. Check the URL.")


def unreachable(url: str, error: OSError, *, seconds: float, proxy: str | None = None) -> MemoryBankError:
    """Return the error for a failed connection, with a fitting remedy."""
    if isinstance(error, ssl.SSLError):
        return Unavailable(_why_no_tls(url, error))
    if proxy is not None:
        return Unavailable(
            f"{url} cannot be reached through the proxy {proxy}: {_reason(error)}. Check HTTPS_PROXY and NO_PROXY."
        )
    return Unavailable(_why_no_connection(url, error, seconds=seconds))


def _why_no_tls(url: str, error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {url} is not trusted: {error.verify_message}."
    return f"{url} does not speak TLS ({_reason(error)}): is it served at http://{urlsplit(url).netloc}?"


def _why_no_connection(url: str, error: OSError, *, seconds: float) -> str:
    parts = urlsplit(url)
    if isinstance(error, socket.gaierror):
        return f"The host name of {url} is not known: check the spelling of {parts.hostname}."
    if isinstance(error, TimeoutError):
        plain = f"; is it served at http://{parts.netloc}?" if parts.scheme == "https" and parts.port else "."
        return f"{url} did not answer within {seconds:g} s: check the host, the port, and firewalls in between{plain}"
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens on {url}: {_how_to_start(parts.hostname or '', parts.port)}."
    return f"{url} cannot be reached: {_reason(error)}. Check the address."


def broken_off(url: str, error: Exception) -> MemoryBankError:
    """Return the error for a connection that closed without an answer."""
    if isinstance(error, ssl.SSLError):
        return Unavailable(_why_no_tls(url, error))
    return Unavailable(f"{url} closed the connection without an answer ({_reason(error)}): is the URL right?")


def read_object(url: str, body: bytes) -> dict[str, Any]:
    """Return the JSON object of a successful answer."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise no_bank(url, "its answer is not JSON") from error
    if not isinstance(found, dict):
        raise no_bank(url, "its answer is not a JSON object")
    return found


def _how_to_start(host: str, port: int | None) -> str:
    if not is_this_machine(host):
        return "check the host and the port, and that the bank listens on an address that other machines can reach"
    if port == _SERVED_AT:
        return "start a bank with `make serve` or `memorybank serve`"
    return f"start a bank with `memorybank serve --port {port or 80}`, or give the port that one listens on"


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _violations(details: Any) -> Iterator[Violation]:
    for detail in details if isinstance(details, list) else ():
        found = detail.get("fieldViolations") if isinstance(detail, dict) else None
        for each in found if isinstance(found, list) else ():
            if isinstance(each, dict):
                yield Violation(str(each.get("field", "")), str(each.get("description", "")))


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text or type(error).__name__
