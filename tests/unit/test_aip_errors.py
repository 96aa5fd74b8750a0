import json
from typing import Any

import pytest

from memorybank import errors
from memorybank.aip.errors import error_response
from memorybank.aip.http import BodyTooLarge
from memorybank.aip.routing import MethodNotAllowed


def body(error: BaseException) -> Any:
    return json.loads(error_response(error).body)["error"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Cancelled, 499),
        (errors.MemoryBankError, 500),
        (errors.InvalidArgument, 400),
        (errors.DeadlineExceeded, 504),
        (errors.NotFound, 404),
        (errors.AlreadyExists, 409),
        (errors.PermissionDenied, 403),
        (errors.ResourceExhausted, 429),
        (errors.FailedPrecondition, 400),
        (errors.Aborted, 409),
        (errors.Unimplemented, 501),
        (errors.Internal, 500),
        (errors.Unavailable, 503),
        (errors.Unauthenticated, 401),
        (BodyTooLarge, 413),
    ],
)
def test_every_error_has_its_http_status(error: type[errors.MemoryBankError], status: int) -> None:
    raised = error("it went wrong")
    assert error_response(raised).status == status
    assert body(raised) == {"code": status, "message": "it went wrong", "status": error.status, "details": []}


def test_every_error_that_exists_can_be_told() -> None:
    for kind in errors.MemoryBankError.__subclasses__():
        if kind is not MethodNotAllowed:
            assert error_response(kind("x")).status >= 400


def test_a_wrong_method_tells_the_right_ones_in_a_header() -> None:
    response = error_response(MethodNotAllowed("no", allowed=["GET", "PATCH"]))
    assert response.status == 405
    assert dict(response.headers)["Allow"] == "GET, PATCH"
    assert json.loads(response.body)["error"]["status"] == "UNIMPLEMENTED"


def test_violations_become_a_bad_request_detail() -> None:
    error = errors.InvalidArgument.of(errors.Violation("scope", "is missing"), errors.Violation("fact", "is blank"))
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [
            {"field": "scope", "description": "is missing"},
            {"field": "fact", "description": "is blank"},
        ],
    }
    assert body(error)["details"] == [detail]


@pytest.mark.parametrize("error", [RuntimeError("secret"), KeyError("secret"), KeyboardInterrupt("secret")])
def test_the_text_of_a_crash_stays_inside(error: BaseException) -> None:
    response = error_response(error)
    assert response.status == 500
    assert b"secret" not in response.body
    assert body(error)["status"] == "INTERNAL"


def test_a_message_that_is_not_text_can_be_told_too() -> None:
    assert body(errors.NotFound("\ud800"))["message"] == "\ud800"
