"""What every clip store promises: a clip is found whole, exactly as it was kept, or not at all.

The suite runs over the store in memory and the one on disk. Two stores that are careless on purpose
show that it would notice.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from fakes.clips import MemoryClips
from storyboard.adapters import durable
from storyboard.adapters.clips import FolderClips
from storyboard.engine.ports import Clip
from storyboard.model.errors import EnvironmentFault
from storyboard.model.measure import ClipMeasure
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey, ClipRequest, clip_key, made_from

REQUEST = ClipRequest("house", (("prompt", "runs"), ("seed", 1)), Millis(4000))
KEY, OTHER = clip_key(REQUEST), ClipKey("f" * 64)
DATA = b"a small clip \x00\xff" * 3


@dataclass
class Memory:
    """The store in memory, and the ways to get at its files."""

    store: Any = field(default_factory=MemoryClips)

    def write(self, path, data):
        self.store.files[path] = data

    def read(self, path):
        return self.store.files[path]

    def remove(self, path):
        del self.store.files[path]


@dataclass
class Folder:
    """A store on disk, and the ways to get at its files."""

    store: Any

    def write(self, path, data):
        Path(path).write_bytes(data)

    def read(self, path):
        return Path(path).read_bytes()

    def remove(self, path):
        Path(path).unlink()


def on_disk(folder):
    return FolderClips(folder / "project" / "clips", {KEY: REQUEST})


@pytest.fixture(params=["memory", "folder"])
def bench(request, tmp_path):
    return Memory() if request.param == "memory" else Folder(on_disk(tmp_path))


def keep(bench, key=KEY, data=DATA):
    path = bench.store.scratch(key)
    bench.write(path, data)
    return bench.store.keep(key, path)


def test_an_empty_store_has_nothing(bench):
    """Looking makes nothing either."""
    assert bench.store.find(KEY) is None


def test_a_kept_clip_is_found(bench):
    """The same clip comes back, with the bytes that were kept, and under no other key."""
    clip = keep(bench)
    assert bench.store.find(KEY) == clip
    assert clip.key == KEY
    assert bench.read(clip.path) == DATA
    assert bench.store.find(OTHER) is None


def test_keeping_takes_the_file_over(bench):
    """Nothing stays where the clip was written."""
    path = bench.store.scratch(KEY)
    clip = keep(bench)
    assert clip.path != path
    with pytest.raises((OSError, KeyError)):
        bench.read(path)


def test_keeping_again_replaces(bench):
    """The last clip kept under a key is the key's clip."""
    keep(bench)
    second = keep(bench, data=b"second")
    assert bench.store.find(KEY) == second
    assert bench.read(second.path) == b"second"


def test_two_keys_may_have_the_same_bytes(bench):
    """Each is found under its own key."""
    one, two = keep(bench), keep(bench, OTHER)
    assert bench.store.find(KEY) == one
    assert bench.store.find(OTHER) == two
    assert one.sha256 == two.sha256


def test_two_keys_are_written_apart(bench):
    """Two clips may be downloaded at once."""
    assert bench.store.scratch(KEY) != bench.store.scratch(OTHER)


def test_what_is_not_there_cannot_be_kept(bench):
    """A download that left no file is a fault of the world, and nothing is found after it."""
    with pytest.raises(EnvironmentFault):
        bench.store.keep(KEY, bench.store.scratch(KEY))
    assert bench.store.find(KEY) is None


