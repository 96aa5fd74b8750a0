"""Several WSGI applications on one port, by the beginning of the path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from memorybank.local.browser_guard import WsgiApplication


def mounted(application: WsgiApplication, mounts: Mapping[str, WsgiApplication]) -> WsgiApplication:
    """Return an application that passes requests at and below each prefix to its own, and all others to the first."""
    if not mounts:
        return application

    below = tuple(f"{prefix}/" for prefix in mounts)

    def serve(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path in mounts or path.startswith(below):
            for prefix, mount in mounts.items():
                if path == prefix or path.startswith(f"{prefix}/"):
                    return mount(environ, start_response)
        return application(environ, start_response)

    return serve
