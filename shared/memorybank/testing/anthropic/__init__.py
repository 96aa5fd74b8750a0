"""A server that stands in for Anthropic's API."""
