"""What an agent of OpenAI's Agents SDK needs to run without a network: a scripted model, and no traces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelResponse, RunConfig, Usage
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

QUIET = RunConfig(tracing_disabled=True)


class Scripted(Model):
    """Says how many messages it was given."""

    async def get_response(self, system_instructions: Any, input: Any, *_: Any, **__: Any) -> ModelResponse:  # noqa: A002, ARG002 - as the SDK
        text = ResponseOutputText(text=f"I see {len(input)}.", type="output_text", annotations=[])
        said = ResponseOutputMessage(id="m", content=[text], role="assistant", status="completed", type="message")
        return ModelResponse(output=[said], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        raise NotImplementedError
