"""Learning from what happened: windows of time, examples, fits shrunk to the prior, model files and model cards."""
