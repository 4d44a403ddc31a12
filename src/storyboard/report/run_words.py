"""What is said of a run in the same words wherever it is followed."""

from collections.abc import Iterator

from storyboard.engine.events import Inspected, Noted, RunEvent, Stage
from storyboard.model.money import MicroUsd, show_usd

__all__ = ["notes", "opening", "stage_words"]


def opening(clips: int, cost: MicroUsd) -> str:
    """Say what a run is going to make, and what it has to order for it."""
    price = show_usd(cost) if cost else "nothing to pay"
    return f"making {clips} {'clip' if clips == 1 else 'clips'}, {price}"


def stage_words(stage: Stage, detail: str = "") -> str:
    """Say what is being done for a shot, and where the stage alone does not say it, why."""
    words = f"answer was unclear: {stage}" if stage is Stage.UNCLEAR else stage
    return f"{words}, {detail}" if detail else words


def notes(event: RunEvent) -> Iterator[tuple[str, str]]:
    """Yield what an event gives a person to know, each as a label and a sentence."""
    match event:
        case Inspected(shot, remarks):
            for remark in remarks:
                yield f"note[{remark.oddity}]", f"{shot}: {remark.message}"
        case Noted(text):
            yield "note", text
        case _:
            pass
