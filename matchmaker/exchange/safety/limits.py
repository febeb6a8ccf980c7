"""How much of anything is read, each limit with its reason.

Files come from anywhere. What is beyond a limit is refused with a sentence that names the limit; nothing real that was
tried (the registers, the largest maps and workbooks) comes near one.
"""

MIB = 1 << 20

DOCUMENT_BYTES = 64 * MIB
"""A JSON or XML document, which is read whole: in memory it takes up to eight times as much."""

JSON_VALUES = 4_000_000
"""Values in a JSON document: the smallest ones, ``{}``, take a hundred bytes of memory for three in the file."""

JSON_DEPTH = 100
"""Lists and objects inside each other: known formats need ten, and the parser recurses once a level."""

NUMBER_CHARACTERS = 400
"""Characters of a number: the largest float has 309 digits, and a whole number costs the square of its length."""

XML_ELEMENTS = 1_000_000
"""Elements in an XML document: each takes about 400 bytes of memory."""

XML_DEPTH = 100
"""XML elements inside each other: known formats need ten."""

TOKEN_BYTES = MIB
"""XML between two tags: a cell of a workbook holds 32,767 characters, at most 10 bytes each."""

ARCHIVE_BYTES = 1024 * MIB
"""What a zip file unpacks to, all members together: ten times the largest register."""

ARCHIVE_MEMBERS = 10_000
"""Files in a zip file or a folder: a tabular package has thirty."""

DIRECTORY_BYTES = 4 * MIB
"""The table of contents of a zip file, which is read whole: 10,000 members with long names."""

PACKING_RATIO = 250
"""How many times larger a large member may be than it is packed: worksheets reach 100, a bomb 1,000."""

RATIO_FROM_BYTES = 16 * MIB
"""Members smaller than this may be packed as tightly as they like."""

SHEET_BYTES = 512 * MIB
"""One worksheet, unpacked: a million rows of ten cells."""

SHEET_TAGS = 50_000_000
"""XML tags in a worksheet: a cell has four."""

SHARED_STRINGS_BYTES = 96 * MIB
"""The texts of a workbook, which are held in memory."""

SHARED_STRINGS_TAGS = 8_000_000
"""XML tags among those texts: each has four, and takes about a hundred bytes beside its characters."""

PART_BYTES = 16 * MIB
"""Any other part of a workbook (styles, relations), which is held in memory."""

PART_TAGS = 300_000
"""XML tags in such a part: a workbook has at most 65,490 cell formats, of up to four."""

SHEET_COLUMNS = 2_000
"""Columns of a worksheet or a delimited file: the widest register has 145, a joined one some hundred more."""

SHEET_ROWS = 1_048_576
"""Rows of a worksheet, which is what the format allows."""

EMPTY_ROWS = 100_000
"""Rows that a worksheet may skip: one cell at the far end is a slip or a trap, and makes a million empty rows."""

EMPTY_CELLS = 100_000_000
"""Empty cells up to the end that a worksheet declares: a reader goes through all of them."""

RANGE_CELLS = 200_000
"""Cells of one merged range or link: a reader makes a cell for each."""
