"""Pieces of a sound track, encoded apart, are one; each is kept by what is heard in it."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from fakes.sounds import RATE, caption, events, noise, sound_clip, timeline, tone, write_sound
from storyboard.adapters.media.encoder import PACKET
from storyboard.adapters.media.sound import chunks, mix
from storyboard.adapters.media.sound.aac import decoded, encoded
from storyboard.adapters.media.sound.chunks import encode_chunk, plan_chunks, track_packets
from storyboard.adapters.media.sound.levels import LaidLevel, Levels
from storyboard.adapters.media.sound.limiter import BEFORE
from storyboard.adapters.media.sound.loudness import Meter
from storyboard.adapters.media.sound.mix import Mix
from storyboard.model.money import Frames, Millis
from storyboard.model.post import Loudness
from storyboard.model.timeline import Laid

FRAME = RATE // 24


@pytest.fixture
def noises(tmp_path):
    return {str(n): sound_clip(tmp_path, str(n), noise(3 * RATE, 0.1, n)) for n in range(4)}


DIGESTS = {str(n): f"digest of {n}" for n in range(4)}


def mixed(film, files, levels=None):
    """Return the whole mix, and a second of what comes after it."""
    with contextlib.closing(Mix(film, files, levels)) as whole:
        return whole.read(film.length * FRAME + RATE)


def track(film, files, levels=None, digests=DIGESTS):
    """Return what the film's chunks, joined, sound like."""
    pieces = plan_chunks(film, digests, levels)
    packets = [packet for piece in pieces for packet in encode_chunk(piece, files)]
    assert len(packets) == track_packets(film)
    return decoded(packets)[PACKET:][: film.length * FRAME]


