"""The request for a shot in Python, with the provider's own client."""

from typing import Final

from storyboard.report.code import ShotRequest, opening
from storyboard.report.code_literals import PYTHON, literal, quoted

__all__ = ["render_python"]

_USAGE: Final = "Run it with Python, after `pip install wavespeed`, and with WAVESPEED_API_KEY set."
_IMPORTS: Final = """\
import os
import shutil
import urllib.request
from pathlib import Path

import wavespeed
"""
_BEGIN: Final = """\
if CLIP.exists():
    raise SystemExit(f"{CLIP} is there already: move it away, so that it is not lost")
client = wavespeed.Client(base_url=BASE_URL)  # it reads the key from WAVESPEED_API_KEY
"""
_FETCH: Final = """\
address = made["outputs"][0]
print(address)
with urllib.request.urlopen(address) as answer, CLIP.open("xb") as file:
    shutil.copyfileobj(answer, file)
print(CLIP)
"""


def render_python(request: ShotRequest) -> str:
    """Write a program that orders the clip, waits for it, and fetches it."""
    constants = (
        f'BASE_URL = os.environ.get("WAVESPEED_BASE_URL") or {quoted(request.base_url)}\n'
        f"MODEL = {quoted(request.model)}\n"
        f"INPUTS = {literal(dict(request.inputs), PYTHON)}\n"
        f"CLIP = Path({quoted(request.clip)})\n"
    )
    head = opening(request, "#", _USAGE)
    return f"{head}\n{_IMPORTS}\n{constants}\n{_BEGIN}{_order(request)}{_FETCH}"


def _order(request: ShotRequest) -> str:
    uploads = "".join(
        f"picture{number} = client.upload({quoted(file)})\n"
        for number, file in enumerate(request.files, 1)
    )
    added = "".join(f", {quoted(name)}: {variable}" for name, variable in request.handed_in())
    inputs = f"{{**INPUTS{added}}}" if added else "INPUTS"
    return f"{uploads}made = client.run(MODEL, {inputs})\n"
