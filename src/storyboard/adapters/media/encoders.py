"""What encodes here: the ffmpeg program that moviepy runs, and the encoders inside PyAV."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import av
import imageio_ffmpeg

from storyboard.model.errors import EnvironmentFault

__all__ = ["ENCODERS", "ffmpeg_version", "missing_encoders"]

ENCODERS: Final = ("libx264", "aac")
"""Those that every clip and film is written with."""

_PATIENCE: Final = 20.0  # seconds
_AGAIN: Final = "install storyboard again, or name a working ffmpeg in IMAGEIO_FFMPEG_EXE"


def ffmpeg_version() -> str:
    """Run ffmpeg and return its version; EnvironmentFault where there is none that runs."""
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        message = "there is no ffmpeg"
        raise EnvironmentFault(message, hint=_AGAIN) from error
    try:
        done = subprocess.run(  # noqa: S603  # what imageio found, without a shell
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = f"ffmpeg does not run: {Path(program)}"
        raise EnvironmentFault(message, hint=_AGAIN) from error
    first = done.stdout.decode(errors="replace").partition("\n")[0].split()
    return first[2] if first[:2] == ["ffmpeg", "version"] and len(first) > 2 else "unknown"  # noqa: PLR2004


def missing_encoders(wanted: Sequence[str] = ENCODERS) -> tuple[str, ...]:
    """Return which of the encoders PyAV was built without."""
    return tuple(name for name in wanted if not _encodes(name))


def _encodes(name: str) -> bool:
    try:
        av.codec.Codec(name, "w")
    except ValueError:  # av's UnknownCodecError is one
        return False
    return True