def level(pcm):
    return float(np.sqrt((pcm.astype(float) ** 2).mean()))


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(24_000, 1001), Fraction(30)])
def test_pieces_are_all_of_the_track_and_no_more(fps):
    """One for each shot, from the first packet that begins in it to the first of the next."""
    film = timeline(events(24, 31, 5, 1, 1, 40, clips=("0",) * 6), fps=fps)
    pieces = plan_chunks(film, DIGESTS)
    assert pieces[0].first == 0
    assert all(one.first + one.count == other.first for one, other in pairwise(pieces))
    assert pieces[-1].first + pieces[-1].count == track_packets(film)
    starts = [round(event.record_in / fps * RATE) for event in film.events]
    assert [piece.first for piece in pieces[1:3]] == [
        1 + -(-start // PACKET) for start in starts[1:3]
    ]


def test_a_long_shot_has_several_pieces(tmp_path):
    """No piece takes more than twenty seconds of memory, and a frame too short for one has none."""
    film = timeline(events(24 * 65, clips=("0",)))
    counts = [piece.count for piece in plan_chunks(film, DIGESTS)]
    assert len(counts) == 4
    assert max(counts) - min(counts) <= 1
    tiny = timeline(events(24, 1, 1, 1, 24, clips=("0",) * 5), fps=Fraction(120))
    assert len(plan_chunks(tiny, DIGESTS)) < 5


def test_what_pieces_encode_is_the_mix_to_the_bit(noises):
    """Wherever a piece begins, at a cut, in a dissolve or under a lead, it hears what all hear."""
    first, second, third, last = events(24, 30, 24, 20, source_in=10)
    second = replace(second, transition="dissolve", overlap=Frames(6), record_in=Frames(18))
    third, last = replace(third, lead=Frames(5)), replace(last, speed=Fraction(3, 2))
    film = timeline((first, second, third, last))
    loud = Levels((24.0, 20.0, 18.0, 22.0))
    whole = mixed(film, noises, loud)
    for piece in plan_chunks(film, DIGESTS, loud):
        start = (piece.first - piece.roll) * PACKET
        heard = chunks._mixed(piece, noises)
        assert np.array_equal(heard, whole[start : start + len(heard)])


@pytest.mark.parametrize("kind", ["tone", "noise"])
def test_joined_pieces_are_as_good_as_one_encoding(tmp_path, noises, kind):
    """Around every border there is little more error than one encoder makes: a fiftieth."""
    if kind == "tone":
        noises = dict.fromkeys(noises, sound_clip(tmp_path, "t", tone(3 * RATE, 0.4, 440)))
    film = timeline(events(25, 31, 29, 23))
    whole = mixed(film, noises)
    length = film.length * FRAME
    once = decoded(encoded([whole], track_packets(film)))[PACKET:][:length] - whole[:length]
    error = track(film, noises) - whole[:length]
    for piece in plan_chunks(film, DIGESTS)[1:]:
        border = slice((piece.first - 3) * PACKET, (piece.first + 5) * PACKET)
        assert level(error[border]) < 1.5 * level(once[border]) + 0.02 * level(whole[border])


def test_without_the_packets_before_it_a_piece_does_not_fit(noises, monkeypatch):
    """The control: an encoder that begins at the border makes a gap in what it joins."""
    film = timeline(events(25, 31))
    whole = mixed(film, noises)[: film.length * FRAME]
    border = plan_chunks(film, DIGESTS)[1].first * PACKET
    near = slice(border - PACKET, border)
    kept = level((track(film, noises) - whole)[near])
    monkeypatch.setattr(chunks, "_ROLL", 0)
    assert level((track(film, noises) - whole)[near]) > 2 * kept


def test_a_tone_goes_over_every_join_without_a_dip(tmp_path):
    """Measured each ten milliseconds; packets copied from the clips would leave holes."""
    clip = sound_clip(tmp_path, "0", tone(4 * RATE, 0.4, 500))
    film = timeline(events(24, 24, 24, clips=("0",) * 3))
    steps = np.sqrt((track(film, {"0": clip})[480:-960].reshape(-1, 480, 2) ** 2).mean((1, 2)))
    assert steps.min() > 0.6 * 0.4 / np.sqrt(2)
    alone = encoded([tone(RATE, 0.4, 500), np.zeros((4096, 2), np.float32)], RATE // PACKET + 2)
    copied = decoded(alone * 3)[PACKET : -2 * PACKET]
    holes = copied[: len(copied) // 480 * 480].reshape(-1, 480, 2)
    assert np.sqrt((holes**2).mean((1, 2))).min() < 0.3 * 0.4 / np.sqrt(2)


def test_the_same_piece_is_the_same_bytes_whoever_encodes_it(noises):
    """Again, or by several threads at once."""
    film = timeline(events(24, 24, 24, 24))
    pieces = plan_chunks(film, DIGESTS)
    alone = [encode_chunk(piece, noises) for piece in pieces]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda piece: encode_chunk(piece, noises), pieces)) == alone


# Keys ------------------------------------------------------------------------------------------


def keys(film, levels=None, digests=DIGESTS):
    return [piece.key for piece in plan_chunks(film, digests, levels)]


# Eight frames at this rate are more than whole packets by two: lengths here keep the grid.
GRID = Fraction(375, 8)  # frames a second: each frame is one packet


def test_a_piece_that_moves_by_whole_packets_is_kept():
    """What comes before it, but for the last half second, is of no matter to it."""
    film = timeline(events(60, 60, 60), fps=GRID)
    longer = timeline(events(80, 60, 60, clips=("3", "1", "2")), fps=GRID)
    assert keys(film)[2] == keys(longer)[2]
    assert keys(film)[1] != keys(longer)[1]


def test_what_is_far_away_is_no_part_of_a_key():
    """Another clip, gain or caption at the end of the film leaves the beginning as it was."""
    film = timeline(events(60, 60, 60, 60), fps=GRID)
    first, second, third, last = film.events
    others = [
        replace(film, events=(first, second, third, replace(last, clip="0"))),
        replace(film, events=(first, second, third, replace(last, gain=3.0))),
        replace(film, events=(first, second, third, replace(last, lead=Frames(5)))),
    ]
    for other in others:
        assert keys(other)[:2] == keys(film)[:2]
        assert keys(other)[3] != keys(film)[3]


def test_all_that_is_heard_is_part_of_a_key():
    """Content, place in the clip, length, gain, speed, joins, music, ducking and true peak."""
    (event,) = events(60)
    film = timeline((event,), fps=GRID)
    music = Laid("song", Millis(0), "music", duck=-8.0)
    scored = replace(film, laid=(music,))
    digests = {**DIGESTS, "song": "digest of the song"}
    changed = [
        keys(film),
        keys(film, digests={"0": "another"}),
        keys(film, Levels((1.0,))),
        keys(film, Levels(film=1.5)),
        keys(replace(film, loudness=Loudness(None, -2.0))),
        *(
            keys(replace(film, events=(replace(event, **change),)))
            for change in (
                {"source_in": Frames(1)},
                {"gain": 0.5},
                {"speed": Fraction(3, 2)},
                {"hold": Frames(5)},
                {"mute": True},
                {"fade_out": Frames(5)},
                {"record_out": Frames(61)},
            )
        ),
        keys(scored, digests=digests),
        keys(scored, Levels(laid=(LaidLevel(0.0, RATE),)), digests),
        keys(scored, digests={**digests, "song": "another"}),
        keys(replace(scored, captions=(caption(100, 500),)), digests=digests),
        keys(replace(scored, laid=(replace(music, offset=Millis(9)),)), digests=digests),
        keys(replace(scored, laid=(replace(music, fade_in=Millis(9)),)), digests=digests),
    ]
    assert len(set(map(tuple, changed))) == len(changed)


def test_a_piece_depends_on_the_version_and_on_the_encoder(monkeypatch):
    """Sound that was mixed otherwise, or encoded by another library, is not taken for this."""
    film = timeline(events(60), fps=GRID)
    before = keys(film)
    with monkeypatch.context() as patch:
        patch.setattr(chunks, "_VERSION", 0)
        assert keys(film) != before
    monkeypatch.setattr(chunks, "SETTINGS", ())
    assert keys(film) != before


def test_the_same_key_is_the_same_sound(noises):
    """A piece that moved in the film is the bytes that it was, which is what its key promises."""
    film = timeline(events(60, 60, 60), fps=GRID)
    longer = timeline(events(80, 60, 60, clips=("3", "1", "2")), fps=GRID)
    one, other = (plan_chunks(each, DIGESTS)[2] for each in (film, longer))
    assert encode_chunk(one, noises) == encode_chunk(other, noises)


def test_a_piece_opens_a_clip_only_around_itself(noises):
    """However long the film, a piece has to do with its neighbours at most."""
    film = timeline(events(*[60] * 40, clips=tuple("0123" * 10)), fps=GRID)
    for piece in plan_chunks(film, DIGESTS):
        assert len(piece.cues) <= 3
        assert all(cue.start < BEFORE + 70 * PACKET for cue in piece.cues)


# True peak -------------------------------------------------------------------------------------


def true_peak(pcm):
    meter = Meter(peaks=True)
    meter.hear(pcm)
    return meter.loud().true_peak


def square(count, hertz):
    wave = 0.8 * np.sign(np.sin(2 * np.pi * hertz * np.arange(count) / RATE + 0.1))
    return np.repeat(wave[:, None].astype(np.float32), 2, 1)


@pytest.mark.parametrize(
    "pcm",
    [noise(RATE * 2, 0.3), square(RATE * 2, 220), np.clip(noise(RATE * 2, 0.9), -0.9, 0.9)],
    ids=["noise", "square", "clipped"],
)
@pytest.mark.parametrize("peak", [-1.0, -3.0])
def test_no_true_peak_of_the_encoded_film_is_over_what_is_allowed(tmp_path, pcm, peak):
    """However hot it came, as decoded, by the meter; without the limiter it is well over."""
    clip = {"0": sound_clip(tmp_path, "0", pcm)}
    film = replace(timeline(events(46)), loudness=Loudness(None, peak))
    assert true_peak(track(film, clip, Levels((6.0,)))) < peak + 0.05
    plain = decoded(encoded([pcm], len(pcm) // PACKET))[PACKET:]
    assert true_peak(plain) > -1 + 0.5


def test_without_a_look_at_the_result_the_encoder_goes_over(tmp_path, monkeypatch):
    """The control: AAC makes peaks of its own, more than any margin that leaves loudness alone."""
    clip = {"0": sound_clip(tmp_path, "0", np.clip(noise(RATE * 2, 0.9), -0.9, 0.9))}
    film = timeline(events(46))
    monkeypatch.setattr(chunks, "_PROOFS", 0)
    assert true_peak(track(film, clip, Levels((6.0,)))) > -0.8


def test_the_margin_is_what_speech_and_music_take(tmp_path, monkeypatch):
    """With it, what has no more edge than that is under the true peak at the first encoding."""
    time = np.arange(2 * RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 120 * n * time + n) / n for n in range(1, 40))
    voice = (voice * np.clip(np.sin(2 * np.pi * 3 * time), 0, 1))[:, None].repeat(2, 1)
    clip = {"0": sound_clip(tmp_path, "0", voice.astype(np.float32))}
    monkeypatch.setattr(chunks, "_PROOFS", 0)
    assert true_peak(track(timeline(events(46)), clip)) < -1
    monkeypatch.setattr(mix, "_MARGIN", -1.0)
    assert true_peak(track(timeline(events(46)), clip)) > -1


def test_music_is_heard_over_the_borders_of_pieces(tmp_path, noises):
    """A laid sound goes on through all of them, at its place in its file, wherever it is read."""
    song = write_sound(tmp_path / "song.wav", tone(5 * RATE, 0.2, 500))
    film = timeline(tuple(replace(each, mute=True) for each in events(30, 30, 30)))
    film = replace(film, laid=(Laid(song, Millis(0), "music"),))
    known = Levels(laid=(LaidLevel(0.0, 5 * RATE),))
    pcm = track(film, {}, known, {**DIGESTS, song: "digest of the song"})
    steps = np.sqrt((pcm[480:-960].reshape(-1, 480, 2) ** 2).mean((1, 2)))
    assert steps == pytest.approx(0.2 / np.sqrt(2), abs=0.01)
