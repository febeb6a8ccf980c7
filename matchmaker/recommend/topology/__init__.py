"""Kernels of topology on arrays: they know relation graphs and pairs of nodes, and nothing of snapshots."""
