"""The language model on Gemini: extraction and consolidation."""

from __future__ import annotations

from memorybank.models.gemini.client import GeminiClient
from memorybank.models.gemini.names import GENERATE
from memorybank.models.gemini.provider import Provider
from memorybank.models.prompted import PromptedModel
from memorybank.models.retry import Retry

_TIMEOUT = 120.0


class GeminiModel(PromptedModel):
    """A `LanguageModel` on Gemini. `timeout` is the read timeout in seconds."""

    def __init__(
        self,
        provider: Provider,
        *,
        default_model: str | None = None,
        max_tokens: int = 0,
        timeout: float = _TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        transport = GeminiClient(provider, timeout=timeout)
        super().__init__(transport, default_model=default_model or GENERATE, max_tokens=max_tokens, retry=retry)
