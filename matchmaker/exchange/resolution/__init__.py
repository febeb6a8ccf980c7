"""One organization per organization: which partners are the same, from names, places, types and identifiers."""
