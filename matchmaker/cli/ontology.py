"""``matchmaker ontology``: every label, tie, term and rule."""

import typer

from matchmaker.cli.options import JsonOption
from matchmaker.cli.output import print_json, say
from matchmaker.services.ontology import describe_ontology, ontology_page


def ontology(as_json: JsonOption = False) -> None:
    """Print the vocabulary: labels, ties, terms, identifiers, link patterns and the life of a suggestion."""
    if as_json:
        print_json(describe_ontology())
    else:
        say(ontology_page())


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(ontology)
