"""``matchmaker ontology``: every label, tie, term and rule."""

import typer

from matchmaker.cli.options import JsonOption
from matchmaker.cli.output import print_json, say


def ontology(as_json: JsonOption = False) -> None:
    """Print the vocabulary: labels, ties, terms, identifiers, link patterns and the life of a suggestion."""
    if as_json:
        print_json(ontology_document())
    else:
        say(ontology_markdown())


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(ontology)
