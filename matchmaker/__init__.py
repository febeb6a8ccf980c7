"""Explained cross-sector partner suggestions and evidence-based gaps for STEM learning ecosystems."""

__version__ = "0.1.0"
