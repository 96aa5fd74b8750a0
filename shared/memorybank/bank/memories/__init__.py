"""What is stored of memories and revisions: create, read, change, search, expire and erase."""
