"""Open Memory Bank: a self-hosted memory service for LLM agents that speaks Google's Memory Bank wire."""
