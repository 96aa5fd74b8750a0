"""The model ports and their adapters."""
