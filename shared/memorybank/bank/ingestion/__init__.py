"""Event ingestion: streams that buffer events, and the flush that turns them into a generation."""
