"""Text as callers send it: what is visible, and what was recalled from a memory."""