def never_hits(bench):
    """Cut a clip at every byte and flip every bit of it: none of these may be found."""
    clip = keep(bench)
    damaged = [DATA[:size] for size in range(len(DATA))] + [DATA + b"\0"]
    for place in range(len(DATA) * 8):
        flipped = bytearray(DATA)
        flipped[place // 8] ^= 1 << place % 8
        damaged.append(bytes(flipped))
    for data in damaged:
        bench.write(clip.path, data)
        assert bench.store.find(KEY) is None
    bench.write(clip.path, DATA)
    assert bench.store.find(KEY) == clip
    bench.remove(clip.path)
    assert bench.store.find(KEY) is None


def test_a_damaged_clip_is_missing(bench):
    """Truncated anywhere, a bit flipped anywhere, a byte too many, or gone: never a hit."""
    never_hits(bench)


def test_a_damaged_clip_can_be_kept_anew(bench):
    """What was missing is found again once it is made again."""
    clip = keep(bench)
    bench.write(clip.path, DATA[:5])
    assert keep(bench) == bench.store.find(KEY)


class BelievesInFiles(FolderClips):
    """A careless store: a clip whose file is there is taken for whole."""

    __slots__ = ()

    def find(self, key):
        record = self._record(key)
        path = self._clip(str(record["sha256"])) if record else None
        return Clip(key, str(path), str(record["sha256"])) if path and path.exists() else None


class BelievesInSizes(BelievesInFiles):
    """A careless store: a clip of the right size is taken for the right one."""

    __slots__ = ()

    def find(self, key):
        clip = super().find(key)
        return clip if clip and Path(clip.path).stat().st_size == len(DATA) else None


@pytest.mark.parametrize("careless", [BelievesInFiles, BelievesInSizes])
def test_the_suite_notices_a_careless_store(careless, tmp_path):
    """Looking only whether a file exists, or only at its size, fails the test above."""
    with pytest.raises(AssertionError):
        never_hits(Folder(careless(tmp_path, {})))


# What only a store on disk has: records, and moments between two writes.


@pytest.fixture
def folder(tmp_path):
    return Folder(on_disk(tmp_path))


def record_of(folder, key=KEY):
    return folder.store.folder / "orders" / key[:2] / f"{key}.json"


def test_a_record_cut_anywhere_is_missing(folder):
    """A half-written record names no clip, wherever it ends."""
    keep(folder)
    record = record_of(folder)
    whole = record.read_bytes()
    for size in range(len(whole)):
        record.write_bytes(whole[:size])
        assert folder.store.find(KEY) is None
        assert folder.store.held() == frozenset()
        assert folder.store.inputs(KEY) is None
    record.write_bytes(whole)
    assert folder.store.find(KEY) is not None


@pytest.mark.parametrize(
    "record",
    [
        b"null",
        b"[]",
        b"{}",
        b'{"version": 1}',
        b'{"version": 2, "sha256": "DIGEST", "bytes": 45}',
        b'{"version": 1, "sha256": null, "bytes": 45}',
        b'{"version": 1, "sha256": "../../../../etc/passwd", "bytes": 45}',
        b'{"version": 1, "sha256": "\\u0000", "bytes": 45}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_record_that_is_none(folder, record):
    """Whatever a stranger puts in a record's place is a clip that is missing."""
    clip = keep(folder)
    record_of(folder).write_bytes(record.replace(b"DIGEST", clip.sha256.encode()))
    assert folder.store.find(KEY) is None
    assert folder.store.held() == frozenset()


def test_a_record_without_its_clip_is_missing(folder):
    """The clip's file was deleted: neither a plan nor a build believes in it."""
    clip = keep(folder)
    assert folder.store.held() == {KEY}
    folder.remove(clip.path)
    assert folder.store.held() == frozenset()
    assert folder.store.find(KEY) is None


def test_a_clip_without_its_record_is_missing(folder):
    """Bytes alone do not say which order they fill."""
    keep(folder)
    record_of(folder).unlink()
    assert folder.store.find(KEY) is None
    assert folder.store.held() == frozenset()


def test_a_folder_in_a_files_place_is_missing(folder):
    """Neither a record nor a clip can be a folder."""
    clip = keep(folder)
    folder.remove(clip.path)
    Path(clip.path).mkdir()
    assert folder.store.find(KEY) is None
    record_of(folder).unlink()
    record_of(folder).mkdir()
    assert folder.store.find(KEY) is None
    assert folder.store.held() == frozenset()


def test_a_record_says_what_the_clip_was_made_from(folder):
    """The inputs, the model and the length are there to compare with the next order."""
    keep(folder)
    assert folder.store.inputs(KEY) == made_from(REQUEST)
    assert folder.store.inputs(OTHER) is None
    keep(folder, OTHER)
    assert folder.store.inputs(OTHER) == {}


def test_another_process_finds_the_clip(folder):
    """Nothing of it is kept in memory."""
    clip = keep(folder)
    assert FolderClips(folder.store.folder, {}).find(KEY) == clip


def test_a_store_that_cannot_be_written(tmp_path):
    """A file where the store's folder should be is a fault with a sentence, not a traceback."""
    (tmp_path / "clips").write_text("in the way")
    store = FolderClips(tmp_path / "clips", {})
    with pytest.raises(EnvironmentFault, match="cannot keep a clip"):
        store.scratch(KEY)
    assert store.find(KEY) is None
    assert store.held() == frozenset()


class Stopped(BaseException):
    """The process ended here."""


def steps_of(store, path, monkeypatch, *, stop_before=None):
    """Keep a clip, noting every change on disk in order; stop before the nth of them."""
    steps = []

    def noted(name, change):
        def step(*arguments, **more):
            if stop_before is not None and len(steps) == stop_before:
                raise Stopped
            steps.append((name, str(arguments[0])))
            return change(*arguments, **more)

        return step

    with monkeypatch.context() as patched:
        for name in ("mkdir", "replace", "write_bytes"):
            patched.setattr(Path, name, noted(name, getattr(Path, name)))
        patched.setattr(durable, "flush", noted("sync", durable.flush))
        try:
            store.keep(KEY, path)
        except Stopped:
            return None
    return steps


def test_wherever_it_stops_there_is_a_whole_clip_or_none(tmp_path, monkeypatch):
    """A process that ends between any two writes never leaves a hit that is not whole."""

    def fresh(name):
        store = FolderClips(tmp_path / name / "clips", {})
        path = store.scratch(KEY)
        Path(path).write_bytes(DATA)
        return store, path

    steps = steps_of(*fresh("whole"), monkeypatch)
    assert len(steps) > 6
    outcomes = []
    for point in range(len(steps)):
        store, path = fresh(str(point))
        assert steps_of(store, path, monkeypatch, stop_before=point) is None
        clip = store.find(KEY)
        outcomes.append(clip is not None)
        assert clip is None or Path(clip.path).read_bytes() == DATA
        assert store.held() == ({KEY} if clip else frozenset())
    assert outcomes == sorted(outcomes), "once there, it stays"
    assert not outcomes[0]


def test_bytes_are_durable_before_the_record_of_them(tmp_path, monkeypatch):
    """Clip synced, renamed, its folder synced; then the record, in the same way."""
    store = on_disk(tmp_path)
    path = store.scratch(KEY)
    Path(path).write_bytes(DATA)
    steps = steps_of(store, path, monkeypatch)
    clip = Path(store.find(KEY).path)
    record = store.folder / "orders" / KEY[:2] / f"{KEY}.json"
    renames = [index for index, (name, _) in enumerate(steps) if name == "replace"]
    synced = [(index, Path(each)) for index, (name, each) in enumerate(steps) if name == "sync"]

    def first_sync(of, after=-1):
        return next(index for index, each in synced if each == of and index > after)

    first, second = renames
    assert steps[first][1] == path
    assert first_sync(Path(path)) < first < first_sync(clip.parent, after=first) < second
    assert Path(steps[second][1]).parent == record.parent
    assert first_sync(Path(steps[second][1])) < second < first_sync(record.parent, after=second)


def test_new_folders_are_durable_too(tmp_path, monkeypatch):
    """A folder's own entry is synced when it is made: else a power cut takes the clip with it."""
    store = on_disk(tmp_path)
    path = store.scratch(KEY)
    Path(path).write_bytes(DATA)
    steps = steps_of(store, path, monkeypatch)
    for index, (name, made) in enumerate(steps):
        if name == "mkdir":
            assert steps[index + 1] == ("sync", str(Path(made).parent))


def test_two_processes_write_apart(tmp_path, monkeypatch):
    """The scratch file's name has the process in it."""
    store = on_disk(tmp_path)
    ours = store.scratch(KEY)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert store.scratch(KEY) != ours


def test_the_record_on_disk(folder):
    """The format has a version, and these fields; changing them needs a new one."""
    keep(folder)
    record = json.loads(record_of(folder).read_text())
    assert sorted(record) == ["bytes", "made_from", "sha256", "version"]
    assert (record["version"], record["bytes"]) == (1, len(DATA))


def test_a_clip_that_was_bought_once_stays_known(folder):
    """Its bytes damaged or gone, its record unreadable: it is missing, and known all the same."""
    assert not folder.store.known(KEY)
    clip = keep(folder)
    assert folder.store.known(KEY)
    assert not folder.store.known(OTHER)
    folder.write(clip.path, DATA[:5])
    assert folder.store.known(KEY)
    folder.remove(clip.path)
    assert folder.store.known(KEY)
    record_of(folder).write_bytes(b"")
    assert folder.store.find(KEY) is None
    assert folder.store.known(KEY)


def test_what_cannot_be_told_is_not_taken_for_unknown(folder):
    """A folder that the system does not let us look into is a fault: the clip may be there."""
    keep(folder)
    shelf = record_of(folder).parent
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.symlink_to(shelf)
    with pytest.raises(EnvironmentFault, match="cannot look for a clip"):
        folder.store.known(KEY)


def test_two_writers_of_the_same_clip(tmp_path):
    """Two that keep the same clip at once: whoever looks meanwhile finds it whole or not at all."""
    stores = [on_disk(tmp_path) for _ in range(2)]

    def keep_often(number):
        for turn in range(10):
            path = Path(f"{stores[number].scratch(KEY)}.{number}.{turn}")
            path.write_bytes(DATA)
            stores[number].keep(KEY, str(path))

    looked = on_disk(tmp_path)
    with ThreadPoolExecutor(2) as executor:
        writers = [executor.submit(keep_often, number) for number in range(2)]
        there = False
        while not all(writer.done() for writer in writers):
            clip = looked.find(KEY)
            assert clip is not None or not there
            there = there or clip is not None
        for writer in writers:
            writer.result()
    assert Path(looked.find(KEY).path).read_bytes() == DATA
    assert not [path for path in looked.folder.rglob("*") if path.name.startswith(".")]


# Measures, beside the clips they are of.

MEASURE = ClipMeasure(
    864,
    480,
    Fraction(24000, 1001),
    Millis(8200),
    black=0.25,
    frozen=1 / 3,
    peak=0.1,
    pixel=Fraction(80, 81),
)


@pytest.mark.parametrize("measure", [MEASURE, replace(MEASURE, peak=None)])
def test_a_measure_is_remembered(folder, measure):
    """As it was taken, for the clip it was taken of, and by other processes too."""
    clip = keep(folder)
    assert folder.store.measured(clip.sha256) is None
    folder.store.remember_measure(clip.sha256, measure)
    assert folder.store.measured(clip.sha256) == measure
    assert FolderClips(folder.store.folder, {}).measured(clip.sha256) == measure
    assert folder.store.measured("f" * 64) is None
    assert folder.store.held() == {KEY}


def measure_file(folder):
    folder.store.remember_measure("ab" * 32, MEASURE)
    return folder.store.folder / "measures" / "ab" / f"{'ab' * 32}.json"


def test_a_measure_cut_anywhere_is_none(folder):
    """A half-written measure is taken again."""
    path = measure_file(folder)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert folder.store.measured("ab" * 32) is None
    path.write_bytes(whole)
    assert folder.store.measured("ab" * 32) == MEASURE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 0),
        ("version", 2),
        ("width", 0),
        ("height", None),
        ("fps", "1/0"),
        ("fps", "-24"),
        ("pixel", "0"),
        ("length_ms", float("inf")),
        ("black", "dark"),
        ("peak", []),
    ],
)
def test_a_measure_that_is_none(folder, name, value):
    """Another version, or a figure that cannot be: as if there were none."""
    path = measure_file(folder)
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    assert folder.store.measured("ab" * 32) is None


@pytest.mark.parametrize("data", [b"null", b"[]", b"{}", b"7", b"[" * 100_000, b"\xff\xfe"])
def test_a_file_that_is_no_measure(folder, data):
    """Whatever lies in a measure's place is none."""
    path = measure_file(folder)
    path.write_bytes(data)
    assert folder.store.measured("ab" * 32) is None


def test_the_measure_on_disk(folder):
    """The format has a version, and these fields; changing them needs a new one."""
    assert json.loads(measure_file(folder).read_text()) == {
        "version": 1,
        "width": 864,
        "height": 480,
        "fps": "24000/1001",
        "length_ms": 8200,
        "black": 0.25,
        "frozen": 1 / 3,
        "peak": 0.1,
        "pixel": "80/81",
    }
