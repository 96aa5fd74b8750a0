"""The WSGI application that serves functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from memorybank.config import MAX_BODY, Settings
from memorybank.handlers.routes import routes_of
from memorybank.plugins import queue_of, store_of

if TYPE_CHECKING:  # the router serves without any of these
    from memorybank.access.access import Access
    from memorybank.aip.entry import Application, Observe, Seen
    from memorybank.bank.ports import Ports
    from memorybank.handlers.request_context import Service
    from memorybank.ports.tasks import Attempt


def application_of(
    settings: Settings,
    ports: Ports,
    functions: Iterable[str],
    *,
    access: Access,
    sync_wait: timedelta = timedelta(0),
    check: Callable[[], None] | None = None,
) -> Application[Service]:
    """Return the WSGI application of some functions. `access` decides who may call them.

    `check` raises if the background work has stopped; `/health` reports it.
    """
    from memorybank.access.media import media_uris  # noqa: PLC0415 - as below
    from memorybank.aip.entry import Application  # noqa: PLC0415 - the router has none
    from memorybank.bank.project_names import ProjectNames  # noqa: PLC0415 - as above
    from memorybank.handlers.admission import admission  # noqa: PLC0415 - as above
    from memorybank.handlers.request_context import Service  # noqa: PLC0415 - as above

    service = Service(
        ports,
        settings.project,
        settings.location,
        project_number=settings.project_number,
        sync_wait=sync_wait,
        receive=_receiver(settings, ports),
        check=check,
        media=media_uris(settings.media_prefixes),
        # Not with rules, which may allow one name of a project and not the other.
        projects=ProjectNames() if store_of(settings).local and access.rules is None else None,
    )
    return Application(
        routes_of(functions),
        service,
        max_body=MAX_BODY,
        admit=admission(access),
        observe=_observer(settings),
        record=_audit(settings),
    )


def _audit(settings: Settings) -> Callable[[Seen[Service]], None] | None:
    """Return the audit log, which is kept where the store is not on this machine unless the settings say otherwise."""
    usual = "off" if store_of(settings).local else "on"
    if (settings.audit or usual) == "off":
        return None
    from memorybank.handlers.audit import audit_log  # noqa: PLC0415 - not where it is off

    return audit_log()


def _observer(settings: Settings) -> Observe | None:
    if settings.telemetry == "none":
        return None
    from memorybank.telemetry import otlp  # noqa: PLC0415 - takes time, and comes with an extra

    return otlp(content=settings.telemetry == "otlp-with-content").observe


def _receiver(
    settings: Settings, ports: Ports
) -> Callable[[Mapping[str, str], Mapping[str, Any]], Attempt | None] | None:
    """Return the function that reads deliveries of a remote queue; None if the queue runs in this process."""
    read = queue_of(settings).receive
    if read is None:
        return None
    return lambda headers, body: read(settings, ports.queue, headers=headers, body=body)
