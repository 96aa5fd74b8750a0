"""The gRPC methods that this bank can serve, read from google-cloud-aiplatform.

Its transports state the messages of every method, and the HTTP bindings that the service definition gives it. A method
is served if this bank has a route for one of its bindings. So a method that Google adds to both needs no line here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeAlias, get_args, get_type_hints

from google.protobuf import empty_pb2

from memorybank.aip.routing import Route
from memorybank.imports import without_package

Message: TypeAlias = Any
"""A protobuf message. Google's classes are untyped."""

SERVICES = (
    ("v1beta1", "MemoryBankService"),
    ("v1beta1", "SessionService"),
    ("v1beta1", "ReasoningEngineService"),
    ("v1", "SessionService"),
    ("v1", "ReasoningEngineService"),
)
"""The services by version. Those of operations and locations come with each; v1 has no MemoryBankService."""

_LOCATION = "projects/*/locations/*/"


@dataclass(frozen=True)
class Method:
    """One gRPC method: its full name, its messages, and its HTTP bindings as in `google.api.http`.

    A binding has `method`, `uri` and, unless the request has no body, `body`.
    """

    path: str
    request: type[Message]
    response: type[Message]
    bindings: tuple[Mapping[str, str], ...]


def methods_for(routes: Iterable[Route]) -> dict[str, Method]:
    """Return the methods that routes serve, by full name (`/package.Service/Method`)."""
    served = {(route.method, re.sub(r"\{\w+\}", "*", route.template)) for route in routes}
    found: dict[str, Method] = {}
    for version, service in SERVICES:
        for method in _methods_of(version, service):
            kept = tuple(binding for binding in method.bindings if _place(binding, version) in served)
            if kept:
                found.setdefault(method.path, Method(method.path, method.request, method.response, kept))
    return found


def _methods_of(version: str, service: str) -> Iterator[Method]:
    """Yield all methods that a client of a service calls, those for operations and locations too."""
    typed = getattr(_transport(version, service, "base"), f"{service}Transport")
    bound = getattr(_transport(version, service, "rest_base"), f"_Base{service}RestTransport")
    for name in (each.removeprefix("_Base") for each in vars(bound) if each.startswith("_Base")):
        [request], answer = get_args(get_type_hints(getattr(typed, _snake(name)).fget)["return"])
        response = empty_pb2.Empty if answer is type(None) else get_args(answer)[0]
        bindings = getattr(bound, f"_Base{name}")._get_http_options()  # noqa: SLF001 - nothing public states them
        request, response = _plain(request), _plain(response)
        owner = _declared(request, name) or f"google.cloud.aiplatform.{version}.{service}"
        yield Method(f"/{owner}/{name}", request, response, tuple(bindings))


def _transport(version: str, service: str, module: str) -> Any:
    """Import a module of a client's transport, if possible without all the other services: they take seconds."""
    package = f"google.cloud.aiplatform_{version}"
    name = f"{package}.services.{_snake(service)}.transports.{module}"
    with without_package(package), suppress(ImportError, AttributeError):
        import_module(name)
    return import_module(name)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _plain(message: Any) -> type[Message]:
    """Return the protobuf class of a message, without the wrapper that the client has around it."""
    return message.pb() if hasattr(message, "pb") else message  # type: ignore[no-any-return]


def _declared(request: type[Message], name: str) -> str | None:
    """Return the service in the file of a request that declares a method; None if that file declares no services."""
    services = request.DESCRIPTOR.file.services_by_name.values()
    return next((each.full_name for each in services if name in each.methods_by_name), None)


def _place(binding: Mapping[str, str], version: str) -> tuple[str, str]:
    """Return the HTTP method of a binding and its path, in the form of a route's template with `*` for variables."""
    path = re.sub(r"\{[\w.]+=([^}]*)\}", r"\1", binding["uri"]).removeprefix(f"/{version}/")
    return binding["method"].upper(), path.removeprefix(_LOCATION)
