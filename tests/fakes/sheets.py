"""A contact sheet's values for tests, with only what a test speaks of written out."""

from typing import Any

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.request import ClipKey
from storyboard.model.sheet import Sheet, SheetScene, SheetShot, Standing

__all__ = ["sheet_of", "sheet_shot"]


def sheet_shot(name: str, still: str | None = None, **more: Any) -> SheetShot:
    """Make a shot of four seconds that is still to be bought for $0.40."""
    known: dict[str, Any] = {
        "length": Millis(4000),
        "model": "openai/sora-2/image-to-video",
        "maker": "sora-2",
        "bought": Millis(4000),
        "key": ClipKey(name),
        "standing": Standing.TO_BUY,
        "price": MicroUsd(400_000),
    }
    return SheetShot(name, still=still, **{**known, **more})


def sheet_of(*shots: SheetShot | tuple[str, SheetShot], **more: Any) -> Sheet:
    """Make a sheet of shots, those in a pair in a scene of that heading each."""
    headed = [each if isinstance(each, tuple) else ("INT. PARLOUR - NIGHT", each) for each in shots]
    scenes: dict[str, tuple[SheetShot, ...]] = {}
    for heading, shot in headed:
        scenes[heading] = (*scenes.get(heading, ()), shot)
    known: dict[str, Any] = {"title": "The Yarn", "aspect": 16 / 9, "runtime": Millis(8000)}
    listed = tuple(SheetScene(heading, each) for heading, each in scenes.items())
    return Sheet(scenes=listed, **{**known, **more})
