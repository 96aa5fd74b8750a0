"""List filters (AIP-160): the grammar, the parse tree, and its compilation against a schema."""
