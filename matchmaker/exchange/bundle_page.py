"""The page that documents the CSV bundle, made from the ontology so that the two can't differ."""

from matchmaker.exchange.bundle import FILES, Column, FileSpec, Shape, columns_of
from matchmaker.model.ontology import TIES
from matchmaker.model.vocabulary import TieType

_HEAD = """\
# The CSV bundle

What `matchmaker import FOLDER` reads: one file per kind of thing, and `ties.csv` for how they hang together. Every file
may be left out, and `matchmaker import FILE` reads one of them alone. This page is made from the ontology by
`matchmaker.exchange.bundle_page`.

## How it is written

* UTF-8 (a byte order mark is fine), commas, a header row with the columns' names, in any order. Quote a cell that holds
  a comma, a quote or a line break, and write a quote inside it twice.
* An empty cell says nothing. Lists are separated by `|`. Booleans are `true` or `false`. Dates are `2012`, `2012-09` or
  `2012-09-30`. Ids are 1 to 128 of `a-z 0-9 . _ : -`, starting with a letter or digit; registers' ids are written as
  `unitid:209807`, `leaid:4101920`, `ncessch:…`, `mid:…`, `fscs:…`.
* Columns that aren't listed here are dropped and reported; `--keep COLUMN` keeps one as the text property `x_COLUMN`.
* Rows without any filled cell are passed over. Files of other names are reported when they end in `.csv`, else ignored.

## What happens to a row

* Files are loaded in the order of this page: things, then statements about them, then ties. Within a file, the order of
  rows doesn't matter, but where two rows have one id.
* A row with any fault is refused whole, and every fault is reported with file, line (the header is line 1; a row is
  where it starts), column, value and what would be valid. The other rows are loaded; `--strict` loads all or nothing,
  and `--dry-run` writes nothing. A file without one of its required columns, or with one twice, is refused whole.
* Of two rows of one file with one id the first that has no fault of its own is loaded, the others are refused. A tie is
  the same tie when type, ends and episode are.
* What a row names (a subject, an end, a place, a rater) must be in the bundle, in the store, or in the reference data
  (stages such as `grades_9_12`, resources such as `mentors`). So the ties of a refused partner are refused too, and say
  why.
* Loading the same again changes nothing. A row with an id that is there already replaces what the same source said
  before; what other sources said stays, and `matchmaker why-fact` shows all of it. Nothing is ever removed because a
  file no longer has it, but for a statement's ties to what it no longer says: a need with an id of its own that now
  names another resource loses its tie to the old one.
* A statement without an id gets one that is the digest of its owner and fields, so an equal row is the same statement.
* Every load that changes something is a job: `matchmaker import --resume JOB` finishes one that was interrupted,
  `matchmaker undo JOB` takes one back.

## Whose it is

Without `--into`, everything is public. With `--into ECOSYSTEM`, which must be in the store or in the bundle, it is that
ecosystem's own: what it says about a public partner is laid over the public facts in that ecosystem's view only.

* Rows of `ecosystems.csv` are public all the same: that a hub exists is no secret.
* A public thing that has no sources beside each other (an ecosystem, initiative, pathway, topic or occupation) isn't
  changed by `--into`: a row that says the same is taken as there already, a row that says something else is refused. An
  ecosystem's own row may change it.
* An id that belongs to another ecosystem's own thing is refused as taken.

## Who says so

Every file has four columns for it. Where a row names no source, it is the name of the bundle's folder, and the row is
the file's name; so keep the folder's name when you load a newer version of the same sheet.
"""


def bundle_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD, *(_section(spec) for spec in FILES.values())]
    return "\n".join(parts)


def _section(spec: FileSpec) -> str:
    lines = [
        f"## {spec.name}",
        "",
        f"{spec.about} {_becomes(spec)}",
        "",
        "| column | valid | meaning |",
        "|---|---|---|",
    ]
    lines += [_row(column) for column in columns_of(spec)]
    if spec.shape is Shape.TIE:
        lines += ["", "### Which ends a tie may have", "", "| type | from → to | meaning |", "|---|---|---|"]
        lines += [f"| `{type.value}` | {_cell(TIES[type].allowed())} | {_cell(TIES[type].about)} |" for type in TieType]
    return "\n".join(lines) + "\n"


def _becomes(spec: FileSpec) -> str:
    if spec.label is None:
        return "A row becomes a tie; where its type is undirected, either end may be `source`."
    becomes = f"A row becomes {_article(spec.label.value)} `{spec.label.value}`"
    if spec.shape is Shape.THING:
        return f"{becomes}."
    concerns = f" and `{TieType.CONCERNS.value}` its resource" if spec.names_a_resource else ""
    return f"{becomes}: `subject` `{spec.subject_tie.value}` it{concerns}."


def _article(word: str) -> str:
    return "an" if word[0] in "AEIO" else "a"


def _row(column: Column) -> str:
    name = f"**`{column.name}`** (required)" if column.required else f"`{column.name}`"
    return f"| {name} | {_cell(column.valid)} | {_cell(column.about)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
