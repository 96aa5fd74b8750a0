"""Public tools for tests: contracts of the ports, a scripted model, a frozen clock, a whole deployment."""
