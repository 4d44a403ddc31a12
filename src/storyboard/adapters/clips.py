"""The clip store: a folder of clips named by content, and beside it which order each one fills.

clips/ab/abcd….mp4            a clip, by the SHA-256 of its bytes
clips/orders/ab/abcd….json    by clip key: the clip's hash and size, and what it was made from
clips/measures/ab/abcd….json  by the clip's hash: its measure, so that it is decoded once

A clip is written aside, made durable and renamed before its order's record is; so a record always
points at a whole clip. A clip that does not match its record counts as missing, and is made again.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from storyboard.adapters.durable import make_folder, settle, sha256_of, write_aside
from storyboard.engine.ports import Clip
from storyboard.model.errors import EnvironmentFault
from storyboard.model.measure import ClipMeasure
from storyboard.model.money import Millis
from storyboard.model.request import ClipKey, ClipRequest, made_from

__all__ = ["FolderClips"]

_RECORD_VERSION = 1
_MEASURE_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FolderClips:
    """Clips in a folder of this machine; implements the engine's ClipStore.

    `locked` are the hashes of clips that a lock file knows by key, the newest first: where such a
    clip is here and no record of its order, it is found all the same.
    """

    folder: Path
    requests: Mapping[ClipKey, ClipRequest]
    locked: Mapping[ClipKey, Sequence[str]] = field(default_factory=dict)

    def find(self, key: ClipKey) -> Clip | None:
        """Return the clip when its bytes are those that were kept, else None."""
        record = self._record(key)
        if record is None:
            return None
        digest = str(record["sha256"])
        path = self._clip(digest)
        try:
            matches = sha256_of(path) == digest
        except OSError:
            return None
        return Clip(key, str(path), digest) if matches else None

    def held(self) -> frozenset[ClipKey]:
        """Return the keys whose clips are there at their recorded size; their bytes are not read.

        A plan asks this; a build asks `find`, which reads them.
        """
        keys = self.kept() | self.locked.keys()
        return frozenset(key for key in keys if self._is_there(key))

    def kept(self) -> frozenset[ClipKey]:
        """Return the keys whose clips were kept once, whatever has become of their bytes."""
        return frozenset(ClipKey(record.stem) for record in self.folder.glob("orders/*/*.json"))

    def recorded(self, key: ClipKey) -> str | None:
        """Return the hash that the key's clip was kept with, where a file of that name is there."""
        record = self._record(key)
        return str(record["sha256"]) if record is not None and self._is_there(key) else None

    def known(self, key: ClipKey) -> bool:
        """Tell whether a clip was ever kept under the key, whatever became of it or its record.

        What was bought once is not bought again unasked, so EnvironmentFault where it cannot be
        told.
        """
        with _as_fault(self.folder, "look for"):
            try:
                self._order(key).lstat()
            except (FileNotFoundError, NotADirectoryError):
                return False
        return True

    def place(self, key: ClipKey) -> Path | None:
        """Return where the key's clip lies, if it is there at its size; its bytes are not read."""
        record = self._record(key)
        return self._clip(str(record["sha256"])) if record and self._is_there(key) else None

    def inputs(self, key: ClipKey) -> Mapping[str, object] | None:
        """Return what the clip of that key was made from; None when it never was kept."""
        record = self._record(key)
        inputs = record.get("made_from") if record else None
        return inputs if isinstance(inputs, dict) else None

    def scratch(self, key: ClipKey) -> str:
        """Return a path of this process's own, on the same disk as the clips."""
        with _as_fault(self.folder):
            make_folder(self.folder)
        return str(self.folder / f".{key}.{os.getpid()}.part.mp4")

    def sweep(self) -> None:
        """Delete what builds that were killed had half fetched; for whoever holds the lock."""
        with contextlib.suppress(OSError):
            for unfinished in self.folder.glob(".*.part.mp4"):
                unfinished.unlink(missing_ok=True)

    def keep(self, key: ClipKey, path: str) -> Clip:
        """Move the file at `path` in as the key's clip: bytes first, then the record of them."""
        with _as_fault(self.folder):
            digest = sha256_of(Path(path))
            clip = self._clip(digest)
            make_folder(clip.parent)
            settle(Path(path), clip)
            self._write_record(key, digest, clip.stat().st_size)
        return Clip(key, str(clip), digest)

    def remember_measure(self, sha256: str, measure: ClipMeasure) -> None:
        """Keep the measure of the clip with that hash beside it."""
        text = json.dumps(_measure_record(measure), indent=1, sort_keys=True)
        write_aside(self._measure(sha256), text.encode())

    def measured(self, sha256: str) -> ClipMeasure | None:
        """Return the measure that was kept for the clip with that hash; None when there is none."""
        try:
            return _measure_of(json.loads(self._measure(sha256).read_text(encoding="utf-8")))
        except (OSError, ValueError, ArithmeticError, KeyError, TypeError, RecursionError):
            return None

    def _is_there(self, key: ClipKey) -> bool:
        record = self._record(key)
        if record is None:
            return False
        try:
            size = self._clip(str(record["sha256"])).stat().st_size
        except OSError:
            return False
        return size == record.get("bytes", size)

    def _write_record(self, key: ClipKey, digest: str, size: int) -> None:
        request = self.requests.get(key)
        record = {
            "version": _RECORD_VERSION,
            "sha256": digest,
            "bytes": size,
            "made_from": made_from(request) if request else {},
        }
        text = json.dumps(record, indent=1, sort_keys=True)
        write_aside(self._order(key), text.encode())

    def _record(self, key: ClipKey) -> dict[str, object] | None:
        try:
            record = json.loads(self._order(key).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            record = None
        sound = isinstance(record, dict) and record.get("version") == _RECORD_VERSION
        if sound and _DIGEST.fullmatch(str(record.get("sha256"))):
            return dict(record)
        hashes = self.locked.get(key, ())
        there = (each for each in hashes if self._clip(each).is_file())
        return {"sha256": next(there, hashes[0])} if hashes else None

    def _clip(self, digest: str) -> Path:
        return self.folder / digest[:2] / f"{digest}.mp4"

    def _order(self, key: ClipKey) -> Path:
        return self.folder / "orders" / key[:2] / f"{key}.json"

    def _measure(self, digest: str) -> Path:
        return self.folder / "measures" / digest[:2] / f"{digest}.json"


def _measure_record(measure: ClipMeasure) -> dict[str, object]:
    return {
        "version": _MEASURE_VERSION,
        "width": measure.width,
        "height": measure.height,
        "fps": str(measure.fps),
        "length_ms": measure.length,
        "black": measure.black,
        "frozen": measure.frozen,
        "peak": measure.peak,
        "pixel": str(measure.pixel),
    }


def _measure_of(record: dict[str, Any]) -> ClipMeasure | None:
    """Read a record back; any of several errors where it is not one."""
    if record["version"] != _MEASURE_VERSION:
        return None
    measure = ClipMeasure(
        width=int(record["width"]),
        height=int(record["height"]),
        fps=Fraction(record["fps"]),
        length=Millis(int(record["length_ms"])),
        black=float(record["black"]),
        frozen=float(record["frozen"]),
        peak=None if record["peak"] is None else float(record["peak"]),
        pixel=Fraction(record["pixel"]),
    )
    sides = (measure.width, measure.height, measure.fps, measure.pixel)
    return measure if all(side > 0 for side in sides) else None


@contextlib.contextmanager
def _as_fault(folder: Path, action: str = "keep") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"cannot {action} a clip in {folder}: {error.strerror or error}"
        raise EnvironmentFault(message, hint="check the disk's space and rights") from error
