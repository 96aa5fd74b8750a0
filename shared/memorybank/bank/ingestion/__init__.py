"""Events that arrive one by one: their streams, and the flush that reads them together."""
