"""The log of a bug: what someone else needs to find it, and nothing that must stay private."""

import platform
import re
import shlex
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from storyboard import __version__
from storyboard.cli.environment import secrets

__all__ = ["redacted", "write_log"]

_KEY = re.compile(r"\b(?:wsk|sk)_[\w-]+|(?<=Bearer )\S+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
_REQUIRED = re.compile(r"[\w.-]+")
_LEFT_OUT = "[left out]"


def write_log(error: BaseException) -> Path | None:
    """Write the log where the platform keeps logs, else among temporary files; None if nowhere."""
    text = redacted(_report(error))
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            prefix = time.strftime("crash-%Y%m%d-%H%M%S-")
            with tempfile.NamedTemporaryFile(
                "w",
                encoding="utf-8",
                errors="backslashreplace",
                dir=folder,
                prefix=prefix,
                suffix=".log",
                delete=False,
            ) as file:
                file.write(text)
            return Path(file.name)
        except OSError:
            continue
    return None


def redacted(text: str) -> str:
    """Return a text without keys, tokens and the name of the home folder."""
    for secret in secrets():
        text = text.replace(secret, _LEFT_OUT)
    text = _KEY.sub(_LEFT_OUT, text)
    home = str(Path.home())
    return text if home == "/" else text.replace(home, "~")


def _folders() -> Iterator[Path]:
    import platformdirs  # noqa: PLC0415  # a broken installation must still leave a log

    yield platformdirs.user_log_path("storyboard", appauthor=False)
    yield Path(tempfile.gettempdir())


def _report(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(error))
    lines = [
        f"storyboard {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"packages: {', '.join(_packages())}",
        f"command: storyboard {shlex.join(sys.argv[1:])}",
        "",
        trace,
    ]
    return "\n".join(lines)


def _packages() -> Iterator[str]:
    """Yield the versions of what storyboard was installed with."""
    try:
        required = metadata.requires("storyboard") or []
    except metadata.PackageNotFoundError:
        return
    for requirement in required:
        name = _REQUIRED.match(requirement)
        if name is None:
            continue
        try:
            yield f"{name[0]} {metadata.version(name[0])}"
        except metadata.PackageNotFoundError:
            yield f"{name[0]} missing"
