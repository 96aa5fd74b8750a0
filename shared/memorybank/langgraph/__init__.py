"""For agents built with LangGraph (extra `langgraph`): a store, and tools for one scope.

    from memorybank.langgraph import MemoryBankStore, memory_tools

    store = MemoryBankStore(keys=("collection", "user_id"))
    graph = builder.compile(store=store)

Both find the bank by `MEMORYBANK_URL` and `MEMORYBANK_ENGINE`, or are given an engine of `memorybank.client`.
"""

from memorybank.langgraph.store import MemoryBankStore
from memorybank.langgraph.tools import memory_tools

__all__ = ["MemoryBankStore", "memory_tools"]
