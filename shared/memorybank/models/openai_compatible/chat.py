"""Asks a server's language models for JSON by chat completions, in the words that each of them understands."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from memorybank.models.answers import End, Reply
from memorybank.models.failures import Endpoint, failure_of
from memorybank.models.media import MediaRules
from memorybank.models.openai_compatible.dialect import Dialect, Dialects, Form, is_filtered, refusal_of
from memorybank.models.openai_compatible.replies import reply_of
from memorybank.models.openai_compatible.service import Service, model_id
from memorybank.models.rest import Answer, Rest, exchange
from memorybank.models.strict_schema import strict_schema
from memorybank.ports.models import Media

if TYPE_CHECKING:
    from pydantic import BaseModel

SETTING = "MEMORYBANK_GENERATION_MODEL"
"""The setting that names another model."""

MAX_OUTPUT = 16_384
"""The longest answer in tokens: what most hosted models allow."""

_PICTURES = MediaRules(frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"}), frozenset({"https"}))
_OK = HTTPStatus.OK
_UNSEEN = "(It cannot be shown to you: take nothing from it.)"
_log = logging.getLogger(__name__)


class ChatTransport:
    """Sends prompts, without retries. `timeout` is the read timeout in seconds, which a whole answer has to keep."""

    def __init__(self, service: Service, *, timeout: float) -> None:
        self._service = service
        self._rest = Rest(timeout=timeout)
        self._dialects = Dialects()

    @property
    def media(self) -> MediaRules:
        """The media that may be sent with text. A model that takes no pictures is asked without them."""
        return _PICTURES

    def model_id(self, model: str) -> str:
        """Return the bare id of a model."""
        return model_id(model)

    def send(self, model: str, *, system: str, parts: Sequence[str | Media], schema: type[BaseModel]) -> Reply:
        """Return the model's answer to `parts`. What a model refuses to understand is left out from then on."""
        name = model_id(model)
        endpoint = self._service.endpoint(name, setting=SETTING)
        pictures = any(isinstance(part, Media) for part in parts)
        known = dialect = self._dialects.of(name)
        while (
            answer := self._post(name, request_of(name, dialect, system=system, parts=parts, answer=schema), endpoint)
        ).status != _OK:
            if is_filtered(answer.status, answer.body):
                return Reply("", End.REFUSED, "content_filter")
            plainer = dialect.after(refusal_of(answer.status, answer.body), pictures=pictures)
            if plainer is None:
                error = failure_of(answer.status, answer.body, headers=answer.headers, endpoint=endpoint)
                raise error from HTTPException(f"status {answer.status}")
            dialect = plainer
            _log.info("the model refuses a parameter; asking without it", extra={"model": name, **_told(dialect)})
        reply = reply_of(answer, endpoint)
        if dialect.form is Form.SCHEMA and reply.end is End.COMPLETE and not _follows(reply.text, schema):
            dialect = dialect.weaker()
            _log.info("the model ignores the schema; it is put into the prompt", extra={"model": name})
        if dialect != known:
            self._dialects.learn(name, dialect)
        return reply

    def close(self) -> None:
        """Close idle connections."""
        self._rest.close()

    def _post(self, model: str, body: dict[str, Any], endpoint: Endpoint) -> Answer:
        url = self._service.address(model, "chat/completions")
        return exchange(self._rest, url, body, headers=self._service.headers(), endpoint=endpoint)


def request_of(
    model: str, dialect: Dialect, *, system: str, parts: Sequence[str | Media], answer: type[BaseModel]
) -> dict[str, Any]:
    """Return the body of a request in a dialect."""
    schema = strict_schema(answer, bounds=dialect.bounds)
    if dialect.form is not Form.SCHEMA:
        system = (
            f"{system}\n\n# Schema\nYour answer is one JSON object, valid under this JSON schema, and nothing else:\n"
            f"{json.dumps(schema)}"
        )
    content = _content(parts if dialect.system else [system, *parts], pictures=dialect.pictures)
    messages = [{"role": "system", "content": system}] if dialect.system else []
    found: dict[str, Any] = {
        "model": model,
        "messages": [*messages, {"role": "user", "content": content}],
        "stream": False,
    }
    if dialect.form is Form.SCHEMA:
        told = {"name": "answer", "strict": True, "schema": schema}
        found["response_format"] = {"type": "json_schema", "json_schema": told}
    elif dialect.form is Form.OBJECT:
        found["response_format"] = {"type": "json_object"}
    return found | ({dialect.limit: MAX_OUTPUT} if dialect.limit else {})


def _content(parts: Sequence[str | Media], *, pictures: bool) -> str | list[dict[str, Any]]:
    """Return the user's message: plain text where there is nothing else, which every server takes."""
    shown = [part if pictures or isinstance(part, str) else _UNSEEN for part in parts]
    texts = [part for part in shown if isinstance(part, str)]
    return "\n\n".join(texts) if len(texts) == len(shown) else [_part(part) for part in shown]


def _part(part: str | Media) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    inline = f"data:{part.mime_type};base64,{base64.b64encode(part.data or b'').decode()}"
    return {"type": "image_url", "image_url": {"url": part.uri or inline}}


def _follows(text: str, schema: type[BaseModel]) -> bool:
    """Tell whether an answer has the form of its schema, behind its thoughts: a model that is held to it always has."""
    for part in (text, text.rpartition("</think>")[2]):
        try:
            found = json.loads(part)
        except (ValueError, RecursionError):
            continue
        return isinstance(found, dict) and all(name in found for name in schema.model_fields)
    return False


def _told(dialect: Dialect) -> dict[str, Any]:
    return {"form": dialect.form.value, "limit": dialect.limit, "pictures": dialect.pictures, "system": dialect.system}
