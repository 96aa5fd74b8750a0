"""The plain protobuf classes of Firestore's API, without the client's wrappers, which slow down every value read.

Source: https://github.com/googleapis/googleapis/tree/master/google/firestore/v1
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any, TypeAlias

Message: TypeAlias = Any
"""A protobuf message. Google's classes are untyped."""

_CLIENT = "google.cloud.firestore_v1"
_TYPES = f"{_CLIENT}.types"


def _types() -> Any:
    """Import Google's messages, if possible without the client package that contains them.

    The client takes a quarter of a cold start, and it is not used here. During the import an empty package stands in
    for it (for other threads too: they must not import it then). Afterwards it is removed, so that a later import gets
    the whole package, with these messages. If the messages ever need their package, everything is imported as usual.
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
