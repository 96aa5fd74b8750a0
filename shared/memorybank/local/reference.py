"""The description of the API on the local server: `/openapi.json`, and `/reference` for people, without any script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from memorybank.aip.errors import error_response
from memorybank.aip.http import Response, json_response, respond
from memorybank.aip.routing import MethodNotAllowed
from memorybank.local.browser_guard import WsgiApplication

_STYLE = """\
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:auto;padding:1rem}
code{font-size:.9em;overflow-wrap:anywhere}summary{cursor:pointer;padding:.2rem 0}table{border-collapse:collapse}
td,th{border:1px solid #8886;padding:.2rem .5rem;text-align:left;vertical-align:top}section{margin-bottom:2rem}
.m{display:inline-block;min-width:4rem;font-weight:bold}details>*:not(summary){margin-left:1rem}"""

_POLICY = "default-src 'none'; style-src 'sha256-{}'; frame-ancestors 'none'; base-uri 'none'"
_JSON = "application/json"


def reference_mounts() -> dict[str, WsgiApplication]:
    """Return the applications to mount, by their paths."""
    return {"/openapi.json": _serving(_document), "/reference": _serving(_page)}


def _serving(make: Callable[[], Response]) -> WsgiApplication:
    def serve(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD"):
            return respond(make(), start_response, head=method == "HEAD")
        refused = MethodNotAllowed(f"The description of the API takes GET, not {method[:20]}.", allowed=["GET", "HEAD"])
        return respond(error_response(refused), start_response)

    return serve


@cache
def _document() -> Response:
    return json_response(_described())


@cache
def _page() -> Response:
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    headers = (
        ("Content-Type", "text/html; charset=UTF-8"),
        ("Content-Security-Policy", _POLICY.format(digest)),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Response(200, page_of(_described()).encode(), headers)


def _described() -> dict[str, Any]:
    from memorybank.handlers.openapi import document  # noqa: PLC0415 - most servers are never asked for it

    return document()


def page_of(document: Mapping[str, Any]) -> str:
    """Return the page for a description, which stands beside `openapi.json`."""
    return "".join(_html(document))


def _html(document: Mapping[str, Any]) -> Iterator[str]:
    title = f"{document['info']['title']} API"
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<style>{_STYLE}</style><h1>{escape(title)}</h1><p>{_prose(document['info']['description'])}"
    yield '<p>The same for programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).'
    for tag in document["tags"]:
        yield f"<section><h2>{escape(tag['name'].title())}</h2>"
        for path, methods in document["paths"].items():
            for method, told in methods.items():
                if tag["name"] in told["tags"]:
                    yield from _method(method, path, told)
        yield "</section>"
    yield "<section><h2>Messages</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        yield f"<p>{_prose(schema.get('description', ''))}"
        yield from _fields(schema.get("properties", {}), schema.get("required", ()))
        yield "</details>"
    yield "</section></html>"


def _method(method: str, path: str, told: Mapping[str, Any]) -> Iterator[str]:
    yield f'<details id="{escape(told["operationId"])}"><summary><span class="m">{escape(method.upper())}</span> '
    yield f"<code>{escape(path)}</code></summary><p>{_prose(told['summary'])}"
    queries = [each for each in told["parameters"] if each["in"] == "query"]
    if queries:
        yield "<table><tr><th>query<th>type<th>"
        for each in queries:
            cells = (f"<code>{escape(each['name'])}</code>", _type(each["schema"]), _prose(each["description"]))
            yield f"<tr><td>{'<td>'.join(cells)}"
        yield "</table>"
    if "requestBody" in told:
        yield f"<p>Body: {_type(told['requestBody']['content'][_JSON]['schema'])}"
    answer = told["responses"]["200"]["content"][_JSON]["schema"]
    yield f"<p>Answer: {_type(answer)}"
    yield from _fields(answer.get("properties", {}), ())
    yield "</details>"


def _fields(properties: Mapping[str, Any], required: Iterable[str]) -> Iterator[str]:
    if not properties:
        return
    needed = set(required)
    yield "<table><tr><th>field<th>type<th>"
    for name, schema in properties.items():
        note = "required" if name in needed else ""
        yield f"<tr><td><code>{escape(name)}</code><td>{_type(schema)}<td>{note}"
    yield "</table>"


def _type(schema: Mapping[str, Any]) -> str:
    """Return what a schema takes, in a few words, with a link to the message it names."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}"><code>{name}</code></a>'
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    inner = schema.get("additionalProperties")
    if isinstance(inner, Mapping):
        return f"map of {_type(inner)}"
    known = str(schema.get("type", "any value"))
    return escape(f"{known} ({schema['format']})" if "format" in schema else known)


def _prose(text: str) -> str:
    """Return text with its code marked."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
