"""The scripted Gemini, under the name it had before `testing.gemini`."""

from memorybank.testing.gemini.server import *  # noqa: F403 - what users import from here stays importable
