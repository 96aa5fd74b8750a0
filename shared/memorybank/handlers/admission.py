"""Admission: identifies the caller first, and gives handlers only what that caller may access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from memorybank.access.access import Access
from memorybank.access.narrow_ports import narrowed
from memorybank.aip.routing import Route
from memorybank.handlers.request_context import Service

Admit = Callable[[Service, Route, Mapping[str, str]], Service]


def admission(access: Access) -> Admit:
    """Return a function that restricts a service to the caller of a request, or raises if the caller is refused."""

    def admit(service: Service, route: Route, headers: Mapping[str, str]) -> Service:
        if route.needs == "nothing":
            return service
        if route.needs == "task":
            access.identity.require_task_caller(headers)
            return service
        caller = access.identity.caller(headers)
        rights = access.rights_of(caller)
        if caller == service.caller and rights is service.rights:
            return service  # nobody is asked who they are
        return replace(
            service, caller=caller, rights=rights, ports=narrowed(service.ports, rights, write=route.needs == "write")
        )

    return admit
