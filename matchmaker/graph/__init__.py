"""Stores keep the graph; a snapshot is what everything is computed from."""
