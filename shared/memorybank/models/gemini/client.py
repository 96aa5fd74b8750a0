"""The only module that uses google-genai. It is imported, and its clients are made, at the first call of a model."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from memorybank.errors import Internal
from memorybank.models.answers import End, Reply
from memorybank.models.failures import failure_of, garbled, status_within, timed_out, unreachable
from memorybank.models.gemini.families import language_family
from memorybank.models.gemini.media import DEVELOPER_MEDIA, VERTEX_MEDIA
from memorybank.models.gemini.names import ModelName, model_name
from memorybank.models.gemini.provider import VERTEX_VERSION, Developer, Provider, Vertex, endpoint_of
from memorybank.models.gemini.schema import gemini_form
from memorybank.models.media import MediaRules
from memorybank.ports.models import Media

if TYPE_CHECKING:
    from pydantic import BaseModel

    from memorybank.models.gemini.credentials import Tokens


SETTING = "MEMORYBANK_GENERATION_MODEL"
"""The setting that names another model."""


class GeminiClient:
    """Asks language models for JSON, without retries; those of google-genai are turned off too.

    `timeout` is the read timeout in seconds.
    """

    def __init__(self, provider: Provider, *, timeout: float) -> None:
        self._provider = provider
        self._timeout = timeout
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    @property
    def media(self) -> MediaRules:
        """The media that may be sent with text."""
        return DEVELOPER_MEDIA if isinstance(self._provider, Developer) else VERTEX_MEDIA

    def model_id(self, model: str) -> str:
        """Return the bare id of a model."""
        return model_name(model).id

    def send(self, model: str, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]) -> Reply:
        """Return the model's answer to `parts`."""
        return self._generate(model_name(model), system=system, parts=parts, schema=schema)

    def _generate(
        self, model: ModelName, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]
    ) -> Reply:
        provider = self._provider
        if isinstance(provider, Developer):
            client = self._client("", lambda: _developer(provider, self._timeout))
            return self._ask(client, model.id, model, system=system, parts=parts, schema=schema)
        vertex = provider

        def ask(location: str) -> Reply:
            client = self._client(location, lambda: _vertex(vertex, location, self._timeout))
            path = vertex.path(model, location)
            return self._ask(client, path, model, system=system, parts=parts, schema=schema)

        return vertex.with_global_fallback(model, ask)

    def close(self) -> None:
        """Close the connections of all clients."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _client(self, location: str, make: Any) -> Any:
        with self._lock:
            if location not in self._clients:
                self._clients[location] = make()
            return self._clients[location]

    def _ask(
        self,
        client: Any,
        path: str,
        model: ModelName,
        *,
        system: str,
        parts: Sequence[str | Media],
        schema: type[BaseModel],
    ) -> Reply:
        import httpx  # noqa: PLC0415 - google-genai has loaded it
        from google.genai import errors, types  # noqa: PLC0415 - see the module

        contents = types.Content(role="user", parts=[_part(part) for part in parts])
        config = types.GenerateContentConfig(
            system_instruction=system,
            response_mime_type="application/json",
            response_schema=gemini_form(schema),
            **_options(model.id, budgets=isinstance(self._provider, Vertex)),
        )
        endpoint = endpoint_of(self._provider, model.id, setting=SETTING)
        try:
            response = client.models.generate_content(model=path, contents=contents, config=config)
        except errors.APIError as error:
            headers = getattr(error.response, "headers", None) or {}
            raise failure_of(error.code, error.details, headers=headers, endpoint=endpoint) from error
        except httpx.TimeoutException as error:
            raise timed_out(endpoint, self._timeout) from error
        except (httpx.TransportError, errors.UnknownApiResponseError) as error:
            raise unreachable(endpoint) from error
        except (json.JSONDecodeError, ValidationError) as error:
            raise garbled(endpoint) from error
        except ValueError as error:
            raise Internal(f"google-genai cannot ask the model {model.id}; see the log for the reason") from error
        return _reply(response)


def _developer(provider: Developer, timeout: float) -> Any:
    from google import genai  # noqa: PLC0415 - see the module

    options = _http_options(provider.origin, "v1beta", timeout)
    return genai.Client(vertexai=False, api_key=provider.key, http_options=options)


def _vertex(provider: Vertex, location: str, timeout: float) -> Any:
    from google import genai  # noqa: PLC0415 - see the module

    return genai.Client(
        vertexai=True,
        project=provider.project,
        location=location,
        credentials=_credentials(provider.tokens),
        http_options=_http_options(provider.origin(location), VERTEX_VERSION, timeout),
    )


def _http_options(origin: str, version: str, timeout: float) -> Any:
    from google.genai import types  # noqa: PLC0415 - see the module

    once = types.HttpRetryOptions(attempts=1)
    return types.HttpOptions(
        base_url=origin,
        api_version=version,
        timeout=round(timeout * 1000),
        retry_options=once,
        client_args={"event_hooks": {"response": [_show_error]}},
    )


def _show_error(response: Any) -> None:
    """Give an answer with status 200 that is an error the status of that error, which google-genai then raises."""
    if response.status_code == HTTPStatus.OK and "stream" not in response.headers.get("content-type", ""):
        response.status_code = status_within(response.read())


def _credentials(tokens: Tokens) -> Any:
    from google.auth.credentials import Credentials  # noqa: PLC0415 - comes with google-genai

    class Given(Credentials):  # type: ignore[misc]  # google-auth carries no types
        """Credentials that take their tokens from our source, which caches them while they are valid."""

        def refresh(self, request: Any) -> None:
            del request
            self.token = tokens()
            self._quota_project_id = tokens.quota_project
            # Refreshed often: that costs nothing, and no token is used until its last second.
            self.expiry = (datetime.now(UTC) + timedelta(minutes=6)).replace(tzinfo=None)

    return Given()


def _options(model: str, *, budgets: bool) -> dict[str, Any]:
    """Return the options of a model: little thinking, and an answer short enough not to need streaming.

    Where thinking budgets are not accepted, the Developer API serves requests for 2.5 with a model of generation 3.
    """
    family = language_family(model)
    found: dict[str, Any] = {"max_output_tokens": family.max_output}
    if family.level:
        found["thinking_config"] = {"thinking_level": family.level}
    elif family.budget and budgets:
        found["thinking_config"] = {"thinking_budget": family.budget}
    return found


def _part(part: str | Media) -> Any:
    from google.genai import types  # noqa: PLC0415 - see the module

    if isinstance(part, str):
        return types.Part(text=part)
    if part.uri is not None:
        return types.Part(file_data=types.FileData(file_uri=part.uri, mime_type=part.mime_type))
    return types.Part(inline_data=types.Blob(data=part.data, mime_type=part.mime_type))


def _reply(response: Any) -> Reply:
    offered = response.candidates or []
    candidate = next((each for each in offered if each.content and each.content.parts), offered[0] if offered else None)
    content = candidate.content if candidate else None
    parts = (content.parts if content else None) or []
    feedback, usage = response.prompt_feedback, response.usage_metadata
    counted = {name: max(0, int(getattr(usage, name, None) or 0)) for name in _COUNTS}
    blocked = _word(feedback.block_reason if feedback else None)
    finish = blocked or _word(candidate.finish_reason if candidate else None)
    return Reply(
        "".join(part.text for part in parts if part.text and not part.thought),
        End.REFUSED if blocked else _ENDS.get(finish, End.EARLY),
        finish=finish,
        input=counted["prompt_token_count"],
        output=counted["candidates_token_count"] + counted["thoughts_token_count"],
        cached=counted["cached_content_token_count"],
    )


_REFUSALS = ("SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK")
"""Finish reasons with which the same request would be refused again."""

_ENDS = {
    **dict.fromkeys(("STOP", "FINISH_REASON_UNSPECIFIED", ""), End.COMPLETE),
    **dict.fromkeys(_REFUSALS, End.REFUSED),
    "MAX_TOKENS": End.CUT_OFF,
}
_COUNTS = ("prompt_token_count", "candidates_token_count", "thoughts_token_count", "cached_content_token_count")


def _word(value: Any) -> str:
    return str(getattr(value, "value", value) or "")
