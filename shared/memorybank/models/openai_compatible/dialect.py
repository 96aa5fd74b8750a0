"""What a model accepts of OpenAI's API. Servers differ, and say so only by refusing a request."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from typing import Any

_ABOUT_REQUEST = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
_PICTURES = re.compile(r"image|vision|multi-?modal", re.IGNORECASE)
_FORM = re.compile(r"response_?format|json_(?:schema|object)|json mode|structured|grammar|guided", re.IGNORECASE)
_BOUNDS = re.compile(r"max_?items", re.IGNORECASE)
_LIMIT = re.compile(r"max_(?:completion_)?tokens|completion tokens|context.{1,8}(?:length|window)", re.IGNORECASE)
_SYSTEM = re.compile(
    r"system.{0,20}\brole|\brole.{0,40}system|system (?:message|prompt)|developer instruction", re.IGNORECASE
)
_FILTERED = frozenset({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})


class Form(Enum):
    """How a model is told the form of its answer."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    """The schema stands in the prompt."""
    PROMPT = "prompt"
    """The same, and nothing but the prompt says that the answer is JSON."""


_WEAKER = {Form.SCHEMA: Form.OBJECT, Form.OBJECT: Form.PROMPT}
_OTHER_LIMIT = {"max_completion_tokens": "max_tokens", "max_tokens": ""}


@dataclass(frozen=True)
class Dialect:
    """What a model accepts.

    A form, the bounds of lists in a schema, the parameter that limits answers (empty if none), pictures and a system
    message.
    """

    form: Form = Form.SCHEMA
    limit: str = "max_completion_tokens"
    pictures: bool = True
    system: bool = True
    bounds: bool = True

    def after(self, refusal: str, *, pictures: bool) -> Dialect | None:
        """Return the dialect to try after a refusal, or None if its words blame nothing that can be left out.

        `pictures` says whether the request had any.
        """
        if pictures and self.pictures and _PICTURES.search(refusal):
            return replace(self, pictures=False)
        if self.bounds and _BOUNDS.search(refusal):
            return replace(self, bounds=False)
        if self.form in _WEAKER and _FORM.search(refusal):
            return self.weaker()
        if self.limit and _LIMIT.search(refusal):
            return replace(self, limit=_OTHER_LIMIT[self.limit])
        if self.system and _SYSTEM.search(refusal):
            return replace(self, system=False)
        return None

    def weaker(self) -> Dialect:
        """Return the dialect whose answers rest more on the prompt."""
        return replace(self, form=_WEAKER[self.form])


class Dialects:
    """The dialects of a server's models, as learned in this process. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[str, Dialect] = {}
        self._lock = threading.Lock()

    def of(self, model: str) -> Dialect:
        """Return the dialect of a model; a model that has refused nothing accepts everything."""
        with self._lock:
            return self._known.get(model, Dialect())

    def learn(self, model: str, dialect: Dialect) -> None:
        """Keep a dialect that was accepted.

        Pictures are tried again: a refused one may have been broken, and says nothing about others.
        """
        with self._lock:
            self._known[model] = replace(dialect, pictures=True)


def refusal_of(status: int, body: bytes) -> str:
    """Return the words in which a server refuses a request as such; empty if the answer is about anything else."""
    return " ".join(_words(_json(body))) if status in _ABOUT_REQUEST else ""


def is_filtered(status: int, body: bytes) -> bool:
    """Tell whether a request was refused by a content filter, as Azure does before it asks the model."""
    error = _error(_json(body))
    inner = error.get("innererror")
    codes = {str(error.get("code")), str(inner.get("code") if isinstance(inner, Mapping) else None)}
    return status == HTTPStatus.BAD_REQUEST and not _FILTERED.isdisjoint(codes)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return {}


def _error(body: Any) -> Mapping[str, Any]:
    found = body.get("error", body) if isinstance(body, Mapping) else {}
    return found if isinstance(found, Mapping) else {"message": found}


def _words(body: Any) -> Iterator[str]:
    """Yield the message, parameter and code of an error, also of FastAPI's, but not what it repeats of the request."""
    error = _error(body)
    yield from (str(error.get(name) or "") for name in ("message", "param", "code"))
    detail = error.get("detail")
    for each in detail if isinstance(detail, list) else [detail]:
        if isinstance(each, Mapping):
            yield f"{each.get('loc')} {each.get('msg')}"
        elif isinstance(each, str):
            yield each
