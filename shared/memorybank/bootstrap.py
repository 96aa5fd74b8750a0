"""Assembles a deployment: which adapters its ports use, and what each function serves."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from memorybank.adapters import Adapters
from memorybank.application import application_of
from memorybank.config import Settings, read_settings, refuse_local_on_cloud_run, variable
from memorybank.errors import InvalidArgument, Violation
from memorybank.handlers.routes import PUBLIC
from memorybank.logs import set_up
from memorybank.plugins import queue_of, store_of

if TYPE_CHECKING:  # the router serves without any of these
    from memorybank.access.access import Access

_Wsgi = Callable[[Mapping[str, Any], Callable[..., object]], Iterable[bytes]]


def function(name: str) -> Callable[[Any], Any]:
    """Return the entry point that functions-framework calls for a function: it takes a Flask request.

    Modules are imported and settings are checked now, so that a misconfigured deployment fails to start. Adapters are
    made on first use: the framework imports main.py in one process and serves from a fork of it, which threads and
    connections do not survive.
    """
    with _loading():
        importlib.import_module(f"memorybank.handlers.{name}")
        settings = read_settings(os.environ)
        start = _router(settings) if name == "router" else _one_function(settings, name)
    lock = threading.Lock()
    started: list[_Wsgi] = []

    def serve(request: Any) -> Any:
        from werkzeug.wrappers import Response  # noqa: PLC0415 - comes with functions-framework, which not all have

        with lock:
            if not started:
                set_up(settings.log_level, project=settings.project)
                started.append(start())
        return Response.from_app(cast(Any, started[0]), request.environ)

    return serve


@contextmanager
def _loading() -> Iterator[None]:
    """Load modules with the garbage collector off, and freeze their objects so that it never scans them.

    They create many objects and no garbage: scanning them takes a tenth of a cold start. Unscanned, their pages stay
    shared with the fork that serves.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _router(settings: Settings) -> Callable[[], _Wsgi]:
    """Return the factory of the router, which forwards every call to the function that serves it."""
    from memorybank.access.identity import identity_of  # noqa: PLC0415 - only the router does with so little
    from memorybank.handlers.router import RouterApplication  # noqa: PLC0415 - as above
    from memorybank.metadata import IdTokens  # noqa: PLC0415 - as above

    missing = sorted(PUBLIC.keys() - settings.function_urls.keys())
    if missing:
        raise InvalidArgument.of(Violation(variable("function_urls"), f"lacks {', '.join(missing)}"))
    application = RouterApplication(
        settings.function_urls, tokens=IdTokens(settings.metadata_host), verify=identity_of(settings).caller
    )
    atexit.register(application.close)
    return lambda: application


def _one_function(settings: Settings, name: str) -> Callable[[], _Wsgi]:
    """Return the factory of a function that serves its own routes."""
    from memorybank.access.access import access_of  # noqa: PLC0415 - the router has none

    refuse_local_on_cloud_run(settings, os.environ)
    access = access_of(settings)
    if preload := store_of(settings).preload:
        importlib.import_module(preload)
    if queue_of(settings).receive is None:
        return lambda: _embedded(settings, name, access)
    adapters = Adapters(settings)
    application = application_of(settings, adapters, [name], access=access)
    atexit.register(adapters.close)
    return lambda: application


def _embedded(settings: Settings, name: str, access: Access) -> _Wsgi:
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - its threads are wanted only here

    bank = Bank(settings, embedded_adapters(settings), functions=[name], access=access)
    bank.start()
    atexit.register(bank.stop)
    if store_of(settings).local:
        bank.embed_anew()
    return bank.application
