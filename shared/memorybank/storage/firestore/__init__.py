"""The store of a deployment on Google Cloud: Firestore in native mode, or its emulator."""

from memorybank.storage.firestore.connection import connect
from memorybank.storage.firestore.store import FirestoreStore

__all__ = ["FirestoreStore", "connect"]
