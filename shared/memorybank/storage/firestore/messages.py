"""The protobuf classes of Firestore's API without the wrappers of the client, for which every value read would pay.

Source: https://github.com/googleapis/googleapis/tree/master/google/firestore/v1
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any, TypeAlias

Message: TypeAlias = Any
"""A protobuf message. Google's classes carry no types."""

_CLIENT = "google.cloud.firestore_v1"
_TYPES = f"{_CLIENT}.types"


def _types() -> Any:
    """Import Google's messages, if possible without the client that is the package around them.

    The client costs a quarter of a cold start, and nothing of it is used here. While the messages are imported, the
    package is there but empty (also to other threads: they must not import it just now); then it is forgotten, so that
    whoever imports it later gets all of it, with these messages. Should these ever need their package, all is imported
    as usual.
    """
    spec = find_spec(_CLIENT)
    if spec is not None and _CLIENT not in sys.modules:
        sys.modules[_CLIENT] = module_from_spec(spec)
        try:
            with suppress(ImportError, AttributeError):
                import_module(_TYPES)
        finally:
            sys.modules.pop(_CLIENT, None)
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
