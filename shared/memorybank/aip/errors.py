"""Renders errors for callers: AIP-193 bodies over HTTP."""

from __future__ import annotations

from http import HTTPStatus

from memorybank.aip.http import BodyTooLarge, Response, UnsupportedEncoding, json_response
from memorybank.aip.routing import MethodNotAllowed
from memorybank.errors import Internal, MemoryBankError

_HTTP_STATUS = {
    1: 499,
    2: 500,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    13: 500,
    14: 503,
    15: 500,
    16: 401,
}
"""Source: the comments of https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto"""


def error_response(error: BaseException) -> Response:
    """Render any error as in AIP-193; the text of an error that is not ours is not shown."""
    told = _told(error)
    status = _http_status(told)
    payload = {"code": status, "message": told.message, "status": told.status, "details": told.details()}
    response = json_response({"error": payload}, status)
    if isinstance(told, MethodNotAllowed):
        return response._replace(headers=(*response.headers, ("Allow", ", ".join(told.allowed))))
    return response


def _told(error: BaseException) -> MemoryBankError:
    return error if isinstance(error, MemoryBankError) else Internal("An internal error occurred.")


def _http_status(error: MemoryBankError) -> int:
    if isinstance(error, BodyTooLarge):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, UnsupportedEncoding):
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if isinstance(error, MethodNotAllowed):
        return HTTPStatus.METHOD_NOT_ALLOWED
    return _HTTP_STATUS[error.code]
