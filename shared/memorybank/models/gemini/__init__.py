"""Gemini on the Developer API or Vertex AI: a language model on google-genai, and an embedder without it.

Import `model` or `embedder`. Only the first call of the language model loads google-genai.
"""
