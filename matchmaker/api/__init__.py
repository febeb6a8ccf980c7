"""The HTTP interface: requests are parsed, services called, results shown."""
