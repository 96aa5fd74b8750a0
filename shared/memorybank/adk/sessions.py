"""Sessions of google-adk, stored in a bank."""

from __future__ import annotations

from typing import Unpack

from google.adk.sessions import VertexAiSessionService

from memorybank.adk.connection import Connected, Options


class SessionService(Connected, VertexAiSessionService):  # type: ignore[misc]  # Google's packages carry no types
    """google-adk's own session service, connected to a bank.

    `engine` is the full name or the id of an engine; it defaults to `MEMORYBANK_ENGINE`. A bank lists the sessions of a
    user for all apps that share an engine, so give each app its own engine.
    """

    def __init__(self, engine: str | None = None, **options: Unpack[Options]) -> None:
        super().__init__(engine, options)
