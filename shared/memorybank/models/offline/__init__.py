"""The offline models: rules instead of a language model, shared words instead of meaning."""

from memorybank.models.offline.model import OfflineEmbedder, OfflineModel

__all__ = ["OfflineEmbedder", "OfflineModel"]
