"""Web pages that show what a bank remembers and why, and change it. They are a client of the public API and no more."""
