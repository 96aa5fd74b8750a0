"""Models behind OpenAI's API: OpenAI, Azure, and servers that speak the same, such as Ollama, vLLM and LM Studio.

Import `model` or `embedder`. Both use the shared HTTP client: no package of OpenAI is needed.
"""
