"""A file's sound comes out at its place and level, whatever the file is like."""

import contextlib
from pathlib import Path

import av
import numpy as np
import pytest

from fakes.footage import film, picture
from fakes.sounds import RATE, noise, sound_clip, tone, write_sound
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.sound import track
from storyboard.adapters.media.sound.recording import copy_recording
from storyboard.adapters.media.sound.track import DamagedRecording, Soundtrack
from storyboard.model.errors import EnvironmentFault


def heard(path, count, **options):
    with contextlib.closing(Soundtrack(path, **options)) as sound:
        return sound.read(count)


def test_a_clip_is_read_to_the_bit_from_any_sample_on(tmp_path):
    """What is read from a place is what is there, and before the beginning there is silence."""
    pcm = noise(RATE)
    clip = sound_clip(tmp_path, "a", pcm)
    assert np.array_equal(heard(clip, 5000, first=12_345), pcm[12_345:17_345])
    early = heard(clip, 5000, first=-1000)
    assert not early[:1000].any()
    assert np.array_equal(early[1000:], pcm[:4000])


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout"),
    [
        ("a.wav", "pcm_s16le", 44_100, "mono"),
        ("a.mp3", "libmp3lame", 44_100, "stereo"),
        ("a.flac", "flac", RATE, "mono"),
        ("a.m4a", "aac", 22_050, "stereo"),
        ("a.opus", "libopus", RATE, "stereo"),
        ("a.aiff", "pcm_s16be", RATE, "stereo"),
    ],
)
def test_a_recording_of_any_usual_format_is_heard_at_its_level(tmp_path, name, codec, rate, layout):
    """Another rate, or one channel, is as loud on both sides as it was, and as high."""
    path = write_sound(
        tmp_path / name, tone(rate, rate=rate), rate=rate, layout=layout, codec=codec
    )
    pcm = heard(path, RATE, recording=True)[RATE // 4 : RATE * 3 // 4]
    assert np.sqrt((pcm**2).mean(0)) == pytest.approx([0.1768, 0.1768], abs=0.01)
    assert np.abs(np.fft.rfft(pcm[:, 0])).argmax() == pytest.approx(997 / 2, abs=1)


def test_a_recording_can_be_kept_so_that_it_is_entered_anywhere(tmp_path, monkeypatch):
    """The copy has the same samples, and a place far into it is found without reading up to it."""
    song = write_sound(tmp_path / "a.flac", noise(5 * RATE), codec="flac")
    copy_recording(song, str(tmp_path / "a.wav"))
    wanted = heard(song, 2000, first=4 * RATE + 321, recording=True)
    read = []
    resampled = track._resampled

    def counted(container):
        for chunk in resampled(container):
            read.append(len(chunk))
            yield chunk

    monkeypatch.setattr(track, "_resampled", counted)
    found = heard(str(tmp_path / "a.wav"), 2000, first=4 * RATE + 321, recording=True)
    assert np.array_equal(found, wanted)
    assert sum(read) < RATE


def test_a_copy_that_cannot_be_written_is_an_environment_fault(tmp_path):
    """A path through a file is refused in a sentence."""
    song = write_sound(tmp_path / "a.wav", tone(RATE))
    with pytest.raises(EnvironmentFault, match="could not write"):
        copy_recording(song, song + "/b.wav")


@pytest.mark.parametrize("text", ["#EXTM3U\nother.wav\n", "ffconcat version 1.0\nfile b.wav\n", ""])
def test_a_playlist_is_no_recording(tmp_path, text):
    """A file that names others would bring in what its hash does not cover."""
    path = tmp_path / "a.wav"
    path.write_text(text)
    with pytest.raises(DamagedRecording, match=r"a\.wav"):
        heard(str(path), 1, recording=True)


def test_a_name_is_no_protocol(tmp_path, monkeypatch):
    """What stands before a colon belongs to the file's name."""
    write_sound(tmp_path / "song.wav", tone(RATE))
    (tmp_path / "song.wav").rename(tmp_path / "http:song.wav")
    monkeypatch.chdir(tmp_path)
    assert np.abs(heard("http:song.wav", RATE, recording=True)).max() > 0.2


def test_a_picture_is_no_recording(tmp_path):
    """A clip without sound can be laid over nothing, and says so; as a clip it is silent."""
    path = write_mute(tmp_path)
    with pytest.raises(DamagedRecording, match="no sound"):
        heard(path, 1, recording=True)
    assert not heard(path, 1000).any()


def write_mute(folder):
    clip = film(folder / "loud.mp4", [picture()] * 3)
    with av.open(clip) as source, av.open(str(folder / "mute.mp4"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    return str(folder / "mute.mp4")


def test_a_missing_file_is_told_as_what_it_is(tmp_path):
    """A clip can be fetched again, a recording cannot, so they are told apart."""
    with pytest.raises(DamagedClip):
        heard(str(tmp_path / "a.mp4"), 1)
    with pytest.raises(DamagedRecording):
        heard(str(tmp_path / "a.wav"), 1, recording=True)
    assert not issubclass(DamagedRecording, DamagedClip)


def test_a_recording_cut_short_anywhere_is_read_or_refused(tmp_path):
    """Whatever part of a file is on disk, nothing else is raised."""
    whole = Path(write_sound(tmp_path / "a.m4a", tone(RATE), codec="aac")).read_bytes()
    part = tmp_path / "part.m4a"
    for share in range(1, 12):
        part.write_bytes(whole[: len(whole) * share // 12])
        with contextlib.suppress(DamagedRecording):
            heard(str(part), 9, recording=True)


def test_what_is_left_of_a_file_ends_with_it(tmp_path):
    """The rest of a sound is what the file has, without the silence that a film would hear."""
    clip = sound_clip(tmp_path, "a", tone(RATE))
    sound = Soundtrack(clip, first=1000)
    assert sum(map(len, sound.rest())) == RATE - 1000
    assert not sound.read(RATE)[track.FADE :].any()


@pytest.mark.parametrize("late", ["audio", "video"])
def test_a_sound_beside_its_picture_counts_from_the_picture(tmp_path, late):
    """Where it comes later there is silence first; what comes before the picture is left out."""
    quarter = RATE // 4
    clip = film(tmp_path / "a.mp4", [picture()] * 24, sound=tone(RATE))
    with av.open(clip) as source, av.open(str(tmp_path / "b.mp4"), "w") as target:
        streams = [target.add_stream_from_template(each) for each in source.streams]
        for packet in source.demux():
            if packet.size:
                shift = int(1 / packet.time_base / 4) if packet.stream.type == late else 0
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    loud = np.flatnonzero(np.abs(heard(str(tmp_path / "b.mp4"), 2 * RATE)[:, 0]) > 0.05)
    wanted = (quarter, quarter + RATE) if late == "audio" else (0, RATE - quarter)
    assert (loud[0], loud[-1]) == pytest.approx(wanted, abs=track.FADE)
