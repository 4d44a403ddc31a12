"""What is laid over a film: music under all of it, tracks where their shots are."""

from dataclasses import replace

import pytest

from fakes.films import HEAD, film
from storyboard.cutting.laid import laid_over
from storyboard.model.money import Millis
from storyboard.model.placement import placements
from storyboard.model.timeline import Laid

TWO = HEAD + "shots: [{id: a, hold: 1s}, {id: b, transition: {type: dissolve, duration: 500ms}}]"


def laid(text):
    made = film(text)
    return laid_over(made, placements(made))


def test_a_silent_film_has_nothing_laid_over_it():
    """Without music and tracks there is nothing."""
    assert laid(TWO) == ()


def test_music_lies_under_the_whole_film():
    """From the first frame to the last, cards and all, as it was asked for."""
    asked = "{file: waltz.mp3, gain: -20, duck: -3dB, start: 12s, fade_in: 1s, fade_out: 3s}"
    (music,) = laid(f"mix: {{music: {asked}}}\ntitle_card: true\n{TWO}")
    assert music == Laid(
        path="waltz.mp3",
        start=Millis(0),
        role="music",
        gain=-20.0,
        end=Millis(11_500),
        offset=Millis(12_000),
        fade_in=Millis(1000),
        fade_out=Millis(3000),
        duck=-3.0,
    )


@pytest.mark.parametrize(
    ("seconds", "fades"),
    [(4, (500, 2000)), (2, (500, 1500)), (0.5, (500, 0)), (0.25, (250, 0))],
)
def test_a_film_shorter_than_the_fades_shortens_them(seconds, fades):
    """They meet, and never take longer than the film."""
    (music,) = laid(f"{HEAD}mix: {{music: a.mp3}}\nshots: [{{id: a, duration: {seconds}}}]")
    assert (music.fade_in, music.fade_out) == fades


def test_a_track_is_laid_where_its_shot_is():
    """At once or so long after the shot's first picture, wherever the cut has put it."""
    made = film(
        TWO.replace(
            "{id: b,",
            "{id: b, mix: {tracks: [door.wav, {file: v.wav, at: 1s, gain: 3, role: voice-over}]},",
        )
    )
    door = Laid(path="door.wav", start=Millis(4500), role="effect")
    voice = Laid(path="v.wav", start=Millis(5500), role="voice-over", gain=3.0)
    assert laid_over(made, placements(made)) == (door, voice)
    shots = made.scenes[0].shots
    recut = replace(made, scenes=(replace(made.scenes[0], shots=shots[1:]),))
    assert [each.start for each in laid_over(recut, placements(recut))] == [0, 1000]
