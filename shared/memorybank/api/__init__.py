"""One module per function: its routes, handlers and request checks."""
