"""Encoded sound on disk: the packets of a piece, in a file that knows when it is damaged.

AAC1 | SHA-256 of the rest, 32 bytes | for each packet its length, 4 bytes, and its bytes
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from storyboard.adapters.durable import reason
from storyboard.adapters.media.container import writing
from storyboard.model.errors import EnvironmentFault

__all__ = ["DamagedPackets", "read_packets", "write_packets"]

_MAGIC = b"AAC1"
_HEAD = len(_MAGIC) + hashlib.sha256().digest_size
_LENGTH = struct.Struct(">I")


class DamagedPackets(EnvironmentFault):
    """The file is missing, or not as it was written; encoding the piece again helps."""


def write_packets(path: str, packets: Sequence[bytes]) -> None:
    """Write packets to a file; EnvironmentFault where the disk refuses."""
    body = b"".join(_LENGTH.pack(len(packet)) + packet for packet in packets)
    with writing(path):
        Path(path).write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)


def read_packets(path: str) -> Iterator[bytes]:
    """Return the packets of a file in order; all of it is verified before the first is given."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        message = f"could not read {path}: {reason(error)}"
        raise DamagedPackets(message) from error
    body = memoryview(data)[_HEAD:]
    if data[:_HEAD] != _MAGIC + hashlib.sha256(body).digest():
        message = f"{path} is not the encoded sound that was written"
        raise DamagedPackets(message)
    return _split(body)


def _split(body: memoryview) -> Iterator[bytes]:
    place = 0
    while place < len(body):
        start = place + _LENGTH.size
        place = start + _LENGTH.unpack_from(body, place)[0]
        yield bytes(body[start:place])
