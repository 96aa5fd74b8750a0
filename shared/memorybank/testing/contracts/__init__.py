"""What every store and queue must do, as tests that adapters inherit."""
