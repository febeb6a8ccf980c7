"""The hard rules by what they look at: ties, places, standing, colleges."""
