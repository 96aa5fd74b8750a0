"""The operations of the memory bank, on top of the storage, model and task ports. No HTTP and no drivers here."""
