"""The pictures that orders start from: those that were planned, from inside the project."""

from pathlib import Path

import pytest
from PIL import Image

from fakes.clips import MemoryClips
from fakes.simulator import film_clip
from storyboard.adapters.durable import sha256_of
from storyboard.app.stills import ProjectPictures
from storyboard.engine.ports import Clip
from storyboard.engine.provider import NotFetched
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey, ClipRequest, Still

KEY = ClipKey("a" * 64)


class OneClip(MemoryClips):
    """A store that holds one clip, wherever it lies."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def find(self, key):
        return Clip(key, str(self.path), "5" * 64) if key == KEY else None


@pytest.fixture
def still(tmp_path):
    path = tmp_path / "project" / "a.png"
    path.parent.mkdir()
    Image.new("RGB", (32, 18), "tan").save(path)
    return path


def pictures(tmp_path, *stores):
    return ProjectPictures(tmp_path / "project", stores, tmp_path / "frames")


def ordered(path):
    seen = Still(str(path), sha256_of(path), 32, 18, "png", path.stat().st_size)
    return ClipRequest("m", (), Millis(4000), (seen,), ("image",)), f"sha256:{seen.sha256}"


def test_a_still_is_handed_in_as_it_was_planned(tmp_path, still):
    """Its own file."""
    request, reference = ordered(still)
    assert Path(pictures(tmp_path).file(reference, request)) == still


def test_a_still_that_changed_since_is_not_handed_in(tmp_path, still):
    """Another picture would make another clip than the one that was priced."""
    request, reference = ordered(still)
    Image.new("RGB", (32, 18), "navy").save(still)
    with pytest.raises(NotFetched, match="has changed since the plan"):
        pictures(tmp_path).file(reference, request)


def test_a_still_that_went_is_not_handed_in(tmp_path, still):
    """The shot fails in a sentence."""
    request, reference = ordered(still)
    still.unlink()
    with pytest.raises(NotFetched, match="cannot be read"):
        pictures(tmp_path).file(reference, request)
    with pytest.raises(NotFetched, match="not in the project"):
        pictures(tmp_path).file("sha256:unknown", request)


def test_nothing_from_outside_the_project_is_handed_in(tmp_path, still):
    """Not through a link either: a stranger's storyboard gets no file of the machine."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(still.read_bytes())
    still.unlink()
    still.symlink_to(secret)
    request, reference = ordered(still)
    with pytest.raises(NotFetched, match="not in the project"):
        pictures(tmp_path).file(reference, request)


def test_a_chain_starts_from_a_frame_of_a_clip_that_is_there(tmp_path):
    """The last or the first one, drawn once."""
    clip = tmp_path / "clip.mp4"
    film_clip({}, 64, 36, 0.5, str(clip))
    found = pictures(tmp_path, MemoryClips(), OneClip(clip))
    request = ClipRequest("m", (), Millis(4000))
    last = Path(found.file(f"clip:{KEY}#last", request))
    first = Path(found.file(f"clip:{KEY}#first", request))
    for each in (last, first):
        with Image.open(each) as drawn:
            assert drawn.size == (64, 36)
    assert last != first
    before = last.stat().st_mtime_ns
    assert Path(found.file(f"clip:{KEY}#last", request)).stat().st_mtime_ns == before


def test_a_clip_that_is_not_there_starts_nothing(tmp_path):
    """Nor does one that is no clip."""
    request = ClipRequest("m", (), Millis(4000))
    with pytest.raises(NotFetched, match="is not there"):
        pictures(tmp_path, MemoryClips()).file(f"clip:{KEY}#last", request)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip")
    with pytest.raises(NotFetched, match="cannot be drawn"):
        pictures(tmp_path, OneClip(broken)).file(f"clip:{KEY}#last", request)
