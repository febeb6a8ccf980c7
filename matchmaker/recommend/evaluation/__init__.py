"""How well the recommender foretells real partnerships: the protocol, its baselines and metrics."""
