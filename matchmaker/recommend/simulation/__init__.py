"""What lists do to a network over time: links form with planted chances, and the graph grows."""
