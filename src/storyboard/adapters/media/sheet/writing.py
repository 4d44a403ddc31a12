"""Writes a sheet piece by piece: whole in its place at the end, or not there at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storyboard.adapters.durable import aside, reason
from storyboard.model.errors import EnvironmentFault

__all__ = ["write_pieces", "writing"]


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when all went well; EnvironmentFault for the disk."""
    try:
        with aside(str(path)) as unfinished, Path(unfinished).open("wb") as file:
            yield file
    except OSError as error:
        message = f"could not write {path}: {reason(error)}"
        raise EnvironmentFault(message, hint="check the disk's space and rights") from error


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a text as it comes; no more than one piece of it is held."""
    with writing(path) as file:
        for piece in pieces:
            file.write(piece.encode())
