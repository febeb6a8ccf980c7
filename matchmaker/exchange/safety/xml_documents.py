"""XML of unknown origin: no document type, no entities, and so many elements so deep."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from matchmaker.errors import InvalidInput
from matchmaker.exchange.safety.files import file_size, open_file, refusal, too_large
from matchmaker.exchange.safety.limits import DOCUMENT_BYTES, TOKEN_BYTES, XML_DEPTH, XML_ELEMENTS

BLOCK = 1 << 16
NO_DTD = "XML without a document type (<!DOCTYPE …>) and without entities"

PLAIN_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252")
"""Those in which a tag is written as in ASCII."""
SCAN_BLOCK = 1 << 19

TagsHandler = Callable[[bytes], None]


def parse_xml(path: Path) -> Element:
    """Return the root element of an XML file.

    Raises
    ------
    InvalidInput
        It can't be read, is no well-formed XML, declares a document type or entities, or is larger than
        `DOCUMENT_BYTES`, deeper than `XML_DEPTH` or of more than `XML_ELEMENTS` elements.
    """
    if file_size(path) > DOCUMENT_BYTES:
        raise too_large(path.name, DOCUMENT_BYTES)
    parser = DefusedXMLParser(target=_LimitedTree(path.name), forbid_dtd=True)
    try:
        with open_file(path) as file:
            read = 0
            while block := file.read(BLOCK):
                read += len(block)
                if read > DOCUMENT_BYTES:
                    raise too_large(path.name, DOCUMENT_BYTES)
                parser.feed(block)
        root = parser.close()
    except DefusedXmlException as error:
        raise refusal(path.name, "declares a document type or entities", NO_DTD) from error
    except ParseError as error:
        raise refusal(path.name, f"isn't well-formed XML ({error})", "an XML document that is complete") from error
    except (LookupError, ValueError) as error:
        raise refusal(path.name, f"is in an encoding that can't be read ({error})", "XML saved as UTF-8") from error
    except OSError as error:
        raise refusal(path.name, f"the file can't be read ({error.strerror})", "a readable file") from error
    if not isinstance(root, Element):
        raise refusal(path.name, "has no root element", "an XML document that is complete")
    return root


class _LimitedTree(TreeBuilder):
    """Builds the tree of a document, and stops where it is too deep or has too many elements."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file, self._depth, self._count = file, 0, 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        check_depth(self._file, "", self._depth)
        if self._count > XML_ELEMENTS:
            message = f"has more than {XML_ELEMENTS:,} elements"
            raise refusal(self._file, message, "fewer in one file; split it")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def check_depth(file: str, where: str, depth: int) -> None:
    """Raise `InvalidInput` where elements are too deep inside each other."""
    if depth > XML_DEPTH:
        message = f"has elements more than {XML_DEPTH} deep inside each other"
        raise refusal(file, message, f"at most {XML_DEPTH} levels", where)


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """How many bytes and tags an XML part may have, how many bytes without a tag, and whether its depth matters."""

    size: int
    tags: int
    token: int = TOKEN_BYTES
    watches_depth: bool = True


def scan_xml(stream: BinaryIO, spot: tuple[str, str], on_tags: TagsHandler, limits: ScanLimits) -> None:
    """Go through an XML part without keeping it; memory stays flat.

    Parameters
    ----------
    stream
        Its bytes.
    spot
        The names of the file and of the part in it, for messages.
    on_tags
        Told the part's text piece by piece. Every piece is well-formed as far as it goes and ends before a tag.
    limits
        How much of it there may be.

    Raises
    ------
    InvalidInput
        It is no well-formed XML, is neither UTF-8 nor Latin-1, declares a document type or entities, or is beyond the
        limits.
    """
    file, where = spot
    guard = _Guard(file, where, limits)
    rest = b""
    try:
        while block := stream.read(SCAN_BLOCK):
            guard.feed(block)
            text = rest + block
            cut = text.rfind(b"<")
            if len(text) - max(cut, 0) > limits.token:
                raise guard.too_long()
            if cut > 0:
                on_tags(text[:cut])
                text = text[cut:]
            rest = text
        guard.close()
    except ExpatError as error:
        raise refusal(file, f"isn't well-formed XML ({error})", "a file that is complete", where) from error
    except (LookupError, ValueError) as error:
        raise refusal(file, f"is in an encoding that can't be read ({error})", "UTF-8", where) from error
    on_tags(rest)


class _Guard:
    """Hands a part to the parser and stops at what may not be in it."""

    def __init__(self, file: str, where: str, limits: ScanLimits) -> None:
        self._file, self._where, self._limits = file, where, limits
        self._depth = self._read = self._tags = 0
        self._parser = ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.XmlDeclHandler = self._declaration
        if limits.watches_depth:
            self._parser.StartElementHandler = self._start
            self._parser.EndElementHandler = self._end

    def feed(self, block: bytes) -> None:
        self._read += len(block)
        self._tags += block.count(b"<")
        if self._read > self._limits.size:
            raise too_large(self._file, self._limits.size, self._where)
        if self._tags > self._limits.tags:
            message = f"has more than {self._limits.tags:,} XML tags"
            raise refusal(self._file, message, "less in one file; split it", self._where)
        self._parser.Parse(block, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def too_long(self) -> InvalidInput:
        message = "holds a text or a cell of more than a million characters"
        return refusal(self._file, message, "cells of at most 32,767 characters", self._where)

    def _start(self, _name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        check_depth(self._file, self._where, self._depth)

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _doctype(self, *_declared: object) -> None:
        raise refusal(self._file, "declares a document type or entities", NO_DTD, self._where)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in PLAIN_ENCODINGS:
            raise refusal(self._file, "is neither UTF-8 nor Latin-1", "UTF-8", self._where)
