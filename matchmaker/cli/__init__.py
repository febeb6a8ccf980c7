"""The command line: each command parses, calls services and prints."""

from matchmaker.cli.main import main

__all__ = ["main"]
