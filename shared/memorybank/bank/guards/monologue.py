"""Monologues: conversations without a user, in which a model's statements about itself may be remembered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from memorybank.bank.guards.refusals import Judged, Refusal
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.resources.topics import ManagedTopic
from memorybank.text.normal import nfkc

_OTHERS = re.compile(
    r"\b(?:you|your|yours|yourself|the (?:user|customer)(?:'s)?|du|dir|dich|dein\w*|ihr|ihnen|der nutzer|tu|toi|te|"
    r"vous|vos|votre|l'utilisateur|usted|ustedes|tú|ti|tus?|su usuario|el usuario|você|voce|o usuário|l'utente|lei)\b|"
    "あなた|ユーザー|你|您|用户",
    re.IGNORECASE,
)
"""Words that address somebody or refer to the user, in the languages of the offline model."""

_ASSISTANT = re.compile(r"\b(?:ai|chat ?bot|language model|virtual assistant|ai assistant)\b", re.IGNORECASE)
_REFUSED = "No user speaks in the conversation, and the words are not the speaker's about themselves."


def drop_addressed(request: ExtractionRequest, facts: Sequence[ExtractedFact]) -> Judged:
    """Refuse facts of a monologue about its addressee, or about the assistant itself; keep outcomes."""
    if not request.monologue:
        return Judged(list(facts), [])
    judged = Judged([], [])
    for fact in facts:
        said = nfkc(f"{fact.fact}\n{fact.quote}")
        outcome = bool(fact.topics) and set(fact.topics) == {ManagedTopic.KEY_CONVERSATION_DETAILS.name}
        if not outcome and (_OTHERS.search(said) or _ASSISTANT.search(said)):
            judged.refused.append(Refusal("NOT_FROM_USER", _REFUSED, fact.event))
        else:
            judged.kept.append(fact)
    return judged
