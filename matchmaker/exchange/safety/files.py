"""Opening files of unknown origin: only ordinary files, only so much, and faults in plain words."""

import stat
from io import BufferedReader
from pathlib import Path

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.findings import shown
from matchmaker.exchange.reading import HEAD_BYTES
from matchmaker.exchange.safety.limits import MIB


def refusal(file: str, message: str, valid: str = "", where: str = "") -> InvalidInput:
    """Return the error that refuses a whole file for one reason."""
    return InvalidInput([Finding(message, where=shown(where), valid=valid, file=shown(file))])


def is_folder(path: Path) -> bool:
    """Say whether a path is a folder; one that can't be looked at isn't."""
    try:
        return path.is_dir()
    except OSError:
        return False


def file_size(path: Path) -> int:
    """Return the size of an ordinary file in bytes.

    Raises
    ------
    InvalidInput
        It is missing, a folder, a pipe or a device (reading one may never end), or a link that leads in a circle.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise refusal(path.name, f"the file can't be read ({error.strerror})", "a file that is there") from error
    except ValueError as error:
        raise refusal(path.name, "the file's name holds a character that no file can have", "another name") from error
    if stat.S_ISDIR(found.st_mode):
        raise refusal(path.name, "is a folder, where a file is expected", "a file")
    if not stat.S_ISREG(found.st_mode):
        raise refusal(path.name, "is no ordinary file (a pipe or a device)", "an ordinary file")
    return found.st_size


def open_file(path: Path) -> BufferedReader:
    """Open an ordinary file for reading; raise `InvalidInput` where it is none or can't be read."""
    file_size(path)
    try:
        return path.open("rb")
    except OSError as error:
        raise refusal(path.name, f"the file can't be read ({error.strerror})", "a readable file") from error


def read_head(path: Path) -> bytes:
    """Return the first `HEAD_BYTES` of a file; nothing of a folder.

    Raises
    ------
    InvalidInput
        There is nothing readable at the path.
    """
    if is_folder(path):
        return b""
    return _read(path, HEAD_BYTES)


def read_whole(path: Path, limit: int) -> bytes:
    """Return all of a file; raise `InvalidInput` where it is larger than ``limit`` bytes or can't be read."""
    if file_size(path) > limit:
        raise too_large(path.name, limit)
    data = _read(path, limit + 1)
    if len(data) > limit:
        raise too_large(path.name, limit)
    return data


def too_large(file: str, limit: int, where: str = "") -> InvalidInput:
    """Return the error for something larger than ``limit`` bytes."""
    return refusal(file, f"is larger than {limit // MIB} MB", f"at most {limit // MIB} MB; split it", where)


def _read(path: Path, limit: int) -> bytes:
    try:
        with open_file(path) as file:
            return file.read(limit)
    except OSError as error:
        raise refusal(path.name, f"the file can't be read ({error.strerror})", "a readable file") from error
