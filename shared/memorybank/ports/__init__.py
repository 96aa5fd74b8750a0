"""What policy needs from outside, as protocols: documents, models, tasks, the clock."""
