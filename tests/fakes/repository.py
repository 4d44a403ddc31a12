"""A small git repository, written by a test: the same ids each time, and no settings of a user."""

import os
import subprocess
from pathlib import Path

__all__ = ["Repository"]

_WHO = ("NAME", "Mia"), ("EMAIL", "mia@example.org"), ("DATE", "2026-01-01T00:00:00Z")


class Repository:
    """A repository in a folder, made if it is not there: write files, then commit all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the work tree, and the folders above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def link(self, name: str, target: str) -> None:
        """Put a symbolic link into the work tree."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def delete(self, name: str) -> None:
        (self.folder / name).unlink()

    def commit(self, message: str = "a step") -> str:
        """Commit everything as it stands; return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        """Run git in the work tree; return what it prints."""
        done = subprocess.run(
            ["git", *words], cwd=self.folder, env=_environment(), capture_output=True, check=True
        )
        return done.stdout.decode()


def _environment() -> dict[str, str]:
    """Return an environment in which neither the user nor the hour has a say."""
    own = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in _WHO}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {"PATH": os.environ["PATH"], **own, **nobody}  # noqa: TID251
