"""The pages, one module each: what is asked of the API, and what is shown of its answers."""
