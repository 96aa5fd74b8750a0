"""The way in of a caller: who they are is settled first, and handlers are given no more than that caller may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from memorybank.access.access import Access
from memorybank.access.narrow_store import narrowed
from memorybank.aip.routing import Route
from memorybank.handlers.request_context import Service

Admit = Callable[[Service, Route, Mapping[str, str]], Service]


def admission(access: Access) -> Admit:
    """Return what makes of a service the one for the caller of a request, or raises why they are not let in."""

    def admit(service: Service, route: Route, headers: Mapping[str, str]) -> Service:
        if route.needs == "nothing":
            return service
        if route.needs == "task":
            access.identity.require_task_caller(headers)
            return service
        rights = access.rights(headers)
        return replace(service, rights=rights, ports=narrowed(service.ports, rights, write=route.needs == "write"))

    return admit
