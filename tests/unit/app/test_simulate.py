"""What a rehearsal draws: the order's own still, moved and sounding, at the size it was sold at."""

from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from storyboard.app.simulate import StillRenderer, order_for
from storyboard.model.money import Millis
from storyboard.model.request import Still, clip_key

PROMPT = "Style: painted.\n\nThe camera pans left slowly.\n- A cat sits."
STILL = Still("still.png", "ab" * 32, 0, 0, "", 10)
SIZE = (1280, 720)


def drawn(prompt=PROMPT, still=STILL, size=SIZE, **inputs):
    """Return the inputs of the animatic that is drawn for an order."""
    return dict(order_for({"prompt": prompt, **inputs}, still, size, Millis(4000)).inputs)


class Drawer:
    """Stands in for what draws: notes the orders, and tells how far it is."""

    def __init__(self):
        self.requests = []

    def __call__(self, request, path, progress):
        self.requests.append(request)
        progress(0.5)
        Path(path).touch()


def test_an_order_keeps_its_size_and_length():
    """What is drawn is as large and as long as what was sold, at 24 frames a second."""
    request = order_for({"prompt": PROMPT}, STILL, (720, 1280), Millis(4200))
    assert request.length == 4200
    assert {"width": 720, "height": 1280, "fps": "24"}.items() <= dict(request.inputs).items()


@pytest.mark.parametrize(
    ("prompt", "move"),
    [(PROMPT, "pan-left"), ("We pull out and see her.", "pull-out"), ("A cat sits.", "push-in")],
)
def test_an_order_moves_as_its_prompt_says(prompt, move):
    """The camera move in the prose is made; without one the camera pushes in, never still."""
    assert drawn(prompt)["move"] == move
    assert drawn(prompt)["support"] == "handheld"


def test_an_order_is_labelled_by_its_first_beat_or_line():
    """The line stands beside the timecode, over the still."""
    assert drawn("Style: painted.\nA cat sits.")["label"] == "Style: painted."
    beats = "Style: painted.\n\nActions:\n- The kitten pounces.\n- It rolls."
    assert drawn(beats)["label"] == "The kitten pounces."
    assert drawn()["burn_in"] is True


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (64, 36)])
def test_a_label_is_cut_to_the_picture(size):
    """A first line without an end takes no more room than the picture has."""
    label = drawn("long " * 100, size=size)["label"]
    assert label.endswith("…")
    assert len(label) < 80


def test_a_label_can_hold_anything():
    """A prompt's control characters reach no font."""
    assert drawn("\x1b[31mred\x00")["label"] == "␛[31mred␀"
    assert "label" not in drawn("")


def test_an_order_without_a_still_is_a_slate():
    """What happens stands on the card, for there is no picture to show it."""
    slate = drawn(still=None)
    assert slate["action"] == PROMPT
    assert "image" not in slate
    assert "burn_in" not in slate


def test_two_takes_differ():
    """The seed of an order is a part of what is drawn; the same order is drawn the same."""
    keys = [
        clip_key(order_for({"prompt": PROMPT, "seed": seed}, STILL, SIZE, Millis(4000)))
        for seed in (1, 2, 1)
    ]
    assert keys[0] == keys[2] != keys[1]


def test_only_what_was_uploaded_is_opened(tmp_path):
    """An order that names a file of the machine, or an address, gets a slate."""
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    for place in (uploads / "token", tmp_path / "private.png"):
        place.write_bytes(b"a picture")
    drawer = Drawer()
    render = StillRenderer(drawer, uploads)
    for image in (
        str(uploads / "token"),
        str(tmp_path / "private.png"),
        f"{uploads}/../private.png",
        "https://example.com/token",
        None,
    ):
        render({"image": image}, 64, 36, 4, str(tmp_path / "clip.mp4"))
    assert [len(request.stills) for request in drawer.requests] == [1, 0, 0, 0, 0]


def test_a_renderer_that_was_stopped_draws_no_further(tmp_path):
    """The clip that is being drawn is given up, and no other is begun."""
    path = tmp_path / "clip.mp4"
    drawer = Drawer()

    def stopped_meanwhile(request, path, progress):
        render.stop()
        drawer(request, path, progress)

    render = StillRenderer(stopped_meanwhile, tmp_path)
    for _ in range(2):
        with pytest.raises(CancelledError):
            render({}, 64, 36, 4, str(path))
    assert len(drawer.requests) == 1
    assert not path.exists()
    StillRenderer(drawer, tmp_path)({}, 64, 36, 4, str(path))
    assert path.exists()
