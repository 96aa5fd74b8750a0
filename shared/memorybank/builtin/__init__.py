"""The bank's own providers of models, stores and queues, as plugins: each loads what it stands for when it is made."""
