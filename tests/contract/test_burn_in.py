"""What is burnt in stands where and when it should, and everything beside it is untouched."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from storyboard.adapters.media.animatic.burn_in import BurnIn as Window
from storyboard.adapters.media.animatic.dialogue import caption_patch
from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.cut.burn_in import burn_in
from storyboard.model.money import Frames, Millis
from storyboard.model.request import ClipKey
from storyboard.model.timeline import Caption, Event, Timeline

WIDTH, HEIGHT = 320, 180
SIZE = (WIDTH, HEIGHT)
FPS = Fraction(24)


def event(name, first, after):
    return Event(
        name,
        "parlour",
        ClipKey(name),
        Frames(first),
        Frames(after),
        Frames(0),
        Frames(after - first),
    )


def caption(start, end, text="Mrow! Mrow!", delivery="on-screen"):
    return Caption(Millis(start), Millis(end), text, "a", "Mia", delivery)


def timeline(*captions, **more):
    events = event("pounce", 0, 48), event("hug", 48, 120)
    return replace(Timeline("T", WIDTH, HEIGHT, FPS, events, captions), **more)


def noise(width=WIDTH, height=HEIGHT):
    draw = np.random.default_rng(1)
    halves = (height // 2, width // 2)
    return Planes(*(draw.integers(0, 256, s, np.uint8) for s in ((height, width), halves, halves)))


def only_captions(*captions):
    return burn_in(timeline(*captions), captions=True, timecode=False, shots=False)


def changed(overlay, number):
    """The box (left, top, right, bottom) of luma that an overlay changes, None where nothing."""
    before = noise()
    after = overlay.lay(number, before)
    rows, columns = np.nonzero(before.y != after.y)
    return (columns.min(), rows.min(), columns.max(), rows.max()) if len(rows) else None


def test_a_caption_is_on_the_frames_of_its_time():
    """From the frame nearest to its start up to the one nearest to its end."""
    overlay = only_captions(caption(1000, 2000))
    assert overlay.busy() == ((24, 48),)
    shown = [number for number in range(120) if changed(overlay, number)]
    assert shown == list(range(24, 48))


def test_it_stands_low_and_in_the_middle():
    """In the lower third, clear of the edge, as far from the left as from the right."""
    left, top, right, bottom = changed(only_captions(caption(0, 1000)), 0)
    assert top > HEIGHT * 2 / 3
    assert bottom < HEIGHT * 0.94
    assert abs(left - (WIDTH - 1 - right)) <= 2


def test_beside_the_lettering_every_sample_is_untouched():
    """To the bit, in luma and in both chromas, and the frame that was given is not written to."""
    overlay = only_captions(caption(0, 1000))
    before, kept = noise(), noise()
    after = overlay.lay(0, before)
    patch = caption_patch("Mrow! Mrow!", "MIA", SIZE)
    for name, step in (("y", 1), ("u", 2), ("v", 2)):
        old, new = getattr(before, name), getattr(after, name)
        high, wide = patch.layers[0 if step == 1 else 1].light.shape
        inside = np.zeros(old.shape, bool)
        inside[patch.y // step :, patch.x // step :][:high, :wide] = True
        assert np.array_equal(old[~inside], new[~inside])
        assert not np.array_equal(old[inside], new[inside])
        assert np.array_equal(old, getattr(kept, name))


def test_frames_with_nothing_to_say_are_passed_on_as_they_are():
    """Not even a copy is made."""
    planes = noise()
    assert only_captions(caption(0, 1000)).lay(100, planes) is planes


def test_captions_that_touch_are_one_range_and_never_on_one_frame():
    """The next takes over from the frame at which it begins."""
    overlay = only_captions(caption(0, 1010), caption(1010, 2000, "No!"), caption(3000, 4000))
    assert overlay.busy() == ((0, 48), (72, 96))
    patch = caption_patch("No!", "MIA", SIZE)
    assert overlay.lay(24, noise()).y.tobytes() != noise().y.tobytes()
    assert changed(overlay, 24)[0] >= patch.x


def test_a_caption_between_two_frames_has_one_if_there_is_room():
    """A shorter one than a frame is seen all the same; two of them share no frame."""
    assert only_captions(caption(1001, 1002)).busy() == ((24, 25),)
    overlay = only_captions(caption(1000, 1001), caption(1001, 2000, "No!"))
    assert overlay.busy() == ((24, 48),)
    assert overlay.identity(24, 48) == only_captions(caption(1000, 2000, "No!")).identity(24, 48)


def test_a_long_text_is_told_in_several_captions():
    """As in the subtitle files, so that no box covers the picture."""
    overlay = only_captions(caption(0, 4000, "the very yarn that I hid last winter " * 5))
    assert overlay.busy() == ((0, 96),)
    assert overlay.identity(0, 24) != overlay.identity(72, 96)
    assert changed(overlay, 0)[1] > HEIGHT / 2


def test_lines_too_wide_for_a_narrow_frame_are_broken_afresh():
    """No word is left alone on a line between two full ones."""
    tall, text = (
        (360, 640),
        "Who would have thought that the yarn,\nthe very yarn I hid last winter",
    )
    afresh = caption_patch(" ".join(text.split()), "", tall)
    patch = caption_patch(text, "", tall)
    assert [layer.light.shape for layer in patch.layers] == [
        layer.light.shape for layer in afresh.layers
    ]


def test_the_timecode_runs_at_the_upper_right():
    """Every frame has another one, in a box that neither moves nor changes its size."""
    overlay = burn_in(timeline(), captions=False, timecode=True, shots=False)
    assert overlay.busy() == ((0, 120),)
    boxes = {changed(overlay, number) for number in (0, 8, 23, 24, 119)}
    ((left, top, right, bottom),) = boxes
    assert left > WIDTH / 2
    assert right < WIDTH - 2
    assert top < bottom < HEIGHT / 4
    pictures = {overlay.lay(number, noise()).y.tobytes() for number in range(60)}
    assert len(pictures) == 60


def test_the_shot_stands_beside_the_timecode_and_changes_with_the_picture():
    """From the frame at which an event begins; the digits stay where they were."""
    overlay = burn_in(timeline(), captions=False, timecode=True, shots=True)
    alone = burn_in(timeline(), captions=False, timecode=True, shots=False)
    first, second = changed(overlay, 47), changed(overlay, 48)
    assert first[0] < second[0] < changed(alone, 48)[0]
    assert first[2] == second[2] == changed(alone, 48)[2]


def test_the_shot_alone_has_no_timecode():
    """Within a shot nothing runs."""
    overlay = burn_in(timeline(), captions=False, timecode=False, shots=True)
    assert overlay.busy() == ((0, 120),)
    pictures = [overlay.lay(number, noise()).y for number in (0, 47, 48)]
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_a_digit_looks_the_same_wherever_it_stands():
    """Eleven seconds: the two ones are the same to the bit, each in its own cell."""
    window = Window("a", SIZE, FPS)
    black = Planes(*(np.zeros_like(plane) for plane in (noise().y, noise().u, noise().v)))
    rows = window.over(black, 11 * 24).y[: HEIGHT // 4]
    wide = window._digit_width
    left = window._box.x + window._start + 4 * wide + 2 * window._colon_width
    one, another = rows[:, left : left + wide], rows[:, left + wide : left + 2 * wide]
    assert one.max() > 100
    assert np.array_equal(one, another)


@pytest.mark.parametrize("asked", [(False, False, False), (True, False, False)])
def test_nothing_to_burn_in_is_nothing(asked):
    """Neither a film in which nobody speaks, nor one of which nothing is asked."""
    captions, timecode, shots = asked
    assert burn_in(timeline(), captions=captions, timecode=timecode, shots=shots) is None


def test_a_film_without_frames_has_nothing_burnt_in():
    """There is no frame for a timecode to stand on."""
    empty = timeline(events=())
    assert burn_in(empty, captions=True, timecode=True, shots=True) is None


def test_the_same_words_elsewhere_have_the_same_identity():
    """A caption that moves with its shot is drawn once; later in the same span it is another."""
    early, late = only_captions(caption(0, 1000)), only_captions(caption(2000, 3000))
    assert early.identity(0, 30) == late.identity(48, 78)
    assert early.identity(0, 30) != late.identity(47, 77)
    assert early.identity(0, 30) != early.identity(0, 31)


def test_another_text_speaker_or_size_is_another_identity():
    """Everything that is seen is in it."""
    others = [
        timeline(caption(0, 1000)),
        timeline(caption(0, 1000, "No!")),
        timeline(caption(0, 1000, delivery="v.o.")),
        timeline(caption(0, 1000), width=180, height=320),
    ]
    found = {
        burn_in(each, captions=True, timecode=False, shots=False).identity(0, 9) for each in others
    }
    assert len(found) == len(others)


def test_a_timecode_is_part_of_the_identity_and_a_far_shot_is_not():
    """Frames that only differ in their timecode are different frames."""
    clock = burn_in(timeline(), captions=False, timecode=True, shots=False)
    assert clock.identity(0, 10) != clock.identity(10, 20)
    marks = burn_in(timeline(), captions=False, timecode=False, shots=True)
    assert marks.identity(0, 10) == marks.identity(10, 20)
    assert marks.identity(0, 10) != marks.identity(40, 50) != marks.identity(50, 60)
