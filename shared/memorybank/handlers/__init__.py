"""One module per function: its handlers and request checks; `routes` says what leads to them."""
