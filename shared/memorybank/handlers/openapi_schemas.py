"""The schemas of the API's messages for its description: those of the models, and a few that have no model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic.json_schema import models_json_schema

from memorybank.handlers.messages import MESSAGES, Messages, Named, Page
from memorybank.resources.wire import WireModel

_REFERENCE = "#/components/schemas/{model}"
_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}
_FREE = {"type": "object", "additionalProperties": True}
Mode = Literal["validation", "serialization"]


def _shape(description: str, required: Iterable[str] = (), **properties: Any) -> dict[str, Any]:
    shape = {"type": "object", "description": description, "properties": properties, "additionalProperties": False}
    return shape | ({"required": list(required)} if required else {})


SHAPES: Mapping[str, Mapping[str, Any]] = {
    "Operation": _shape(
        "Work that may outlast its call. When it is done it has a response or an error; until then, poll its name.",
        ("name", "metadata"),
        name=_TEXT,
        metadata=_FREE | {"description": "its type and times, and what it used and left out"},
        done={"type": "boolean"},
        response=_FREE | {"description": "the outcome, with its type in `@type`"},
        error={"$ref": _REFERENCE.format(model="Status")},
    ),
    "Status": {
        **_shape("Why something failed, by a code of google.rpc.", ("code", "message"), message=_TEXT, status=_TEXT),
        "additionalProperties": True,
    },
    "Error": _shape(
        "The answer to every call that fails.",
        ("error",),
        error=_shape(
            "`code` is the HTTP status, `status` its name in google.rpc. `details` names each wrong field.",
            ("code", "message", "status", "details"),
            code={"type": "integer"},
            message=_TEXT,
            status=_TEXT,
            details={"type": "array", "items": _FREE},
        ),
    ),
    "Location": _shape("A location.", ("name",), name=_TEXT, locationId=_TEXT, displayName=_TEXT),
    "ScopeSummary": _shape(
        "A scope that has memories.",
        ("scope", "memoryCount"),
        scope={"type": "object", "additionalProperties": _TEXT},
        memoryCount={"type": "integer"},
        updateTime=_TIME,
    ),
    "Waiting": _shape(
        "What of a scope has not become memories yet.",
        streams={"type": "array", "items": {"$ref": _REFERENCE.format(model="WaitingStream")}},
        operations={"type": "array", "items": {"$ref": _REFERENCE.format(model="Operation")}},
        more={"type": "boolean", "description": "there may be more of both"},
    ),
    "WaitingStream": _shape(
        "A stream with events that no generation has read yet.",
        ("streamId", "eventCount", "createTime", "flushTime", "operation"),
        streamId=_TEXT,
        eventCount={"type": "integer"},
        createTime=_TIME,
        flushTime=_TIME,
        operation=_TEXT,
    ),
}
"""The schemas of messages that have no model."""
SHAPES["Status"]["properties"]["code"] = {"type": "integer"}


class Schemas:
    """The components of the description, and references to them."""

    def __init__(self) -> None:
        wanted = sorted(_wanted(), key=lambda pair: (pair[0].__name__, pair[1]))
        self._keys, found = models_json_schema(wanted, ref_template=_REFERENCE)
        self.components: dict[str, Any] = {name: _tidy(each) for name, each in found["$defs"].items()} | dict(SHAPES)

    def body(self, model: type[WireModel]) -> Mapping[str, Any]:
        """Return the schema of a body."""
        return self._keys[model, "validation"]

    def answer(self, messages: Messages) -> Mapping[str, Any]:
        """Return the schema of an answer."""
        answer = messages.answer
        if answer is None:
            return {"type": "object", "maxProperties": 0}
        if isinstance(answer, Page):
            items = {"type": "array", "items": self._one(answer.item)}
            return _shape("A page.", (), **{answer.field: items, "nextPageToken": _TEXT})
        if isinstance(answer, Named):
            return _shape(
                "By name.", **{answer.field: {"type": "object", "additionalProperties": self._one(answer.item)}}
            )
        found = self._one(answer)
        if not messages.paged:
            return found
        whole: Mapping[str, Any] = self.components[found["$ref"].rpartition("/")[2]]
        return {**whole, "properties": {**whole["properties"], "nextPageToken": _TEXT}}

    def _one(self, item: type[WireModel] | str) -> Mapping[str, Any]:
        return {"$ref": _REFERENCE.format(model=item)} if isinstance(item, str) else self._keys[item, "serialization"]


def _tidy(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a model without what says nothing: titles made from names, and defaults that mean unset."""
    fields = {
        name: {key: value for key, value in each.items() if key != "title" and not (key == "default" and not value)}
        for name, each in schema.get("properties", {}).items()
    }
    return {**schema, "properties": fields}


def _wanted() -> set[tuple[type[WireModel], Mode]]:
    """Return the models of all bodies and answers, and in which direction each is needed."""
    wanted: set[tuple[type[WireModel], Mode]] = set()
    for messages in MESSAGES.values():
        if messages.body is not None:
            wanted.add((messages.body, "validation"))
        answer = messages.answer
        one = answer.item if isinstance(answer, Page | Named) else answer
        if isinstance(one, type):
            wanted.add((one, "serialization"))
    return wanted
