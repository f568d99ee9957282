"""Writing a command's results: all files or none, each whole."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from service.refusal import Refused


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if need be. A reader never sees half of one. Raises Refused.

    contents: what is in each file; a name may begin with a folder of its own, like `baseline/judgement.json`.
    """
    written: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            final = folder / name
            final.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=final.parent, prefix=f".{final.name}.", delete=False) as file:
                written.append((Path(file.name), final))
                file.write(content)
        for temporary, final in written:
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(final)
    except OSError as failed:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
        raise Refused(f"{folder}: {failed.strerror}; name a folder that can be written") from failed


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
