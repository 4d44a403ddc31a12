"""The words inside a film's file are found there by players: captions, chapters, metadata."""

import io
import subprocess
from fractions import Fraction
from itertools import pairwise

import av
import imageio_ffmpeg
import numpy as np
import pytest
import srt

from storyboard.adapters.media.colour import Planes
from storyboard.adapters.media.cut.soft_captions import (
    add_captions,
    caption_samples,
    chapter_list,
    film_metadata,
    language_code,
)
from storyboard.adapters.media.encoder import SOUND_RATE, add_sound
from storyboard.adapters.media.h264 import MUXER, Encoding, add_pictures, picture_of
from storyboard.cutting.legible import labelled, legible
from storyboard.model.money import Frames, Millis
from storyboard.model.timeline import Caption, Chapter, Timeline

FPS = Fraction(24000, 1001)
SECONDS = 5
CAPTIONS = (
    Caption(Millis(701), Millis(1500), "Mrow! Mrow!", "a", "Mia"),
    Caption(Millis(1500), Millis(2100), "Who's there? <b>Ünï</b> --> 猫", "a", "Bo", "v.o."),
    Caption(Millis(2600), Millis(4200), "The yarn, " * 12, "b", "Mia"),
)
TIMELINE = Timeline(
    title="The Yarn",
    width=64,
    height=48,
    fps=FPS,
    events=(),
    chapters=(
        Chapter(Frames(0), Frames(48), "INT. PARLOUR — NIGHT"),
        Chapter(Frames(48), Frames(120), "two\nlines"),
    ),
    metadata=(("author", "Ann Lee"), ("year", "2026"), ("copyright", "© Ann"), ("comment", "hi")),
)


def picture_packets(stream):
    planes = [np.full(shape, 128, np.uint8) for shape in ((48, 64), (24, 32), (24, 32))]
    for number in range(round(SECONDS * FPS)):
        yield from stream.encode(picture_of(Planes(*planes), number, FPS))
    yield from stream.encode(None)


def sound_packets(stream):
    for start in range(0, SECONDS * SOUND_RATE, 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.sample_rate, frame.pts = SOUND_RATE, start
        yield from stream.encode(frame)
    yield from stream.encode(None)


def film(captions=CAPTIONS, language="en-GB"):
    """Write a film as it is muxed: packets of all tracks in the order of their times."""
    file = io.BytesIO()
    with av.open(file, "w", "mp4", options=MUXER) as container:
        picture = add_pictures(container, (64, 48), FPS, Encoding())
        sound = add_sound(container)
        track = add_captions(container, captions, language)
        container.set_chapters(chapter_list(TIMELINE))
        container.metadata.update(film_metadata(TIMELINE))
        container.start_encoding()
        packets = [*picture_packets(picture), *sound_packets(sound), *track.packets()]
        for packet in sorted(packets, key=lambda each: each.dts * each.time_base):
            container.mux(packet)
    return file.getvalue()


def samples_of(data):
    """The caption track's samples as (start, duration, text), in seconds."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.subtitles[0]
        return [
            (packet.pts * stream.time_base, packet.duration * stream.time_base, bytes(packet)[2:])
            for packet in container.demux(stream)
            if packet.pts is not None
        ]


def ffmpeg(path, *wanted):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), *wanted, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def test_ffmpeg_reads_the_captions_that_were_written(tmp_path):
    """Event by event: the same times and words that the subtitle files have."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film())
    found = list(srt.parse(ffmpeg(path, "-map", "0:s", "-f", "srt")))
    told = legible(labelled(CAPTIONS))
    assert [each.content for each in found] == [each.text for each in told]
    assert [round(each.start.total_seconds() * 1000) for each in found] == [x.start for x in told]
    assert [round(each.end.total_seconds() * 1000) for each in found] == [x.end for x in told]


def test_the_track_has_no_gap_and_no_sample_of_no_time():
    """From the film's first moment on each sample lasts until the next; silence is empty."""
    samples = samples_of(film())
    assert samples[0][:2] == (0, Fraction(701, 1000))
    assert all(first[0] + first[1] == second[0] for first, second in pairwise(samples))
    assert all(lasting for _, lasting, _ in samples)
    assert [not text for _, _, text in samples] == [True, False, False, True, False, False]


def test_a_coarser_clock_would_end_captions_too_early():
    """Control: in milliseconds the muxer adds samples of no time between our own."""
    file = io.BytesIO()
    with av.open(file, "w", "mp4", options=MUXER) as container:
        picture = add_pictures(container, (64, 48), FPS, Encoding())
        track = add_captions(container, CAPTIONS, "en")
        track.stream.time_base = Fraction(1, 1000)
        packets = [*picture_packets(picture), *track.packets()]
        for packet in sorted(packets, key=lambda each: each.dts * each.time_base):
            container.mux(packet)
    assert not all(lasting for _, lasting, _ in samples_of(file.getvalue()))


def test_the_sample_entry_is_whole():
    """It names a font and a style, which players that go by the book insist on."""
    entry = film()
    assert b"tx3g" in entry
    assert b"ftab" in entry[entry.index(b"tx3g") :]


def test_chapters_and_metadata_are_read_again():
    """Chapters stand at their frames, titles in one line; title and names are told."""
    with av.open(io.BytesIO(film())) as container:
        chapters, told = container.chapters(), container.metadata
        language = container.streams.subtitles[0].metadata["language"]
    assert [each["metadata"]["title"] for each in chapters] == ["INT. PARLOUR — NIGHT", "two lines"]
    starts = [each["start"] * each["time_base"] * FPS for each in chapters]
    assert [float(start) for start in starts] == pytest.approx([0, 48], abs=0.01)
    assert (told["title"], told["artist"], told["date"]) == ("The Yarn", "Ann Lee", "2026")
    assert (told["copyright"], told["comment"]) == ("© Ann", "hi")
    assert language == "eng"


def test_a_film_in_which_nobody_speaks_has_an_empty_track():
    """No caption, no sample but what the muxer makes itself."""
    assert not any(text for _, _, text in samples_of(film(captions=())))


def test_a_text_longer_than_a_sample_is_cut_between_letters():
    """Marks without end on one letter take no width, yet bytes."""
    ((_, _, sample),) = caption_samples(
        [Caption(Millis(0), Millis(1000), "e" + "\u0301" * 40_000, "a")]
    )
    assert int.from_bytes(sample[:2], "big") == len(sample) - 2 <= 65_535
    sample[2:].decode()


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "eng"),
        ("pt-BR", "por"),
        ("ZH_hant", "zho"),
        ("gsw", "gsw"),
        ("x", "und"),
        ("", "und"),
    ],
)
def test_languages_are_told_in_three_letters(tag, code):
    """Only the language counts, not its region or script."""
    assert language_code(tag) == code


def test_what_the_file_has_no_place_for_is_told_in_the_comment():
    """Nothing that was written of the film is dropped, and its title is the film's."""
    words = (("director", "Ann"), ("author", "Bo"), ("studio", "Wool"), ("title", "Other"))
    told = film_metadata(Timeline("The Yarn", 64, 48, FPS, (), metadata=words))
    assert told == {"title": "The Yarn", "artist": "Ann", "comment": "author: Bo\nstudio: Wool"}


def test_a_film_of_which_nothing_is_said_has_a_title_and_no_comment():
    """Only what is known is told."""
    assert film_metadata(Timeline("The Yarn", 64, 48, FPS, ())) == {"title": "The Yarn"}
