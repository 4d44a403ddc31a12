"""The request for one shot as code that others can run: what every language says and knows of it.

A storyboard may be a stranger's, and the code is run by people who trust it. So no text of one gets
into code but as a literal that the language itself defines, or as a comment that cannot end early.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from storyboard.model.money import MicroUsd, show_usd
from storyboard.model.tree import Plain
from storyboard.report.cells import harmless

__all__ = ["Lang", "Picture", "ShotRequest", "opening"]

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME: Final = 100


class Lang(StrEnum):
    """What a request can be written in."""

    CURL = "curl"
    PYTHON = "python"
    JS = "js"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a request: the input it is for, and its file or its address on the web.

    `sha256` and `format` are those of a file's bytes; the format is a word such as `png`.
    """

    input: str
    file: str | None = None
    url: str | None = None
    sha256: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class ShotRequest:
    """What a build would send for a shot, to which address, and what that costs.

    `inputs` are all but those whose value is the address of a picture that has yet to be handed in.
    """

    film: str
    shot: str
    model: str
    price: MicroUsd
    base_url: str
    rehearsal: bool
    inputs: Mapping[str, Plain]
    pictures: tuple[Picture, ...] = ()

    @property
    def path(self) -> str:
        """The path that the request goes to, below the base URL."""
        return f"/api/v3/{quote(self.model)}"

    @property
    def clip(self) -> str:
        """The name of the clip's file: the shot's id, as far as that is safe as one."""
        name = _UNSAFE.sub("-", self.shot).strip("-")[:_LONGEST_NAME]
        return f"{name or 'clip'}.mp4"

    @property
    def files(self) -> Mapping[str, Picture]:
        """The pictures to hand in by their files: one that two inputs share is handed in once."""
        return {each.file: each for each in self.pictures if each.file is not None}

    def handed_in(self) -> Sequence[tuple[str, str]]:
        """Return each input that waits for a picture, with the variable that holds its address."""
        variables = {file: f"picture{number}" for number, file in enumerate(self.files, 1)}
        return [
            (each.input, variables[each.file]) for each in self.pictures if each.file is not None
        ]


def opening(
    request: ShotRequest, mark: str, usage: str, shown: Callable[[str], str] = harmless
) -> str:
    """Return the comment that the code opens with.

    `usage` is how it is run, `shown` what a text of the storyboard may look like in a comment.
    None stands in the first two lines, where Python would read the name of an encoding.
    """
    lines = [
        "Orders one clip of a film, with the very request that storyboard build would send.",
        usage,
        f"film:  {shown(request.film)}",
        f"shot:  {shown(request.shot)}",
        f"model: {shown(request.model)}",
        f"It costs {show_usd(request.price)} each time it is run.",
        "The ledger of storyboard does not know of clips that are bought this way.",
    ]
    if request.rehearsal:
        lines.append(f"It goes to the rehearsal at {shown(request.base_url)}: no money is real.")
    return "".join(f"{mark} {line}\n" for line in lines)
