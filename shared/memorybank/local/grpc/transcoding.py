"""Turns gRPC messages into the requests of the HTTP application, and its answers into messages and statuses.

As in https://github.com/googleapis/googleapis/blob/master/google/api/http.proto, by Google's own implementation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from google.api_core import path_template, rest_helpers
from google.longrunning import operations_pb2
from google.protobuf import descriptor_pool, json_format
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2

from memorybank.aip.http import BodyTooLarge, Request, Response
from memorybank.errors import Internal, InvalidArgument, Violation
from memorybank.local.grpc.methods import Message, Method

_MASK = "google.protobuf.FieldMask"
_STRUCT = "type.googleapis.com/google.protobuf.Struct"
_UNREADABLE = (json_format.Error, ValueError, TypeError, RecursionError)
"""What json_format raises for values that JSON or a message cannot express."""

_MOST_MESSAGE = 1000
_MOST_STATUS = 3000
"""Bytes of an error: clients take 8 KB of trailers by default, in which a byte may stand as three."""

_DETAILS = error_details_pb2.DESCRIPTOR.name
"""Loaded here, because the details of errors are found by their types."""


def message_of(method: Method, data: bytes) -> Message:
    """Read the request message of a call."""
    try:
        return method.request.FromString(data)
    except DecodeError as error:
        raise InvalidArgument(f"The request is not a message {method.request.DESCRIPTOR.full_name}.") from error


def request_of(method: Method, message: Message, *, metadata: Iterable[tuple[str, Any]], max_body: int) -> Request:
    """Return the HTTP request for a message; metadata become headers. Raises `InvalidArgument`."""
    try:
        found = path_template.transcode(method.bindings, message=message)
    except ValueError:
        raise InvalidArgument.of(*_misnamed(method)) from None
    try:
        query = list(_query(found["query_params"]))
        body = json.dumps(json_format.MessageToDict(found["body"])).encode() if "body" in found else b""
    except _UNREADABLE as error:
        raise InvalidArgument("The request holds a value that JSON cannot express.") from error
    if len(body) > max_body:
        raise BodyTooLarge(f"The request is larger than {max_body} bytes as JSON, the most that is taken.")
    return Request(found["method"].upper(), unquote(found["uri"]), query, _headers(metadata), body)


def answer_of(method: Method, response: Response) -> Message:
    """Return a response message with all fields of an answer that the message has."""
    answer = json.loads(response.body)
    for operation in _operations(method, answer):
        _readable(operation)
    try:
        return json_format.ParseDict(answer, method.response(), ignore_unknown_fields=True)
    except _UNREADABLE as error:
        raise Internal("The answer has values that gRPC cannot express: read it over HTTP.") from error


def status_of(response: Response) -> Message:
    """Return an error as google.rpc.Status, with as many field violations as the trailers of a call may hold."""
    error = json.loads(response.body)["error"]
    message = error["message"].encode("utf-8", "replace")[:_MOST_MESSAGE].decode("utf-8", "ignore")
    status = status_pb2.Status()
    for most in (100, 10, 1, 0):
        status = json_format.ParseDict(
            {
                "code": code_pb2.Code.Value(error["status"]),
                "message": message,
                "details": [_shortened(detail, most) for detail in error["details"]] if most else [],
            },
            status_pb2.Status(),
            ignore_unknown_fields=True,
        )
        if status.ByteSize() <= _MOST_STATUS:
            break
    return status


def _misnamed(method: Method) -> list[Violation]:
    """Say what the field that makes up the path of a method must look like."""
    shapes: dict[str, list[str]] = {}
    for binding in method.bindings:
        field, _, shape = binding["uri"].partition("{")[2].partition("}")[0].partition("=")
        shapes.setdefault(field, []).append(shape)
    return [Violation(field, f"must be {' or '.join(found)}") for field, found in shapes.items()]


def _query(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the query parameters of a message; masks as they came, because they may hold keys of maps."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.full_name == _MASK:
            yield field.json_name, ",".join(value.paths)
            message.ClearField(field.name)
    yield from rest_helpers.flatten_query_params(json_format.MessageToDict(message), strict=True)


def _headers(metadata: Iterable[tuple[str, Any]]) -> Mapping[str, str]:
    """Return metadata as headers. Repeated ones are joined, as WSGI servers do."""
    headers: dict[str, str] = {}
    for key, value in metadata:
        if isinstance(value, str):
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _operations(method: Method, answer: dict[str, Any]) -> list[dict[str, Any]]:
    if method.response is operations_pb2.Operation:
        return [answer]
    if method.response is operations_pb2.ListOperationsResponse:
        return list(answer.get("operations", []))
    return []


def _readable(operation: dict[str, Any]) -> None:
    """Turn metadata and response of types that google-cloud-aiplatform lacks, such as a rollback's, into structs."""
    for part in ("metadata", "response"):
        kept = operation.get(part)
        if kept and not _known(kept["@type"]):
            rest = {key: value for key, value in kept.items() if key != "@type"}
            operation[part] = {"@type": _STRUCT, "value": rest}


def _known(url: str) -> bool:
    try:
        descriptor_pool.Default().FindMessageTypeByName(url.rpartition("/")[2])
    except KeyError:
        return False
    return True


def _shortened(detail: dict[str, Any], most: int) -> dict[str, Any]:
    violations = detail.get("fieldViolations")
    return detail if violations is None else {**detail, "fieldViolations": violations[:most]}
