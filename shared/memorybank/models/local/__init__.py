"""Embedders that run in this process, without a network: meaning from an encoder, and words beside it."""

from memorybank.models.local.batches import Encoder
from memorybank.models.local.embedder import LocalEmbedder

__all__ = ["Encoder", "LocalEmbedder"]
