"""Page tokens and page sizes (AIP-158)."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from datetime import datetime
from typing import Any

from memorybank.errors import InvalidArgument, Violation

_CHECKSUM_BYTES = 8
_MAX_TOKEN = 16_384
_NUMBER = re.compile(r"[+-]?[0-9]{1,100}")
_TIME = "t"


def encode_token(cursor: tuple[Any, ...], *, binding: str) -> str:
    """Make a page token of a cursor: strings, ints, finite floats, bools, None and aware datetimes.

    `binding` is a fingerprint of the request (collection, filter, order): the token works for no other. A token is
    neither a secret nor a permission; it is only a position in a list that its bearer may read anyway.
    """
    payload = json.dumps([_plain(value) for value in cursor], allow_nan=False, separators=(",", ":")).encode()
    return _armour(_checksum(payload, binding) + payload)


def decode_token(token: str, *, binding: str) -> tuple[Any, ...]:
    """Return the cursor of a page token.

    Raises `InvalidArgument` for anything that `encode_token` did not make for the same `binding`. Whoever forges a
    checksum on purpose can make a cursor of any values of the types named above, and nothing worse.
    """
    try:
        if len(token) > _MAX_TOKEN:
            raise _bad_token()
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        checksum, payload = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        # The decoder ignores stray characters and spare bits: only the canonical spelling is a token.
        if checksum != _checksum(payload, binding) or _armour(raw) != token:
            raise _bad_token()
        values = json.loads(payload)
        if not isinstance(values, list):
            raise _bad_token()
        return tuple(_typed(value) for value in values)
    except (ValueError, RecursionError) as error:
        raise _bad_token() from error


def page_size(value: int | str | None, *, default: int, maximum: int) -> int:
    """Return the page size; more than `maximum` counts as `maximum`, as AIP-158 requires."""
    if value is None or value == "":
        return default
    number = int(value) if not isinstance(value, bool) and _NUMBER.fullmatch(str(value)) else -1
    if number < 0:
        raise InvalidArgument.of(Violation("pageSize", f"must be a number from 0 to {maximum}, where 0 is {default}"))
    return min(number, maximum) or default


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a cursor holds no datetime without a time zone")
        return {_TIME: value.isoformat()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a cursor holds no {type(value).__name__}")


def _typed(value: Any) -> Any:
    """Undo `_plain`; raise ValueError for a forged value that it could not have made."""
    if isinstance(value, dict):
        moment = datetime.fromisoformat(str(value.get(_TIME)))
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment
    if isinstance(value, list) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("not a cursor's value")
    return value


def _checksum(payload: bytes, binding: str) -> bytes:
    key = hashlib.blake2b(binding.encode("utf-8", "surrogatepass")).digest()
    return hashlib.blake2b(payload, key=key, digest_size=_CHECKSUM_BYTES).digest()


def _armour(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bad_token() -> InvalidArgument:
    return InvalidArgument.of(
        Violation("pageToken", "is not a token of this request; start again without a page token")
    )
