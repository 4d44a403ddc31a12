"""Keeps a laid sound as plain samples, so that the mix can begin anywhere in it at once."""

import contextlib

import av

from storyboard.adapters.media.container import writing
from storyboard.adapters.media.encoder import SOUND_RATE
from storyboard.adapters.media.sound.track import Soundtrack, audio_frame

__all__ = ["copy_recording"]


def copy_recording(path: str, target: str) -> None:
    """Write a sound file as 48 kHz stereo WAV at `target`, which the mix may read in its place.

    A song of four minutes takes 92 MB. Raises DamagedRecording or EnvironmentFault.
    """
    with (
        contextlib.closing(Soundtrack(path, recording=True)) as track,
        writing(target),
        av.open(target, "w", "wav") as wave,
    ):
        stream = wave.add_stream("pcm_f32le", rate=SOUND_RATE)
        stream.layout = "stereo"
        place = 0
        for samples in track.rest():
            wave.mux(stream.encode(audio_frame(samples, place)))
            place += len(samples)
        wave.mux(stream.encode(None))
