"""The protobuf classes of Firestore's API without the wrappers of the client, for which every value read would pay.

Source: https://github.com/googleapis/googleapis/tree/master/google/firestore/v1
"""

from __future__ import annotations

from typing import Any, TypeAlias

from google.cloud.firestore_v1 import types

Message: TypeAlias = Any
"""A protobuf message. Google's classes carry no types."""

Cursor: Any = types.Cursor.pb()
DocumentMask: Any = types.DocumentMask.pb()
StructuredQuery: Any = types.StructuredQuery.pb()
Value: Any = types.Value.pb()
BatchGetDocumentsRequest: Any = types.BatchGetDocumentsRequest.pb()
CommitRequest: Any = types.CommitRequest.pb()
RunAggregationQueryRequest: Any = types.RunAggregationQueryRequest.pb()
RunQueryRequest: Any = types.RunQueryRequest.pb()
