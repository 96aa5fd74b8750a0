"""Prompts: one module each, from typed input to the final text, with the pydantic model of the answer."""
