"""Google API mechanics that know nothing of memories."""
