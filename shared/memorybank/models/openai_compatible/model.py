"""The language model on OpenAI's API: extraction and consolidation."""

from __future__ import annotations

from memorybank.models.openai_compatible.chat import ChatTransport
from memorybank.models.openai_compatible.service import Service
from memorybank.models.prompted import PromptedModel
from memorybank.models.retry import Retry

_TIMEOUT = 300.0
"""Longer than for Gemini: a model on the machine of its user may take minutes."""


class OpenAIModel(PromptedModel):
    """A `LanguageModel` on a server that speaks OpenAI's API. `timeout` is the read timeout in seconds."""

    def __init__(
        self,
        service: Service,
        *,
        default_model: str,
        max_tokens: int = 0,
        timeout: float = _TIMEOUT,
        retry: Retry | None = None,
    ) -> None:
        transport = ChatTransport(service, timeout=timeout)
        super().__init__(transport, default_model=default_model, max_tokens=max_tokens, retry=retry)
