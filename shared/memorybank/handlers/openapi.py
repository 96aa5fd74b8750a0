"""The description of the API in OpenAPI 3.1, made from the table of methods and the models of their messages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from memorybank.errors import MemoryBankError
from memorybank.handlers.messages import MESSAGES, Messages
from memorybank.handlers.openapi_schemas import Schemas
from memorybank.handlers.routes import handler_of
from memorybank.handlers.rpcs import Rpc, all_rpcs
from memorybank.resources.names import SEGMENT

VERSION = "v1beta1"
"""The version of the API in the paths; every path is served under the others, too."""

_LOCATION = "projects/{project}/locations/{location}"
_VARIABLE = re.compile(r"\{(\w+)\}")
_SINGULAR = "/revision/"  # Google's guide writes some names of revisions this way; both are served
_ABOUT = """\
The API of Google's Memory Bank, and what this bank adds to it. Every path is served under `/v1` and `/v1beta1`, with \
and without `projects/{project}/locations/{location}`. Bodies may spell fields in camelCase or snake_case; answers are \
in camelCase and leave out what is not set."""

_SIZE = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_SEGMENT = {"type": "string", "pattern": f"^{SEGMENT}$"}
_ID = {"type": "string", "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"}
QUERY: dict[str, tuple[dict[str, Any], str]] = {
    "pageSize": (_SIZE, "the most items of a page"),
    "pageToken": (_TEXT, "`nextPageToken` of the page before"),
    "filter": (_TEXT, 'a condition, such as `scope.user_id = "ada"`'),
    "orderBy": (_TEXT, "a field, alone or with `desc`"),
    "updateMask": (_TEXT, "the fields to change, separated by commas"),
    "parent": (_TEXT, "the location, if the path does not name it"),
    "force": ({"type": "boolean"}, "delete also what is in it"),
    "memoryId": (_ID, "an id of the caller's choice"),
    "sessionId": (_TEXT, "an id of the caller's choice"),
    "prefix": (_TEXT, "the beginning of a value of the scopes to list"),
    "scope": (_TEXT, 'a scope as JSON, such as `{"user_id": "ada"}`'),
    "includeEmbeddings": ({"type": "boolean"}, "export the vectors, too"),
    "readTime": (_TIME, "answer as of that time"),
    "timeout": (
        {"type": "string", "pattern": r"^\d{1,12}(\.\d{1,9})?s$"},
        'how long to wait, such as "10s"; at most 30 s',
    ),
    "extraLocationTypes": (_TEXT, "ignored"),
    "returnPartialSuccess": ({"type": "boolean", "const": False}, "not supported"),
}
"""The schema and the description of each query parameter."""


@cache
def document() -> dict[str, Any]:
    """Return the description. It is made once, in some tens of milliseconds."""
    schemas = Schemas()
    paths: dict[str, Any] = {}
    rows = [rpc for rpc in all_rpcs() if rpc.public and rpc.name in MESSAGES and _SINGULAR not in rpc.template]
    repeated = Counter(rpc.name for rpc in rows)
    for rpc in rows:
        paths.setdefault(_path(rpc), {})[rpc.method.lower()] = _operation(rpc, schemas, alone=repeated[rpc.name] == 1)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open Memory Bank", "version": VERSION, "description": _ABOUT, "license": _LICENSE},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
        "tags": [{"name": name} for name in sorted({_tag(rpc) for rpc in rows})],
    }


_LICENSE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}


def _path(rpc: Rpc) -> str:
    below = rpc.template if rpc.template.startswith("projects/") else f"{_LOCATION}/{rpc.template}"
    return f"/{VERSION}/{below}"


def _tag(rpc: Rpc) -> str:
    return rpc.handler.rpartition(".")[2].partition(":")[0]


def _operation(rpc: Rpc, schemas: Schemas, *, alone: bool) -> dict[str, Any]:
    """Return the description of one method; one of several with the same name is named after its parent, too."""
    messages = MESSAGES[rpc.name] if rpc.operation is None else _starting(MESSAGES[rpc.name])
    parents = [name for name in _VARIABLE.findall(_path(rpc)) if name not in ("project", "operation", "revision")]
    told: dict[str, Any] = {
        "operationId": rpc.name if alone else f"{rpc.name}Of{parents[-1].title()}{_depth(rpc)}",
        "summary": (handler_of(rpc.handler).__doc__ or rpc.name).partition("\n")[0],
        "tags": [_tag(rpc)],
        "parameters": [*_path_parameters(rpc), *_query_parameters(rpc)],
        "responses": {
            "200": {"description": "OK", "content": _json(schemas.answer(messages))},
            "default": {"description": _errors(), "content": _json({"$ref": "#/components/schemas/Error"})},
        },
    }
    if messages.body is not None:
        told["requestBody"] = {"required": not messages.optional, "content": _json(schemas.body(messages.body))}
    return told


def _depth(rpc: Rpc) -> str:
    """Tell apart the two lists of revisions, of a memory and of one of its revisions."""
    return "Revision" if "{revision}/" in rpc.template else ""


def _starting(messages: Messages) -> Messages:
    return Messages(messages.body, "Operation", optional=messages.optional)


def _path_parameters(rpc: Rpc) -> Iterator[dict[str, Any]]:
    for name in _VARIABLE.findall(_path(rpc)):
        yield {"name": name, "in": "path", "required": True, "schema": _SEGMENT}


def _query_parameters(rpc: Rpc) -> Iterator[dict[str, Any]]:
    for name in rpc.query or ():
        schema, description = QUERY[name]
        yield {"name": name, "in": "query", "description": description, "schema": schema}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _errors() -> str:
    return "The call failed: " + ", ".join(sorted(each.status for each in MemoryBankError.__subclasses__()))
