"""The model ports: a language model that extracts and decides, and an embedder.

Both get everything they may use and nothing more: no resource ids, no clock. Times are those of the conversation.
Adapters raise `memorybank.errors` and keep the driver's error as the cause; they never answer "nothing found"
for a reply that they could not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from memorybank.ports.documents import Vector


@dataclass(frozen=True)
class Topic:
    """A subject worth remembering. Facts refer to it by `key`.

    Managed topics have one of Google's four names as key (USER_PERSONAL_INFO, USER_PREFERENCES,
    KEY_CONVERSATION_DETAILS, EXPLICIT_INSTRUCTIONS) and no description; custom ones have their label and a description.
    """

    key: str
    managed: bool
    description: str = ""


@dataclass(frozen=True)
class Media:
    """A part of an event that is not text: bytes inline, or a uri (gs:// or https://)."""

    mime_type: str
    data: bytes | None = None
    uri: str | None = None


@dataclass(frozen=True)
class Event:
    """One turn of the conversation. `role` is "user" or "model"; text and media are in the order they were sent."""

    role: str
    text: str
    media: tuple[Media, ...] = ()
    time: datetime | None = None


@dataclass(frozen=True)
class Example:
    """A few-shot example.

    A conversation, and what is to be remembered of it, with topic keys per fact (may be empty).
    """

    events: tuple[Event, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class ProfileSchema:
    """The shape of a structured profile: `schema` is a JSON schema whose `properties` are the fields to fill."""

    id: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class ProfileField:
    """One field of a structured profile and its value, JSON-ready and valid under the schema of that id."""

    schema: str
    name: str
    value: Any


@dataclass(frozen=True)
class ExtractionRequest:
    """A conversation from which to extract facts by topic and profile fields by schema; either may be empty.

    Facts are in the first person unless `third_person`. In a `monologue` no user speaks: a model does, whose turns are
    given as a user's, and only what it says of itself, and outcomes, are worth remembering. `known` are memories of the
    user, which tell who or what is spoken of; nothing may be taken from them.
    """

    events: tuple[Event, ...]
    topics: tuple[Topic, ...]
    examples: tuple[Example, ...] = ()
    third_person: bool = False
    time_zone: str = "UTC"
    model: str | None = None
    schemas: tuple[ProfileSchema, ...] = ()
    monologue: bool = False
    known: tuple[str, ...] = ()


class Intent(StrEnum):
    """What the speaker wants done with a fact."""

    REMEMBER = "remember"
    FORGET = "forget"


@dataclass(frozen=True)
class ExtractedFact:
    """One self-contained statement taken from a conversation, in the language it was said in.

    `topics` holds keys of the request's topics. With FORGET, `fact` says what is to be forgotten ("I like tea", not
    "forget that I like tea"). `context` says in one sentence why it was extracted; `event` is the index of the event
    and `quote` the words in it that support the fact. With `profile` it is not a sentence but a field of a structured
    profile, which `fact` puts into words ("age: 42"); FORGET empties that field. `chunk` numbers the chunks of a long
    conversation: facts of one chunk are assumed distinct, those of several may repeat or correct each other. `said` is
    the time of the event, None if it has none.
    """

    fact: str
    topics: tuple[str, ...] = ()
    intent: Intent = Intent.REMEMBER
    context: str = ""
    event: int | None = None
    quote: str = ""
    profile: ProfileField | None = None
    chunk: int = 0
    said: datetime | None = None


@dataclass(frozen=True)
class NewFact:
    """A fact to decide on, the numbers of the candidates that it may be decided against, and when it was said."""

    fact: str
    intent: Intent
    candidates: tuple[int, ...]
    said: datetime | None = None


@dataclass(frozen=True)
class Candidate:
    """Something already known.

    `number` is how decisions refer to it. `history` holds its earlier wordings, newest first. `said` is when it was
    last said.
    """

    number: int
    fact: str
    history: tuple[str, ...] = ()
    said: datetime | None = None


class Action(StrEnum):
    """What to do with a new fact."""

    CREATE = "create"
    """It is new."""
    KEEP = "keep"
    """The candidate says the same; its wording stays."""
    UPDATE = "update"
    """The candidate becomes `text`: the new fact corrects or completes it."""
    DELETE = "delete"
    """The candidate is no longer true, or its speaker wants it forgotten; nothing replaces it."""


class Relation(StrEnum):
    """How a new fact and a candidate relate."""

    SAME = "same"
    """The candidate says all of it."""
    ADDS = "adds"
    """Both are true, and the fact says more of the same thing."""
    REPLACES = "replaces"
    """Both cannot be true: words of the candidate give way to words of the fact."""
    ENDS = "ends"
    """The candidate is no longer true, or is to be forgotten."""
    SEPARATE = "separate"
    """They are about different things."""

    @property
    def action(self) -> Action:
        """The action that carries it out."""
        return _ACTIONS[self]


_ACTIONS = {
    Relation.SAME: Action.KEEP,
    Relation.ADDS: Action.UPDATE,
    Relation.REPLACES: Action.UPDATE,
    Relation.ENDS: Action.DELETE,
    Relation.SEPARATE: Action.CREATE,
}


@dataclass(frozen=True)
class Claim:
    """The reasons of a decision, in a form that code can check.

    `old_words` are words of the candidate that stop being true, `new_words` those of the fact that take their place;
    both are copied.
    """

    relation: Relation
    same_subject: bool
    both_true: bool
    old_words: str = ""
    new_words: str = ""


@dataclass(frozen=True)
class Decision:
    """What to do with the new fact of index `fact`. `candidate` is a number for all but CREATE; `text` for UPDATE only.

    A fact may have several decisions when it bears on several candidates (one "forget" may delete three memories).
    `claim` holds the reasons; without it the words of the two statements alone decide whether it is allowed.
    """

    fact: int
    action: Action
    candidate: int | None = None
    text: str | None = None
    reason: str = ""
    claim: Claim | None = None


@dataclass(frozen=True)
class DecisionRequest:
    """All new facts of a consolidation with all their candidates, for a single model call.

    Numbers are 0..n without gaps. A candidate may itself be an earlier new fact of the same request.
    """

    facts: tuple[NewFact, ...]
    candidates: tuple[Candidate, ...]
    model: str | None = None


@dataclass(frozen=True)
class ProposedChange:
    """A change of something known because of a fact: it becomes `text`, or nothing if that is None."""

    fact: str
    intent: Intent
    known: str
    text: str | None = None


@dataclass(frozen=True)
class ReviewRequest:
    """Decided changes that are asked about a second time, all in a single model call."""

    changes: tuple[ProposedChange, ...]
    model: str | None = None


class LanguageModel(Protocol):
    """The language model port. Normally a method makes at most one billed model call."""

    @property
    def name(self) -> str:
        """The model name to record when a request does not name a model."""
        ...

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Return the facts in the conversation that are worth remembering under the given topics."""
        ...

    def decide(self, request: DecisionRequest) -> list[Decision]:
        """Return decisions for the new facts; a fact without any is treated as CREATE."""
        ...


@runtime_checkable
class Reviewer(Protocol):
    """A language model that can be asked for a second opinion; those that cannot are never asked."""

    def review(self, request: ReviewRequest) -> list[bool]:
        """Return for each change, in order, whether it is right."""
        ...


class Purpose(StrEnum):
    """The purpose of an embedding: stored texts and queries may be embedded differently."""

    DOCUMENT = "RETRIEVAL_DOCUMENT"
    QUERY = "RETRIEVAL_QUERY"


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    def resolve(self, model: str | None) -> str:
        """Return the name under which vectors of the configured `model` are stored; only equal names are compared."""
        ...

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Return one vector per text, in order; nothing is embedded for an empty list."""
        ...
