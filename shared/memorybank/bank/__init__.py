"""The verbs: policy over the ports of storage, models and tasks. Nothing here knows HTTP or a driver."""
