"""The plain protobuf classes of Firestore's API, without the client's wrappers, which slow down every value read.

Source: https://github.com/googleapis/googleapis/tree/master/google/firestore/v1
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any, TypeAlias

from memorybank.imports import without_package

Message: TypeAlias = Any
"""A protobuf message. Google's classes are untyped."""

_CLIENT = "google.cloud.firestore_v1"
_TYPES = f"{_CLIENT}.types"


def _types() -> Any:
    """Import Google's messages, if possible without the client package that contains them.

    The client takes a quarter of a cold start, and it is not used here. If the messages ever need their package,
    everything is imported as usual.
    """
    with without_package(_CLIENT), suppress(ImportError, AttributeError):
        import_module(_TYPES)
    return import_module(_TYPES)


types = _types()

Cursor: Any = types.Cursor.pb()
DocumentMask: Any = types.DocumentMask.pb()
StructuredQuery: Any = types.StructuredQuery.pb()
Value: Any = types.Value.pb()
BatchGetDocumentsRequest: Any = types.BatchGetDocumentsRequest.pb()
BatchGetDocumentsResponse: Any = types.BatchGetDocumentsResponse.pb()
CommitRequest: Any = types.CommitRequest.pb()
CommitResponse: Any = types.CommitResponse.pb()
RunAggregationQueryRequest: Any = types.RunAggregationQueryRequest.pb()
RunAggregationQueryResponse: Any = types.RunAggregationQueryResponse.pb()
RunQueryRequest: Any = types.RunQueryRequest.pb()
RunQueryResponse: Any = types.RunQueryResponse.pb()
