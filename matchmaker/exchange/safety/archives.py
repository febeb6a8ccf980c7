"""Zip files and folders of unknown origin, member by member, within limits."""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self

from matchmaker.errors import InvalidInput
from matchmaker.exchange.findings import shown
from matchmaker.exchange.safety.files import file_size, is_folder, open_file, refusal, too_large
from matchmaker.exchange.safety.limits import (
    ARCHIVE_BYTES,
    ARCHIVE_MEMBERS,
    DIRECTORY_BYTES,
    DOCUMENT_BYTES,
    PACKING_RATIO,
    RATIO_FROM_BYTES,
)

END_RECORD = struct.Struct("<4s4H2LH")
END_RECORD_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR_BYTES = 20
COMMENT_BYTES = 65_535
OFFICE_MEMBER = "[Content_Types].xml"
NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar")
LEFT_OUT = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What operating systems add of their own."""
WHOLE = "a complete zip file, made anew from the original files"
_UNPACKING_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)

Opener = Callable[[str], io.BufferedReader]


class SafeArchive:
    """The files in a zip file or a folder; a context manager.

    Attributes
    ----------
    path
        The zip file or folder.
    names
        The members' names in order, with ``/`` between folders; folders themselves and what operating systems add are
        left out.
    """

    def __init__(self, path: Path, names: tuple[str, ...], opener: Opener, close: Callable[[], None]) -> None:
        self.path, self.names = path, names
        self._opener, self._close = opener, close

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def open(self, name: str) -> io.BufferedReader:
        """Open a member for reading as it is unpacked.

        Raises
        ------
        InvalidInput
            There is no such member, or it is damaged or a zip file itself; a fault further on is raised while reading.
        """
        if name not in self.names:
            raise refusal(self.path.name, "there is no such file in it", "one of the files in it", name)
        return self._opener(name)

    def read(self, name: str, limit: int = DOCUMENT_BYTES) -> bytes:
        """Return a whole member; raise `InvalidInput` as `open` does, or where it is larger than ``limit`` bytes."""
        with self.open(name) as member:
            data = member.read(limit + 1)
        if len(data) > limit:
            raise too_large(self.path.name, limit, name)
        return data


def open_zip(path: Path) -> SafeArchive:
    """Open a zip file, or a folder as if it were one.

    Raises
    ------
    InvalidInput
        It can't be read, is truncated, encrypted or packed in an unusual way, unpacks to more than `ARCHIVE_BYTES` or
        to far more than its size, has more than `ARCHIVE_MEMBERS` members, one name twice, a name that leads out of
        it, or zip files inside (those of an Office document apart).
    """
    if is_folder(path):
        names = tuple(_iter_folder(path))
        return SafeArchive(path, names, lambda name: open_file(path / name), lambda: None)
    file_size(path)
    _check_directory(path)
    try:
        archive = zipfile.ZipFile(path)
    except _UNPACKING_FAULTS as error:
        raise refusal(path.name, "the zip file is truncated or damaged", WHOLE) from error
    try:
        members = _checked_members(archive, path.name)
    except BaseException:
        archive.close()
        raise
    inside_office = OFFICE_MEMBER in members

    def open_member(name: str) -> io.BufferedReader:
        return _open_member(archive, members[name], path.name, inside_office=inside_office)

    return SafeArchive(path, tuple(members), open_member, archive.close)


def _iter_folder(folder: Path) -> Iterator[str]:
    """Yield the names of a folder's files in order; links to other folders aren't followed."""
    found = 0

    def fail(error: OSError) -> None:
        raise refusal(folder.name, f"the folder can't be read ({error.strerror})", "a readable folder") from error

    for root, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name in LEFT_OUT or name.startswith("."):
                continue
            found += 1
            if found > ARCHIVE_MEMBERS:
                raise _too_many_members(folder.name)
            yield (Path(root) / name).relative_to(folder).as_posix()


def _check_directory(path: Path) -> None:
    """Refuse a table of contents too large to be read at once, before anything reads it."""
    with open_file(path) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - COMMENT_BYTES - END_RECORD.size - LOCATOR_BYTES - END_RECORD_64.size))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    last = tail[-END_RECORD.size :]
    if last.startswith(b"PK\x05\x06") and last.endswith(b"\x00\x00"):
        at = len(tail) - END_RECORD.size
    if at < 0 or len(tail) - at < END_RECORD.size:
        raise refusal(path.name, "is no zip file, or a truncated one: its table of contents is missing", WHOLE)
    directory = END_RECORD.unpack_from(tail, at)[5]
    record_64 = at - LOCATOR_BYTES - END_RECORD_64.size
    if record_64 >= 0 and tail[record_64:].startswith(b"PK\x06\x06"):
        directory = END_RECORD_64.unpack_from(tail, record_64)[8]
    if directory > DIRECTORY_BYTES:
        raise _too_many_members(path.name)


def _checked_members(archive: zipfile.ZipFile, file: str) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > ARCHIVE_MEMBERS:
        raise _too_many_members(file)
    if sum(info.file_size for info in infos) > ARCHIVE_BYTES:
        raise too_large(file, ARCHIVE_BYTES, "what it unpacks to")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        _check_member(info, file)
        if not info.is_dir() and not info.filename.startswith(LEFT_OUT) and _last_name(info.filename) not in LEFT_OUT:
            members[info.filename] = info
    times = Counter(info.filename for info in infos)
    if twice := sorted(name for name, number in times.items() if number > 1):
        raise refusal(file, "the zip file holds two files of one name", "each name once", twice[0])
    if OFFICE_MEMBER not in members:
        for name in members:
            if name.lower().endswith(NESTED):
                raise _nested(file, name)
    return members


def _check_member(info: zipfile.ZipInfo, file: str) -> None:
    name = info.orig_filename
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or (len(parts[0]) == 2 and parts[0].endswith(":")):
        raise refusal(file, "a file in it has a name that leads out of the zip file", "plain names", name)
    if any(ord(character) < 32 or character == "\x7f" for character in name):
        raise refusal(file, "a file in it has a name with control characters", "plain names", name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refusal(file, "a file in it is a link to another place", "the file itself", name)
    if info.flag_bits & 0x1:
        raise refusal(file, "it is protected with a password", "a zip file without a password", name)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refusal(file, "it is packed in an unusual way", "a zip file made by the system's own program", name)
    if info.file_size > RATIO_FROM_BYTES and info.file_size > PACKING_RATIO * max(1, info.compress_size):
        message = f"a file in it is packed more than {PACKING_RATIO} times smaller than it is"
        raise refusal(file, message, WHOLE, name)


def _last_name(name: str) -> str:
    return PurePosixPath(name).name


def _too_many_members(file: str) -> InvalidInput:
    return refusal(file, f"holds more than {ARCHIVE_MEMBERS:,} files", f"at most {ARCHIVE_MEMBERS:,}")


def _nested(file: str, name: str) -> InvalidInput:
    return refusal(file, "there is a packed file inside the zip file", "the files themselves, in one zip file", name)


def _open_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str, *, inside_office: bool
) -> io.BufferedReader:
    try:
        member = archive.open(info)
    except _UNPACKING_FAULTS as error:
        raise refusal(file, "the zip file is damaged", WHOLE, info.filename) from error
    stream: io.BufferedReader = io.BufferedReader(_Guarded(member, file, info.filename))
    try:
        if not inside_office and stream.peek(4).startswith(b"PK\x03\x04"):
            raise _nested(file, info.filename)
    except InvalidInput:
        stream.close()
        raise
    return stream


class _Guarded(io.RawIOBase):
    """A member being unpacked, whose faults are told in the words of `InvalidInput`."""

    def __init__(self, member: IO[bytes], file: str, name: str) -> None:
        super().__init__()
        self._member = member
        self._file, self._name = file, shown(name)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray", /) -> int:  # type: ignore[override]
        try:
            data = self._member.read(len(buffer))
        except _UNPACKING_FAULTS as error:
            raise refusal(self._file, "the zip file is damaged", WHOLE, self._name) from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._member.close()
        super().close()
