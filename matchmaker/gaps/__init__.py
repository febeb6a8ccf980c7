"""Gaps: what is missing between partners, programs and places, from stated coverage only."""
