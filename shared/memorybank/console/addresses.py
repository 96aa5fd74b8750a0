"""The addresses of pages: that of a resource's page is its name below `/console`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

ROOT = "/console"


def address(name: str, **query: str | None) -> str:
    """Return the address of a page, by the name of a resource or a path below it; without a name, of all banks."""
    path = f"{ROOT}/{quote(name, safe='/:@-._~')}".rstrip("/")
    given = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def scope_address(engine: str, scope: Mapping[str, str], **query: str | None) -> str:
    """Return the address of a scope's page."""
    return address(f"{engine}/scope", scope=scope_text(scope), **query)


def scope_text(scope: Mapping[str, str]) -> str:
    """Return a scope as JSON, in the form in which filters name it."""
    return json.dumps(dict(sorted(scope.items())), ensure_ascii=False)


def engine_of(name: str) -> str:
    """Return the engine's part of the name of a resource below it."""
    return "/".join(name.split("/")[:6])
