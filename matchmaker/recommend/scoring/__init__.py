"""Scores in log-odds: the additive scorer, and the prior that ships with it."""
