r"""Anthropic itself: its answers have the form that is asked for, and a bank remembers with it.

MEMORYBANK_MODELS=anthropic ANTHROPIC_API_KEY=... MEMORYBANK_GENERATION_MODEL=... \
        pytest tests/live/test_live_anthropic.py --live
"""

from __future__ import annotations

from tests.live.provider_suite import ProviderSuite


class TestAnthropic(ProviderSuite):
    models = "anthropic"
    embeddings = "offline"
