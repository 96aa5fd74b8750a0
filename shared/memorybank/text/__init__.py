"""Text from callers: normal forms, invisible characters, and recalled memories."""
