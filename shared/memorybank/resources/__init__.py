"""The nouns: messages and resources as they stand on the wire, camelCase outside and snake_case inside."""
