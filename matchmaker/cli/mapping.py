"""``matchmaker mapping``: what the columns and words of files mean, proposed, corrected and saved by name."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from matchmaker.cli.exit_codes import INVALID
from matchmaker.cli.opening import opened
from matchmaker.cli.options import JsonOption, StoreOption
from matchmaker.cli.output import head, print_json, say, tell, tell_findings
from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.mapping import TARGETS, ColumnMapping, MappingProposal, Target, parse_target
from matchmaker.exchange.readers.spreadsheet import propose_mapping
from matchmaker.model.ids import parse_id
from matchmaker.model.vocabulary import Confidence, OrganizationType, ProgramType
from matchmaker.services.mappings import NamedMapping, get_mapping, list_mappings, put_mapping, remove_mapping

MappingName = Annotated[str, typer.Argument(help="The mapping's name.", show_default=False)]


class ColumnOut(BaseModel):
    """One column of a sheet."""

    heading: str
    target: str
    title: str
    why: str
    confidence: float
    examples: list[str]


class MappingOut(BaseModel):
    """What the columns of a sheet mean, and what holds for all of its rows."""

    name: str
    columns: dict[str, str]
    organization_type: str
    program_type: str
    confidence: str
    member_of: str
    source: str
    words: dict[str, str]
    names: dict[str, str]


class ProblemOut(BaseModel):
    """One problem, or something that was passed over."""

    line: int
    where: str
    message: str
    value: str
    valid: str


class ProposalOut(BaseModel):
    """What the columns of a sheet seem to mean."""

    file: str
    sheet: str
    header_line: int
    columns: list[ColumnOut]
    unknown_types: list[str]
    mapping: MappingOut | None
    saved_as: str
    findings: list[ProblemOut]
    notices: list[ProblemOut]


def propose(
    path: Annotated[Path, typer.Argument(help="A .csv or .xlsx file.", show_default=False)],
    sheet: Annotated[str, typer.Option("--sheet", help="Which sheet of a workbook.")] = "",
    changed: Annotated[
        list[str] | None, typer.Option("--set", metavar="COLUMN=MEANING", help="What a column means (repeatable).")
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="WORD=TYPE", help="The organization type a word stands for (repeatable)."),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME=ID", help="The id of an organization the sheet names (repeatable)."),
    ] = None,
    organization_type: Annotated[
        OrganizationType | None, typer.Option("--type", help="The type of rows that state none.")
    ] = None,
    program_type: Annotated[
        ProgramType | None, typer.Option("--program-type", help="The type of programs that state none.")
    ] = None,
    confidence: Annotated[
        Confidence, typer.Option("--confidence", help="Who stands behind the sheet.")
    ] = Confidence.STAFF,
    member_of: Annotated[str, typer.Option("--member-of", help="The ecosystem that the rows are members of.")] = "",
    source: Annotated[str, typer.Option("--source", help="Who says so; else the file's name.")] = "",
    save: Annotated[str, typer.Option("--save", metavar="NAME", help="Save the mapping under this name.")] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the columns of a sheet seem to mean; correct it with --set, and --save it for the next time."""
    proposal = propose_mapping(path, sheet)
    mapping = replace(
        proposal.mapping().with_columns({column: parse_target(text) for column, text in _pairs(changed, "--set")}),
        organization_type=organization_type,
        program_type=program_type,
        confidence=confidence,
        member_of=parse_id(member_of) if member_of else "",
        source=source,
        words={word: _type(text) for word, text in _pairs(words, "--word")},
        names={name: parse_id(text) for name, text in _pairs(names, "--name")},
    )
    findings = (*proposal.findings, *(() if proposal.findings else mapping.check()))
    if save and not findings:
        with opened(store, create=True) as graph:
            put_mapping(graph.operations(), save, mapping)
    saved_as = save if not findings else ""
    if as_json:
        print_json(_proposal_out(proposal, mapping, findings, saved_as))
    else:
        _show_proposal(proposal, mapping, findings, saved_as)
    if findings:
        raise typer.Exit(INVALID)


