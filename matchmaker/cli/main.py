"""Puts the commands together and translates errors to exit codes."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from matchmaker import __version__
from matchmaker.cli import (
    backup,
    contacting,
    decide,
    duplicates,
    ecosystems,
    evaluate,
    explain,
    export,
    facts,
    gaps,
    importing,
    jobs,
    mapping,
    models,
    ontology,
    partners,
    serve,
    simulate,
    stats,
    suggest,
    train,
)
from matchmaker.cli.exit_codes import EXIT_CODE_OF, UNEXPECTED
from matchmaker.cli.output import stderr, tell, tell_findings
from matchmaker.errors import InvalidInput, MatchmakerError

app = typer.Typer(
    name="matchmaker",
    help="Who should this partner meet, and why. Partners, programs and pathways as a graph; gaps; introductions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_PARTS = (
    *(importing, mapping, duplicates, export, ecosystems),
    *(suggest, explain, gaps, partners, facts, stats, simulate),
    *(decide, contacting, train, models, evaluate),
    *(ontology, jobs, backup, serve),
)
for part in _PARTS:
    part.register(app)


def _version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"matchmaker {__version__}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: Annotated[
        bool, typer.Option("--version", callback=lambda value: _version(asked=value), is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Who should this partner meet, and why."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; see `matchmaker.cli.exit_codes`."""
    try:
        app(args=list(arguments), prog_name="matchmaker")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else UNEXPECTED
    except InvalidInput as error:
        many = len(error.findings)
        tell("Nothing was done: the input has a problem." if many == 1 else f"Nothing was done: {many} problems.")
        tell_findings(error.findings)
        return EXIT_CODE_OF[type(error)]
    except MatchmakerError as error:
        tell(error.message)
        return EXIT_CODE_OF[type(error)]
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNEXPECTED
    except Exception:  # noqa: BLE001 - the last resort: people get a sentence, and developers the traceback
        stderr.print_exception()
        tell("Something went wrong that matchmaker didn't foresee. Please report the lines above.")
        return UNEXPECTED
    return 0


def main() -> None:
    """Run the command that was typed, and exit with its code."""
    sys.exit(run(sys.argv[1:]))
