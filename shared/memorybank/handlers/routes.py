"""The route tables of all functions, built from the methods registered in `rpcs`.

A handler is imported when it is first called, because a router needs only the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from memorybank.aip.entry import Call
from memorybank.aip.routing import Route
from memorybank.handlers.rpcs import Rpc, all_rpcs


class _Tables(Mapping[str, tuple[Route, ...]]):
    """The routes of each function, as currently registered."""

    def __init__(self, *, public: bool) -> None:
        self._public = public

    def __getitem__(self, function: str) -> tuple[Route, ...]:
        routes = tuple(_route(rpc) for rpc in self._rpcs() if rpc.function == function)
        if not routes:
            raise KeyError(function)
        return routes

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(rpc.function for rpc in self._rpcs()))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _rpcs(self) -> list[Rpc]:
        return [rpc for rpc in all_rpcs() if rpc.public is self._public]


PUBLIC: Mapping[str, tuple[Route, ...]] = _Tables(public=True)
"""The routes for clients, by function."""

PRIVATE: Mapping[str, tuple[Route, ...]] = _Tables(public=False)
"""The routes for the deployment itself (Cloud Scheduler and Cloud Tasks), by function."""


@cache
def _route(rpc: Rpc) -> Route:
    def handle(service: Any, call: Call) -> Any:
        return handler_of(rpc.handler)(service, call)

    return Route(rpc.method, rpc.template, handle, rpc.name, absolute=rpc.absolute, needs=rpc.needs, query=rpc.query)


@cache
def handler_of(name: str) -> Any:
    """Return the handler that is named as `module:function`."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def routes_of(functions: Iterable[str]) -> list[Route]:
    """Return the routes of the named functions, and `/health`, which all of them have."""
    tables = {**PUBLIC, **PRIVATE}
    health = Route("GET", "/health", _health, "Health", absolute=True, needs="nothing", query=None)
    return [*(route for name in functions for route in tables[name]), health]


def _health(service: Any, call: Call) -> dict[str, str]:
    """Report that the process is serving, and that its background work, if any, is running; or why it is not."""
    del call
    if service.check is not None:
        service.check()
    return {"status": "ok"}
