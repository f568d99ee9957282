"""Where files live that must never change: a folder in which each is named by the SHA-256 of its bytes."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Final

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class NotArchived(Exception):
    """The archive holds no file of this hash."""


class ArchiveDamaged(Exception):
    """The archived bytes no longer have the hash under which they were put. Restore the file from a copy."""


class Archive:
    """Files by the hash of their content. Safe to write to from several processes at once.

    A file appears complete or not at all, and stays after a crash once `put` has returned.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256 in hexadecimal. Putting the same bytes again changes nothing.

        1. Write to a temporary file of the same folder, so that renaming stays within one file system.
        2. Flush it to the disk. 3. Rename. 4. Flush the folder, so that the name survives too.
        Bytes already there but damaged are replaced.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if path.is_file() and path.read_bytes() == data:
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
        _flush_folder(self._directory)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes put under this hash.

        Raises NotArchived if there are none, ArchiveDamaged if they are not what was put, ValueError if `sha256` is
        not 64 lower-case hexadecimal digits: a hash is never a path.
        """
        path = self._path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise NotArchived(f"no file {sha256} in the archive") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveDamaged(f"file {sha256} in the archive is damaged; restore it from a copy")
        return data

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hexadecimal")
        return self._directory / sha256[:2] / sha256


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
