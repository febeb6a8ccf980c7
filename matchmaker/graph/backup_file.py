"""The backup's file: a ZIP archive of JSON lines, and a manifest that says what must be in it.

Nothing in it depends on the clock or on the kind of store: equal contents give equal bytes.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.errors import Finding, InvalidInput, NotFound, Unsupported
from matchmaker.graph.encoding import NotAnElement, decode_element
from matchmaker.graph.store import StoreHashes

FORMAT = "matchmaker-backup"
VERSION = 1
MANIFEST = "manifest.json"
ELEMENTS = ("nodes.jsonl", "records.jsonl", "ties.jsonl")
OPERATIONS = ("entries.jsonl", "logs.jsonl")
LONGEST_MANIFEST = 100_000
"""Bytes; a longer one isn't ours."""

WHOLE_RULE = "a whole file that `matchmaker backup` wrote"
_DATE = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_OWNER = 0o600 << 16
_UNIX = 3


class Member(BaseModel):
    """What the manifest says of one member."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    lines: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What the manifest says. The hashes are those of the store, and those of its reference data alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: str
    version: int
    graph_hash: str = Field(pattern="^[0-9a-f]{64}$")
    content_hash: str = Field(pattern="^[0-9a-f]{64}$")
    reference_graph_hash: str = Field(pattern="^[0-9a-f]{64}$")
    reference_content_hash: str = Field(pattern="^[0-9a-f]{64}$")
    members: dict[str, Member]

    def hashes(self) -> StoreHashes:
        """Return the hashes of the store that was backed up."""
        return StoreHashes(self.graph_hash, self.content_hash)

    def count(self, member: str) -> int:
        """Return how many lines a member has."""
        return self.members[member].lines


def write_file(
    path: Path, members: Mapping[str, Iterable[str]], hashes: StoreHashes, reference: StoreHashes
) -> Manifest:
    """Write a backup beside ``path`` and move it there when it is whole.

    Raises
    ------
    InvalidInput
        It can't be written there.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                written = {name: _write_member(archive, name, lines) for name, lines in members.items()}
                manifest = Manifest(
                    format=FORMAT,
                    version=VERSION,
                    graph_hash=hashes.graph,
                    content_hash=hashes.content,
                    reference_graph_hash=reference.graph,
                    reference_content_hash=reference.content,
                    members=written,
                )
                archive.writestr(_info(MANIFEST), json.dumps(manifest.model_dump(), indent=1, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise refused(path, f"the file can't be written ({error.strerror})", "a place that takes writes") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return manifest


def _write_member(archive: zipfile.ZipFile, name: str, lines: Iterable[str]) -> Member:
    digest, count = hashlib.sha256(), 0
    with archive.open(_info(name), "w", force_zip64=True) as member:
        for line in lines:
            data = line.encode("ascii") + b"\n"
            digest.update(data)
            member.write(data)
            count += 1
    return Member(lines=count, sha256=digest.hexdigest())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _READABLE_BY_OWNER, _UNIX
    return info


class BackupFile:
    """A backup opened for reading. Use it in a ``with`` block.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidInput
        It is no backup, or cut short.
    Unsupported
        A newer version of matchmaker wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise NotFound("backup", str(path))
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise refused(path, f"this is no backup, or it was cut short ({error})", WHOLE_RULE) from error
        try:
            text = self._manifest_bytes()
            self.manifest = _parse_manifest(path, text)
        except BaseException:
            self._archive.close()
            raise
        self.digest = hashlib.sha256(text).hexdigest()
        """The SHA-256 of the manifest, and so of everything in the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def verify(self) -> None:
        """Read every member and hold it against the manifest.

        Raises
        ------
        InvalidInput
            Something is missing, added or changed, or doesn't decode.
        """
        for name, member in self.manifest.members.items():
            digest, count = hashlib.sha256(), 0
            for line in self._raw_lines(name):
                digest.update(line)
                count += 1
                if not _decodes(name, line):
                    raise refused(self.path, f"the backup is damaged: line {count} of {name} can't be read", WHOLE_RULE)
            if (count, digest.hexdigest()) != (member.lines, member.sha256):
                raise refused(self.path, f"the backup is damaged: {name} isn't as it was written", WHOLE_RULE)

    def lines(self, name: str) -> Iterator[str]:
        """Yield the lines of a member."""
        for line in self._raw_lines(name):
            yield line.decode("ascii").rstrip("\n")

    def forms(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects of a member."""
        for line in self.lines(name):
            yield json.loads(line)

    def _raw_lines(self, name: str) -> Iterator[bytes]:
        try:
            with self._archive.open(name) as member:
                yield from member
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise refused(self.path, f"the backup is damaged: {name} can't be read ({error})", WHOLE_RULE) from error

    def _manifest_bytes(self) -> bytes:
        try:
            with self._archive.open(MANIFEST) as member:
                return member.read(LONGEST_MANIFEST + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise refused(self.path, f"this is no backup: its manifest can't be read ({error})", WHOLE_RULE) from error


def _parse_manifest(path: Path, text: bytes) -> Manifest:
    try:
        form = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(path, "this is no backup: its manifest can't be read", WHOLE_RULE) from error
    if not isinstance(form, dict) or form.get("format") != FORMAT:
        raise refused(path, "this is no backup of matchmaker", WHOLE_RULE)
    version = form.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Unsupported(
            f"{path} was written by a newer version of matchmaker (its format is {version}, this one knows {VERSION}). "
            "Restore it with that version."
        )
    try:
        manifest = Manifest.model_validate(form)
    except ValidationError as error:
        what = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
        raise refused(path, f"the backup is damaged: its manifest isn't right ({what})", WHOLE_RULE) from error
    if manifest.version != VERSION or set(manifest.members) != {*ELEMENTS, *OPERATIONS}:
        raise refused(path, "the backup is damaged: its manifest names other members", WHOLE_RULE)
    return manifest


def _decodes(name: str, line: bytes) -> bool:
    try:
        if name in ELEMENTS:
            decode_element(line.decode("ascii"))
            return True
        form = json.loads(line.decode("ascii"))
    except (NotAnElement, ValueError, RecursionError):
        return False
    return isinstance(form.get("collection"), str) and isinstance(form.get("fields"), dict)


def refused(path: Path, message: str, valid: str) -> InvalidInput:
    """Return the refusal of a whole file."""
    return InvalidInput([Finding(message, value=str(path)[:200], valid=valid)])
