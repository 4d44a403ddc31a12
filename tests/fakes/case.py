"""Lays a golden case out as a project of its own, with the files that do not live well in git."""

import json
import shutil
from pathlib import Path

from PIL import Image

__all__ = ["lay_out"]


def lay_out(case: Path, folder: Path) -> None:
    """Copy a case into a project of its own and make what its prepare.json asks for."""
    shutil.copytree(case, folder)
    (folder / "storyboard.toml").touch()
    prepare = folder / "prepare.json"
    asked = json.loads(prepare.read_text()) if prepare.exists() else {}
    for name, size in asked.get("sparse", {}).items():
        with (folder / name).open("wb") as file:
            file.truncate(size)
    for name, digits in asked.get("hex", {}).items():
        (folder / name).write_bytes(bytes.fromhex(digits))
    for name, target in asked.get("links", {}).items():
        (folder / name).symlink_to(target)
    for name, size in asked.get("pictures", {}).items():
        Image.new("RGB", size, "grey").save(folder / name)
