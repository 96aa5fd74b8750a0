"""Prompts: one module each, from typed input to the final text, with the model that the answer is read by."""
