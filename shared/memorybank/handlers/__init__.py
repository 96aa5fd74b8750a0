"""One module per function, with its handlers and request checks; `routes` maps paths to them."""
