"""Chooses the Gemini API from the settings of a deployment."""

from __future__ import annotations

from memorybank.config import Settings
from memorybank.metadata import AccessTokens
from memorybank.models.gemini.credentials import DefaultCredentials
from memorybank.models.gemini.provider import Developer, Provider, Vertex


def provider_of(settings: Settings) -> Provider:
    """Return the API to call: the Developer API if there is a key, else Vertex AI in the project.

    If a model location is set, Vertex AI is called there and nowhere else. Otherwise it is called in the bank's
    location, and at the global endpoint for models that are not offered there.
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
