"""Use cases as plain functions over a store. The API, the console and the command line call nothing past these."""
