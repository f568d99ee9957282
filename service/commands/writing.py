"""Writing a command's results: all files or none, each whole."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from service.refusal import Refused


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if need be. A reader never sees half of one.

    contents: what is in each file; a name may begin with a folder of its own, like `baseline/judgement.json`.

    1. Refuse what could not be replaced.
    2. Write all of it under other names. However that ends early, these names and the folders made for them go.
    3. Rename.

    Raises Refused.
    """
    try:
        for final in (folder / name for name in contents):
            if final.is_dir():
                raise Refused(f"{final}: is a folder; remove it, or name another folder to write to")
        with ExitStack() as undo:
            written = {_written(undo, folder / name, content): folder / name for name, content in contents.items()}
            for temporary, final in written.items():
                temporary.replace(final)
            undo.pop_all()
    except OSError as failed:
        raise Refused(f"{folder}: {failed.strerror}; name a folder that can be written") from failed


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder to write to, which takes the given name at the end. Ended early, nothing is left of it.

    What is in it may be read by the account that wrote it alone.

    1. Refuse a name that something has already, other than an empty folder.
    2. Make a folder beside it.
    3. When all is written, rename.

    Raises Refused, also for what can't be written meanwhile.
    """
    final = folder.resolve()
    try:
        if final.exists() and (not final.is_dir() or any(final.iterdir()) or final == Path.cwd()):
            raise Refused(f"{folder}: is there already; name a folder that is not, or an empty one")
        with ExitStack() as undo:
            _make_folder(undo, final.parent)
            temporary = final.with_name(f".cordon-{token_hex(8)}")
            undo.callback(shutil.rmtree, temporary, ignore_errors=True)
            temporary.mkdir(mode=0o700)
            yield temporary
            temporary.replace(final)
            undo.pop_all()
    except OSError as failed:
        raise Refused(f"{folder}: {failed.strerror or failed}; name a folder that can be written") from failed


@contextmanager
def written_beside(*finals: Path) -> Iterator[list[Path]]:
    """Yield another name for each file, which takes the given one when all are written. Ended early, nothing is left.

    What is in them may be read by the account that wrote them alone.

    1. Refuse what could not be replaced.
    2. Make empty files beside them, under other names, and folders if need be.
    3. When all is written, rename.

    Raises Refused, also for what can't be written meanwhile.
    """
    try:
        for final in finals:
            if final.is_dir():
                raise Refused(f"{final}: is a folder; remove it, or name another file to write to")
        with ExitStack() as undo:
            beside = [_beside(undo, final) for final in finals]
            for temporary in beside:
                temporary.touch(mode=0o600, exist_ok=False)
            yield beside
            for temporary, final in zip(beside, finals, strict=True):
                temporary.replace(final)
            undo.pop_all()
    except OSError as failed:
        raise Refused(f"{finals[0]}: {failed.strerror or failed}; name a file that can be written") from failed


def _written(undo: ExitStack, final: Path, content: bytes) -> Path:
    """Write what is to be in a file under another name beside it."""
    temporary = _beside(undo, final)
    with temporary.open("xb") as file:
        file.write(content)
    return temporary


def _beside(undo: ExitStack, final: Path) -> Path:
    """Return another name beside a file, in a folder that is there; undone, whatever has that name goes."""
    _make_folder(undo, final.parent)
    temporary = final.with_name(f".cordon-{token_hex(8)}")
    undo.callback(temporary.unlink, missing_ok=True)
    return temporary


def _make_folder(undo: ExitStack, folder: Path) -> None:
    """Make a folder and those above it; undone, those that were not there before go unless something is in them."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        undo.callback(_remove_empty, one)
        one.mkdir(exist_ok=True)
    folder.mkdir(exist_ok=True)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
