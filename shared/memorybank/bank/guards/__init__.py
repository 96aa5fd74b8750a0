"""Guards: checks of the model's output, made in code before anything is stored."""
