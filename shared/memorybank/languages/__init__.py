"""Languages: one module of words and sentence shapes each, shared by the guards and the offline model."""
