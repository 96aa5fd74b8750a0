"""One process that serves every function, and the command line."""
