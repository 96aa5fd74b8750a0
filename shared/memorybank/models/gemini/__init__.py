"""Gemini, by the Developer API or Vertex AI: a language model on google-genai, and an embedder without it.

Import `model` or `embedder`; google-genai is loaded when the language model is first asked, and by nothing else.
"""