def words(
    name: MappingName,
    words: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="WORD=TYPE", help="The organization type a word stands for (repeatable)."),
    ] = None,
    organization_type: Annotated[
        OrganizationType | None, typer.Option("--type", help="The type of organizations that state none.")
    ] = None,
    program_type: Annotated[
        ProgramType | None, typer.Option("--program-type", help="The type of programs that state none.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Save what a hub's own words stand for, for files without columns to confirm: Kumu maps, HSDS, CTDL."""
    mapping = ColumnMapping(
        columns={},
        organization_type=organization_type,
        program_type=program_type,
        words={word: _type(text) for word, text in _pairs(words, "--word")},
    )
    if not (mapping.words or organization_type or program_type):
        valid = "--word, --type or --program-type"
        raise InvalidInput([Finding("nothing is said that could be saved", "mapping", name[:200], valid)])
    with opened(store, create=True) as graph:
        put_mapping(graph.operations(), name, mapping)
    if as_json:
        print_json(_mapping_out(name, mapping))
        return
    _show_rest(mapping)
    say(f"Saved as {name}.")


def show(name: MappingName, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show a saved mapping."""
    with opened(store) as graph:
        named = get_mapping(graph.operations(), name)
    if as_json:
        print_json(_mapping_out(named.name, named.mapping))
        return
    head(named.name)
    for heading, target in named.mapping.columns.items():
        say(f"  {heading} → {TARGETS[target].title}")
    _show_rest(named.mapping)


def list_(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the saved mappings."""
    with opened(store) as graph:
        saved = list_mappings(graph.operations())
    if as_json:
        print_json([_mapping_out(named.name, named.mapping).model_dump() for named in saved])
        return
    for named in saved:
        of_columns = f"{_read_columns(named)} of {len(named.mapping.columns)} columns are read"
        say(f"{named.name}: {of_columns if named.mapping.columns else 'words and types, no columns'}")
    if not saved:
        tell("No mapping is saved here. matchmaker mapping propose FILE --save NAME makes one.")


def remove(name: MappingName, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Remove a saved mapping; what was loaded with it stays."""
    with opened(store) as graph:
        remove_mapping(graph.operations(), name)
    if as_json:
        print_json({"removed": name})
    else:
        say(f"{name} is removed.")


def _pairs(given: Sequence[str] | None, option: str) -> list[tuple[str, str]]:
    """Return what stands before and after the last equals sign of each."""
    pairs = [text.rpartition("=") for text in given or ()]
    wrong = [text for text, (before, _, after) in zip(given or (), pairs, strict=True) if not before or not after]
    if wrong:
        valid = "two texts with an equals sign between them"
        raise InvalidInput([Finding("is not understood", option, text[:200], valid) for text in wrong])
    return [(before.strip(), after.strip()) for before, _, after in pairs]


def _type(text: str) -> OrganizationType:
    try:
        return OrganizationType(text)
    except ValueError as error:
        valid = ", ".join(term.value for term in OrganizationType)
        raise InvalidInput([Finding("is not a type of organization", "--word", text[:200], valid)]) from error


def _read_columns(named: NamedMapping) -> int:
    return sum(1 for target in named.mapping.columns.values() if target is not Target.IGNORED)


def _mapping_out(name: str, mapping: ColumnMapping) -> MappingOut:
    return MappingOut(
        name=name,
        columns={heading: target.value for heading, target in mapping.columns.items()},
        organization_type=mapping.organization_type or "",
        program_type=mapping.program_type or "",
        confidence=mapping.confidence.value,
        member_of=mapping.member_of,
        source=mapping.source,
        words={word: term.value for word, term in mapping.words.items()},
        names=dict(mapping.names),
    )


def _problem_out(finding: Finding) -> ProblemOut:
    return ProblemOut(
        line=finding.line, where=finding.where, message=finding.message, value=finding.value, valid=finding.valid
    )


def _proposal_out(
    proposal: MappingProposal, mapping: ColumnMapping, findings: Sequence[Finding], saved_as: str
) -> ProposalOut:
    return ProposalOut(
        file=proposal.file,
        sheet=proposal.sheet,
        header_line=proposal.header_line,
        columns=[
            ColumnOut(
                heading=column.heading,
                target=mapping.columns[column.heading].value,
                title=TARGETS[mapping.columns[column.heading]].title,
                why=_why(column.why, column.target, mapping.columns[column.heading]),
                confidence=column.confidence if mapping.columns[column.heading] is column.target else 1.0,
                examples=list(column.examples),
            )
            for column in proposal.columns
        ],
        unknown_types=[word for word in proposal.unknown_types if word not in mapping.words],
        mapping=_mapping_out(saved_as, mapping) if proposal.columns else None,
        saved_as=saved_as,
        findings=[_problem_out(finding) for finding in findings],
        notices=[_problem_out(notice) for notice in proposal.notices],
    )


def _why(why: str, proposed: Target, settled: Target) -> str:
    return why if proposed is settled else "as you said"


def _show_proposal(
    proposal: MappingProposal, mapping: ColumnMapping, findings: Sequence[Finding], saved_as: str
) -> None:
    for notice in proposal.notices:
        tell(f"Note: {notice.sentence()}")
    sheet = f", sheet {proposal.sheet}" if proposal.sheet else ""
    head(f"{proposal.file}{sheet}: {len(proposal.columns)} columns, the header is in row {proposal.header_line}")
    for column in proposal.columns:
        target = mapping.columns[column.heading]
        sure = f" ({column.confidence:.0%})" if target is column.target and target is not Target.IGNORED else ""
        say(f"  {column.heading} → {TARGETS[target].title}{sure}: {_why(column.why, column.target, target)}")
        if column.examples:
            say(f"      such as {'; '.join(' '.join(example.split()) for example in column.examples)}")
    unknown = [word for word in proposal.unknown_types if word not in mapping.words]
    if unknown:
        say(f"Types that aren't understood (--word WORD=TYPE): {', '.join(unknown)}")
    _show_rest(mapping)
    if findings:
        tell("It can't be used so:")
        tell_findings(findings)
    elif saved_as:
        say(f"Saved as {saved_as}.")
    else:
        say('To correct a column: --set "COLUMN=MEANING". To keep it: --save NAME.')


def _show_rest(mapping: ColumnMapping) -> None:
    if mapping.organization_type is not None:
        say(f"Rows that state no type are of type {mapping.organization_type}.")
    if mapping.program_type is not None:
        say(f"Programs that state no type are of type {mapping.program_type}.")
    if mapping.member_of:
        say(f"The rows are members of {mapping.member_of}.")
    for word, term in mapping.words.items():
        say(f"“{word}” stands for {term}.")
    for name, id in mapping.names.items():
        say(f"“{name}” is {id}.")
    if mapping.columns:
        say(f"Who stands behind it: {mapping.confidence}{f', {mapping.source}' if mapping.source else ''}.")


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    mapping_app = typer.Typer(help="What the columns and words of a file mean.", no_args_is_help=True)
    mapping_app.command("propose")(propose)
    mapping_app.command("words")(words)
    mapping_app.command("show")(show)
    mapping_app.command("list")(list_)
    mapping_app.command("remove")(remove)
    app.add_typer(mapping_app, name="mapping")
