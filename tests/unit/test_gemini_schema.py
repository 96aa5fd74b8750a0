"""What Gemini is told of the form of answers stays small enough for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memorybank.models.gemini.schema import gemini_form
from memorybank.ports.models import Event, ExtractionRequest, ProfileSchema, Topic
from memorybank.prompts.decision import Decided
from memorybank.prompts.extraction import extraction_prompt
from memorybank.prompts.review import Reviewed

_REQUEST = ExtractionRequest(
    (Event("user", "Hi"),),
    (Topic("USER_PREFERENCES", managed=True), Topic("allergies", managed=False)),
    schemas=(ProfileSchema("traveller", {"type": "object", "properties": {"seat": {"type": "string"}}}),),
)
_FOUND = extraction_prompt(_REQUEST, ()).answer
_BUDGET = 100
"""Far below the sum of the bounds of lists at which Gemini was seen to refuse a schema."""


def _bounds(part: Any) -> int:
    if isinstance(part, list):
        return sum(map(_bounds, part))
    if not isinstance(part, dict):
        return 0
    return int(part.get("maxItems", 0)) + sum(map(_bounds, part.values()))


@pytest.mark.parametrize("answer", [_FOUND, Decided, Reviewed], ids=lambda answer: answer.__name__)
def test_lists_of_objects_have_no_bounds_and_properties_keep_their_order(answer: Any) -> None:
    told, whole = gemini_form(answer).model_json_schema(), answer.model_json_schema()
    assert _bounds(told) < _BUDGET < _bounds(whole)
    assert "maxLength" not in json.dumps(told)
    assert list(told["properties"]) == list(whole["properties"])
    for name, each in told["$defs"].items():
        assert list(each["properties"]) == list(whole["$defs"][name]["properties"])


def test_a_list_of_words_keeps_its_bound() -> None:
    told = gemini_form(_FOUND).model_json_schema()
    assert told["$defs"]["FoundFact"]["properties"]["topics"]["maxItems"] == 2


def test_answers_are_read_as_before() -> None:
    assert gemini_form(Decided).model_validate_json('{"decisions": []}') == gemini_form(Decided)(decisions=[])
    assert issubclass(gemini_form(Decided), Decided)
