"""Which Gemini the settings of a deployment mean."""

from __future__ import annotations

from memorybank.config import Settings
from memorybank.metadata import AccessTokens
from memorybank.models.gemini.credentials import DefaultCredentials
from memorybank.models.gemini.provider import Developer, Provider, Vertex


def provider_of(settings: Settings) -> Provider:
    """Return where to ask: the Developer API if there is a key, else Vertex AI in the project.

    Vertex AI is asked in the location of the models, if one is set, and nowhere else; otherwise in that of the bank,
    and globally for what that does not have.
    """
    if settings.model_key is not None:
        return Developer(settings.model_key, settings.model_url)
    metadata = settings.model_credentials == "metadata"
    return Vertex(
        settings.project,
        settings.model_location or settings.location,
        AccessTokens(settings.metadata_host) if metadata else DefaultCredentials(),
        settings.model_url,
        anywhere=settings.model_location is None,
    )
