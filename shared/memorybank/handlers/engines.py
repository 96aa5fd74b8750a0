"""The function for engines: create, get, list, update and delete."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.aip.field_mask import masked_body, parse_mask
from memorybank.bank import engines
from memorybank.errors import InvalidArgument, Unimplemented, Violation
from memorybank.handlers.filters import ENGINES, acceptance
from memorybank.handlers.request_context import Service, answer_operation, engine_name, page, shown
from memorybank.resources.engine import DeleteEngineRequest, ReasoningEngine
from memorybank.resources.names import check_segment
from memorybank.resources.wire import parse

_COLLECTION = "reasoningEngines"
_MASKABLE = [f"{field}.*" if field in engines.MAPS else field for field in sorted(engines.FIELDS)]
_FORCE = {"": False, "false": False, "0": False, "true": True, "1": True}


def create_engine(service: Service, call: Call) -> dict[str, Any]:
    """Create an engine and return the finished operation with it."""
    name = engine_name(service, call, identifier=service.ports.ids.new())
    service.rights.require_new_engine(name)
    operation = engines.create(service.ports, name, parse(ReasoningEngine, call.body))
    return shown(call, operation)


def get_engine(service: Service, call: Call) -> dict[str, Any]:
    """Return an engine."""
    return engines.get(service.ports, engine_name(service, call)).to_wire()


def list_engines(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of engines, newest first: of one location, or of all with `projects/-/locations/-` (AIP-159)."""
    everywhere = (call.params.get("project"), call.params.get("location")) == ("-", "-")
    parent = None if everywhere else engine_name(service, call, identifier="any").parent
    text = call.query.get("filter")
    asked = page(call.query, binding=(parent, text))
    found, cursor = engines.list_page(
        service.ports, parent, accept=acceptance(text, ENGINES), limit=asked.limit, after=asked.after
    )
    return asked.answer(_COLLECTION, [engine.to_wire() for engine in found], cursor)


def update_engine(service: Service, call: Call) -> dict[str, Any]:
    """Update an engine and return the finished operation with it."""
    name = engine_name(service, call)
    service.rights.require_engine(name)
    mask = parse_mask(call.query.get("updateMask"), allowed=_MASKABLE)
    changes = parse(ReasoningEngine, call.body if mask is None else masked_body(call.body, mask))
    return shown(call, engines.update(service.ports, name, changes, mask=mask))


def delete_engine(service: Service, call: Call) -> dict[str, Any]:
    """Delete an engine, with `force` including all its contents; `force` may be in the query or in the body."""
    name = engine_name(service, call)
    service.rights.require_engine(name)
    force = _FORCE.get(call.query.get("force", "").lower())
    if force is None:
        raise InvalidArgument.of(Violation("force", "must be true or false"))
    asked = parse(DeleteEngineRequest, call.body)
    operation = engines.delete(service.ports, name, force=force or asked.force)
    return answer_operation(service, name, call, operation=operation)


def list_locations(service: Service, call: Call) -> dict[str, Any]:
    """Return the location of this deployment; calls may name any other, too."""
    page(call.query, binding=(call.params["project"], "locations"))  # which is one page
    return {"locations": [_location(call.params["project"], service.location)]}


def get_location(service: Service, call: Call) -> dict[str, Any]:
    """Return a location, whichever it is: names of locations only keep engines apart."""
    del service
    return _location(call.params["project"], check_segment(call.params["location"], field="location"))


def _location(project: str, location: str) -> dict[str, Any]:
    return {
        "name": f"projects/{check_segment(project, field='project')}/locations/{location}",
        "locationId": location,
        "displayName": location,
    }


def refuse_iam(service: Service, call: Call) -> dict[str, Any]:
    """Refuse to read or set IAM policies, and say what there is in their place."""
    service.rights.require_known(engine_name(service, call))
    raise Unimplemented("Engines have no IAM policies: MEMORYBANK_ACCESS_RULES says who may read and write what.")
