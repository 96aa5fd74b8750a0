"""The messages and resources of the API: camelCase on the wire, snake_case in Python."""
