"""Formats in and out: what a file says becomes elements of the graph, or a finding with its place in the file."""
