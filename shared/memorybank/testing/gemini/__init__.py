"""A scripted Gemini that answers over HTTP."""
