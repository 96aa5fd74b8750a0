r"""A real server that speaks OpenAI's API: its schema is accepted, its vectors fit, and a bank remembers with it.

MEMORYBANK_MODELS=openai MEMORYBANK_MODEL_URL=http://localhost:11434/v1 MEMORYBANK_GENERATION_MODEL=... \
        MEMORYBANK_EMBEDDING_MODEL=... pytest tests/live/test_live_openai.py --live
"""

from __future__ import annotations

import math
from contextlib import closing

from memorybank.config import Settings
from memorybank.models.openai_compatible.embedder import OpenAIEmbedder
from memorybank.plugins import embeddings_of
from memorybank.ports.models import Purpose
from tests.live.provider_suite import ProviderSuite


class TestOpenAI(ProviderSuite):
    models = "openai"
    embeddings = "openai"

    def test_vectors_have_the_length_that_is_set(self, settings: Settings) -> None:
        embedder = embeddings_of(settings).embedder(settings)
        assert isinstance(embedder, OpenAIEmbedder)
        with closing(embedder):
            vectors = embedder.embed(["I like green tea", "Mein Hund heißt Rex"], purpose=Purpose.DOCUMENT)
        assert {len(vector.values) for vector in vectors} == {settings.embedding_dimensions}
        assert all(math.isclose(math.fsum(value**2 for value in each.values), 1, rel_tol=1e-6) for each in vectors)
