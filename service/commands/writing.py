"""Writing a command's results: all files or none, each whole."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
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


def _written(undo: ExitStack, final: Path, content: bytes) -> Path:
    """Write what is to be in a file under another name beside it."""
    _make_folder(undo, final.parent)
    temporary = final.with_name(f".cordon-{token_hex(8)}")
    undo.callback(temporary.unlink, missing_ok=True)
    with temporary.open("xb") as file:
        file.write(content)
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
