"""The URIs by which the programs of google-adk (`adk web`, `adk run`, `adk api_server`) find a bank.

`memorybank://HOST[:PORT]/ENGINE`, where ENGINE is an engine's id or its full name. The scheme is https, or http on this
machine; `memorybank+http://` and `memorybank+https://` choose one. Query parameters are `project` and `location` (for
an id), and for memories `top_k` and `min_similarity`. The engine must exist: the program stops at its start otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from google.adk.cli.service_registry import get_service_registry

from memorybank.adk.memory import MemoryBankService
from memorybank.adk.sessions import SessionService
from memorybank.hosts import is_this_machine

_SCHEMES = ("memorybank", "memorybank+http", "memorybank+https")
_PATH = re.compile("(?P<prefix>.*?)/(?P<engine>(projects/[^/]+/locations/[^/]+/reasoningEngines/)?[^/]+)/?")
_PLACE: Mapping[str, Callable[[str], Any]] = {"project": str, "location": str}
_SEARCH: Mapping[str, Callable[[str], Any]] = {"top_k": int, "min_similarity": float}


def register() -> None:
    """Register `memorybank://` with google-adk; call this from `services.py` in the agents' folder."""
    registry = get_service_registry()
    for scheme in _SCHEMES:
        registry.register_memory_service(scheme, _memory_service)
        registry.register_session_service(scheme, _session_service)


def _memory_service(uri: str, **_: Any) -> MemoryBankService:
    service = MemoryBankService(**_arguments(uri, {**_PLACE, **_SEARCH}))
    service.find()
    return service


def _session_service(uri: str, **_: Any) -> SessionService:
    service = SessionService(**_arguments(uri, _PLACE))
    service.find()
    return service


def _arguments(uri: str, options: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    parts = urlsplit(uri)
    path = _PATH.fullmatch(parts.path)
    if not parts.hostname or path is None:
        raise ValueError(f"{uri} must be memorybank://HOST[:PORT]/ENGINE")
    scheme = parts.scheme.partition("+")[2] or ("http" if is_this_machine(parts.hostname) else "https")
    arguments: dict[str, Any] = {"url": f"{scheme}://{parts.netloc}{path['prefix']}", "engine": path["engine"]}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in options:
            raise ValueError(f"{uri}: {name} is not an option; the options are {', '.join(options)}")
        try:
            arguments[name] = options[name](value)
        except ValueError as error:
            raise ValueError(f"{uri}: {name} must be a number") from error
    return arguments
