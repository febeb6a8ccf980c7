"""What responses look like; the command line's ``--json`` prints the same shapes."""
