"""Joins the simulator to what draws animatics, so that a rehearsal's clips are real and show why.

The two know nothing of each other: the simulator has its clips rendered by whoever is injected.
"""

import errno
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeAlias

from storyboard.adapters.durable import reason, sha256_of
from storyboard.compiler.moves import move_meant
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipRequest, Still
from storyboard.model.tree import Plain
from storyboard.report.cells import cut_end, harmless
from storyboard.simulator.settings import SimulatorSettings

if TYPE_CHECKING:  # uvicorn and starlette come with it, and `--help` needs neither
    from storyboard.simulator.provider import Provider
    from storyboard.simulator.server import Simulator

__all__ = ["Render", "StillRenderer", "Takings", "order_for", "rehearse"]

Render: TypeAlias = Callable[[ClipRequest, str, Callable[[float], None]], None]

_FPS: Final = "24"
_MOVE: Final = "push-in"
_SUPPORT: Final = "handheld"  # it sways, so that no clip stands still, whatever its move
_EFFECT: Final = "a soft tap"  # above the bed of sound, so that no clip passes for silent
_LETTER: Final = 0.017  # of the picture's shorter side: about half of what a letter is high
_LABELLED: Final = 0.6  # of the picture's width, at most
_BETWEEN_LOOKS: Final = 0.5  # seconds; Windows lets no Ctrl-C through to a wait without an end


@dataclass(frozen=True, slots=True)
class Takings:
    """What a rehearsal came to: the orders taken, and the money that only pretended to move."""

    orders: int
    charged: MicroUsd
    refunded: MicroUsd


def rehearse(settings: SimulatorSettings, port: int, on_ready: Callable[[str], None]) -> Takings:
    """Serve on this machine until Ctrl-C; `on_ready` is told the address.

    EnvironmentFault for a port that cannot be had.
    """
    from storyboard.adapters.media.animatic.render import render_clip  # noqa: PLC0415  numpy, PyAV

    with tempfile.TemporaryDirectory(
        prefix="storyboard-rehearsal-", ignore_cleanup_errors=True
    ) as folder:
        renderer = StillRenderer(render_clip, Path(folder))
        simulator = _simulator(replace(settings, folder=folder), renderer, port)
        # Not in this thread: Ctrl-C stops the renderer first, whose end the server would await.
        serving = Thread(target=simulator.run, name="simulator")
        serving.start()
        try:
            with suppress(KeyboardInterrupt):
                on_ready(simulator.base_url)
                while serving.is_alive():
                    serving.join(_BETWEEN_LOOKS)
        finally:
            renderer.stop()
            simulator.stop()
            serving.join()
        return _takings(simulator.provider)


class StillRenderer:
    """Draws an order's clip from the still that came with it; the simulator's Renderer.

    Only what was uploaded into `folder` is opened, for an order may name any path; without an
    upload a slate is drawn.
    """

    def __init__(self, render: Render, folder: Path) -> None:
        self._render = render
        self._folder = folder
        self._stopped = False

    def __call__(
        self, inputs: Mapping[str, Plain], width: int, height: int, seconds: float, path: str
    ) -> None:
        self._go_on()
        still = self._uploaded(str(inputs.get("image")))
        request = order_for(inputs, still, (width, height), Millis(round(seconds * 1000)))
        self._render(request, path, self._go_on)

    def stop(self) -> None:
        """Draw no further; what is being drawn is given up."""
        self._stopped = True

    def _go_on(self, _done: float = 0.0) -> None:
        if self._stopped:
            raise CancelledError

    def _uploaded(self, image: str) -> Still | None:
        path = Path(image)
        if path.parent != self._folder:
            return None
        return Still(image, sha256_of(path), 0, 0, "", path.stat().st_size)


def order_for(
    inputs: Mapping[str, Plain], still: Still | None, size: tuple[int, int], length: Millis
) -> ClipRequest:
    """Turn an order for a paid model into one for an animatic of exactly that size and length."""
    prompt = str(inputs.get("prompt") or "").strip()
    width, height = size
    drawn: dict[str, Plain] = {
        "width": width,
        "height": height,
        "fps": _FPS,
        "label": _label(prompt, size) or None,
        "move": move_meant(prompt) or _MOVE,
        "support": _SUPPORT,
        "ambience": prompt or None,
        "effects": [_EFFECT],
        "seed": inputs.get("seed"),
    }
    if still is None:
        drawn["action"] = prompt or None
    else:
        drawn |= {"image": f"sha256:{still.sha256}", "burn_in": True}
    written = tuple((name, value) for name, value in drawn.items() if value is not None)
    return ClipRequest("animatic", written, length, () if still is None else (still,))


def _label(prompt: str, size: tuple[int, int]) -> str:
    """Return what a clip shows: its prompt's first beat, as far as the picture has room for it.

    A prompt without beats is told by its first line; those with them open with the film's look,
    which would label every clip alike.
    """
    width, height = size
    room = int(_LABELLED * width / (_LETTER * min(width, height)))
    lines = [line.strip() for line in prompt.split("\n")]
    beats = (line.removeprefix("- ") for line in lines if line.startswith("- "))
    return cut_end(harmless(next(beats, lines[0])), max(1, room))


def _simulator(settings: SimulatorSettings, renderer: StillRenderer, port: int) -> "Simulator":
    from storyboard.simulator.server import Simulator  # noqa: PLC0415  uvicorn and starlette

    try:
        return Simulator(settings, renderer, port=port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken" if taken else f"cannot be used: {reason(error)}"
        advice = "stop what listens there, or take any free one with --port 0"
        message = f"port {port} {why}"
        raise EnvironmentFault(message, hint=advice) from error


def _takings(provider: "Provider") -> Takings:
    provider.now()  # what was due happens, though nobody looked
    rows = [row for account in provider.accounts for row in account.rows]
    charges = [row.price for row in rows if row.kind == "deduct"]
    refunds = [row.price for row in rows if row.kind == "refund"]
    return Takings(len(charges), MicroUsd(sum(charges)), MicroUsd(sum(refunds)))
