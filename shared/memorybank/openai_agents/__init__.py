"""For agents built with OpenAI's Agents SDK (extra `openai-agents`): a session that is stored in a bank.

    from memorybank.openai_agents import MemoryBankSession

    session = MemoryBankSession("trip-42", user_id="ada")
    await Runner.run(agent, "I prefer aisle seats.", session=session)
    await session.remember()

It finds the bank by `MEMORYBANK_URL` and `MEMORYBANK_ENGINE`, or is given an engine of `memorybank.client`.
"""

from memorybank.openai_agents.session import MemoryBankSession

__all__ = ["MemoryBankSession"]
