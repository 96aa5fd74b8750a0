"""The ports: protocols for documents, models, tasks and the clock, implemented by adapters."""
