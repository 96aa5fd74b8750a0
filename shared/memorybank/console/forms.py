"""Reads what a browser sends: parameters of the address, and forms, which must carry the token of this console."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from memorybank.errors import InvalidArgument, PermissionDenied, Violation

MAX_FORM = 2 * 1024 * 1024
TOKEN = "csrf_token"  # noqa: S105 - the name of a field
_MAX_FIELDS = 50
_FORM = "application/x-www-form-urlencoded"


def read_query(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of a request's address; of several with one name, the last."""
    return _pairs(str(environ.get("QUERY_STRING", "")), what="address")


def read_form(environ: Mapping[str, Any], *, token: str) -> dict[str, str]:
    """Return the fields of a form that was sent from a page of this console, or raise."""
    if str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() != _FORM:
        raise InvalidArgument(f"A form is sent as {_FORM}.")
    declared = str(environ.get("CONTENT_LENGTH") or "0")
    if not (declared.isascii() and declared.isdecimal() and len(declared) < 10 and int(declared) <= MAX_FORM):  # noqa: PLR2004 - more digits than any form has
        raise InvalidArgument(f"A form has at most {MAX_FORM} bytes.")
    fields = _pairs(environ["wsgi.input"].read(int(declared)).decode("latin-1"), what="form")
    if not hmac.compare_digest(fields.pop(TOKEN, "").encode(errors="surrogatepass"), token.encode()):
        raise PermissionDenied(
            "This form is not from a page of this console, or the console has been restarted since: "
            "reload the page and send it again."
        )
    # Browsers send line breaks as CR LF, whatever was typed.
    return {name: value.replace("\r\n", "\n") for name, value in fields.items()}


def read_scope(text: str) -> dict[str, str]:
    """Return the scope that lines of `key=value` name."""
    scope: dict[str, str] = {}
    for line in text.splitlines():
        key, found, value = line.partition("=")
        if line.strip() and not (found and key.strip() and value.strip()):
            raise InvalidArgument.of(Violation("scope", "write one key=value per line, such as user_id=ada"))
        if key.strip() in scope:
            raise InvalidArgument.of(
                Violation("scope", f"names {key.strip()[:100]} twice: a scope has one value for each key")
            )
        if line.strip():
            scope[key.strip()] = value.strip()
    if not scope:
        raise InvalidArgument.of(Violation("scope", "is required: write one key=value per line, such as user_id=ada"))
    return scope


def _pairs(text: str, *, what: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS))
    except ValueError as error:
        raise InvalidArgument(f"The {what} must be percent-encoded UTF-8 of at most {_MAX_FIELDS} fields.") from error
