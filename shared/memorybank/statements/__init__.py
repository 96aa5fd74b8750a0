"""How two statements relate: what one says that the other does not, and whether both can be true."""
