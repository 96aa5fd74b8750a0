"""Services for agents built with google-adk (extra `adk`): memories and sessions stored in an Open Memory Bank.

    from memorybank.adk import MemoryBankService, SessionService

    runner = Runner(..., memory_service=MemoryBankService(), session_service=SessionService())

Both find the bank by `MEMORYBANK_URL` and `MEMORYBANK_ENGINE`, or by arguments. `register` makes them available to
google-adk's command-line programs as `memorybank://host:port/ENGINE`.
"""

from memorybank.adk.memory import MemoryBankService
from memorybank.adk.registry import register
from memorybank.adk.sessions import SessionService

__all__ = ["MemoryBankService", "SessionService", "register"]
