"""The animatic: a still, its camera move, its words and a scratch track become a clip, for free."""

from collections.abc import Callable, Iterator

from PIL import Image, ImageFilter

from storyboard.adapters.media.animatic.burn_in import BurnIn
from storyboard.adapters.media.animatic.dialogue import Caption, captions, cues
from storyboard.adapters.media.animatic.focus import depth_of, focused
from storyboard.adapters.media.animatic.moves import Framing, How
from storyboard.adapters.media.animatic.order import Order, read_order
from storyboard.adapters.media.animatic.overlay import Overlay, lay
from storyboard.adapters.media.animatic.plate import Plate, make_plate, photograph, smeared
from storyboard.adapters.media.animatic.rig import framings
from storyboard.adapters.media.animatic.slate import slate_backdrop, slate_card
from storyboard.adapters.media.animatic.sound_track import scratch_track
from storyboard.adapters.media.animatic.stage import Stage, staged
from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.adapters.media.picture import open_picture
from storyboard.model.request import ClipRequest

__all__ = ["render_clip"]

_FINEST = 1.15  # a plate this much larger than the frame is still sampled without aliasing


def render_clip(
    request: ClipRequest, path: str, progress: Callable[[float], None] | None = None
) -> None:
    """Write the clip the request orders to `path`, telling how far it is from 0 to 1."""
    order = read_order(request)
    heard = cues(order)
    width, height = order.width, order.height
    with ClipWriter(path, width=width, height=height, fps=order.fps, quick_search=True) as clip:
        clip.write_sound(scratch_track(order, heard))
        for number, frame in enumerate(_lettered(order, _pictures(order), captions(order, heard))):
            clip.write_planes(frame.y, frame.u, frame.v)
            if progress:
                progress((number + 1) / order.frames)


def _pictures(order: Order) -> Iterator[Planes]:
    """Photograph the still, or the slate that stands for it, frame after frame."""
    if order.still:
        needed = (2 * order.width, 2 * order.height)
        yield from _moved(order, open_picture(order.still, needed, order.still_sha256))
        return
    card = slate_card(order)
    for frame in _moved(order, slate_backdrop(order.width, order.height)):
        yield lay(frame, card)


def _moved(order: Order, picture: Image.Image) -> Iterator[Planes]:
    picture, stage = staged(picture, order.width, order.height)
    how = How.ordered(order.speed, order.seconds, stage)
    path = framings(order.move, order.support, how, order.frames, order.seed)
    if path[0].focus is not None:
        return _racked(order, picture, stage, path)
    zooms = [framing.zoom for framing in path]
    plate = _plate(order, picture, stage, min(max(zooms), _FINEST * min(zooms)))
    return _smeared(order, plate, path)


def _plate(order: Order, picture: Image.Image, stage: Stage, zoom: float) -> Plate:
    return make_plate(picture, order.width, order.height, stage, zoom)


def _smeared(order: Order, plate: Plate, path: tuple[Framing, ...]) -> Iterator[Planes]:
    before, frame = None, None
    for framing in path:
        if frame is None or framing != before:
            frame = photograph(plate, framing)
        if before and framing.shutter:
            moved = abs(framing.x - before.x) * framing.zoom * framing.shutter
            yield smeared(frame, moved * order.width)
        else:
            yield frame
        before = framing


def _racked(
    order: Order, picture: Image.Image, stage: Stage, path: tuple[Framing, ...]
) -> Iterator[Planes]:
    radius = min(picture.size) / 60
    sharp = _plate(order, picture, stage, path[0].zoom)
    soft = _plate(order, picture.filter(ImageFilter.GaussianBlur(radius)), stage, path[0].zoom)
    depth = depth_of(order.width, order.height)
    for framing in path:
        yield focused(
            photograph(sharp, framing), photograph(soft, framing), depth, framing.focus or 0.0
        )


def _lettered(
    order: Order, frames: Iterator[Planes], shown: tuple[Caption, ...]
) -> Iterator[Planes]:
    """Lay the captions, and the label with its running timecode, over the frames."""
    size = (order.width, order.height)
    burn_in = BurnIn(order.label or "", size, order.fps) if order.burn_in else None
    for number, picture in enumerate(frames):
        frame = picture
        for patch in _patches(number, shown):
            frame = lay(frame, patch)
        yield burn_in.over(frame, number) if burn_in else frame


def _patches(number: int, shown: tuple[Caption, ...]) -> Iterator[Overlay]:
    return (caption.patch for caption in shown if caption.first <= number < caption.after)
