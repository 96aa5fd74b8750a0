"""The least a function on Firestore can be: functions-framework, Google's client, one vector search per request.

It is the floor that the bank's `retrieve` is compared with: the same conditions, fields and number of documents.
"""

import json
import os
from functools import cache
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.base_vector_query import DistanceMeasure
from google.cloud.firestore_v1.vector import Vector

_ASKED = json.loads(os.environ["BARE_SEARCH"])


@cache
def _client() -> Any:
    return firestore.Client(project=_ASKED["project"])


def search(request: Any) -> Any:
    """Answer the documents nearest to the one vector, as JSON."""
    del request
    query: Any = _client().collection(_ASKED["collection"])
    for field, value in _ASKED["where"].items():
        query = query.where(filter=FieldFilter(field, "==", value))
    found = query.select([*_ASKED["fields"], "distance"]).find_nearest(
        "embedding",
        Vector(_ASKED["vector"]),
        limit=_ASKED["limit"],
        distance_measure=DistanceMeasure.EUCLIDEAN,
        distance_result_field="distance",
    )
    answer = [{"name": each.id, **each.to_dict()} for each in found.get()]
    return json.dumps(answer, default=str), 200, {"Content-Type": "application/json"}
