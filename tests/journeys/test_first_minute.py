"""The first minute with a bank, through Google's own SDK: as the tutorial shows."""

from __future__ import annotations

from typing import Any

from tests.journeys.conftest import ABOUT_MODELS, Models

pytestmark = ABOUT_MODELS


def test_a_fact_said_in_a_conversation_is_found_by_similarity(client: Any, models: Models) -> None:
    bank = client.memory_banks.create(config={"display_name": "first"})
    memories = client.memory_banks.memories
    memories.generate(
        name=bank.name,
        scope={"user_id": "ada"},
        direct_contents_source={
            "events": [{"content": {"role": "user", "parts": [{"text": "I live in Paris. I prefer aisle seats."}]}}]
        },
    )
    [hit] = memories.retrieve(
        name=bank.name,
        scope={"user_id": "ada"},
        similarity_search_params={"search_query": "Which seats do I prefer?", "top_k": 1},
    )
    assert hit.memory.fact == "I prefer aisle seats"
    assert hit.distance > 0
    if models.server is not None:
        methods = {each.method for each in models.server.asked}
        assert methods in ({"generateContent", "batchEmbedContents"}, {"chat/completions", "embeddings"}, {"messages"})
