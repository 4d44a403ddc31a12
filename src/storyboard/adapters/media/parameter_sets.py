"""Says whether a clip's H.264 can be spliced into a film to the bit, and names its parameter sets.

A track tells a player its parameter sets once, in the `avcC` box of its header, and many players
look nowhere else. So a clip may be spliced when all that it needs stands there, under the number
that its pictures ask for: then its samples are copied, and a track of several encoders' pictures
lists the sets of each (`avcc`) and keeps them out of the samples (`strip`).

ITU-T H.264: 7.3.1 (NAL units), 7.3.2.1.1 (SPS), 7.3.2.2 (PPS), 9.1 (Exp-Golomb codes).
ISO/IEC 14496-15: 5.3.3.1 (AVCDecoderConfigurationRecord, here `avcC`).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from av.container import InputContainer

from storyboard.adapters.media.bits import BitReader
from storyboard.adapters.media.container import opened, picture_stream

__all__ = ["ParameterSets", "avcc", "is_idr", "spliceable", "strip"]

_IDR, _SEI, _SPS, _PPS, _DELIMITER = 5, 6, 7, 8, 9
_DROPPED: Final = frozenset({_SEI, _SPS, _PPS, _DELIMITER})
_PREFIX: Final = 4
"""Bytes that tell a NAL unit's length."""
_HEADER: Final = struct.Struct(">IB")  # the length, then the byte that tells the kind
_KIND: Final = 0x1F
_BEYOND_MAIN: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""The `profile_idc` of those whose SPS says more about chroma and bits; 100 is High."""
_EXTENDED: Final = frozenset({100, 110, 122, 144})
"""Those for which the `avcC` repeats it."""
_COLOUR_420 = 1
_PLANES_444 = 3


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a decoder must know before a clip's first picture: two NAL units without prefix."""

    sps: bytes
    pps: bytes

    @property
    def number(self) -> int:
        """The number its pictures know it by: of the SPS, and in a spliceable clip of the PPS."""
        return _Sequence.read(self.sps).number


def spliceable(path: str) -> ParameterSets | None:
    """Return a clip's only parameter sets when its samples may be copied as they are, else None.

    Then it is H.264 with four-byte lengths; one SPS and one PPS, of the same number, 0 or 1, are
    all it needs, and those within its samples are these again; nothing in it is interlaced or left
    out by an edit list; and its first picture is an IDR picture. Whether size, rate and times are
    the film's is not asked here (`conform.conforms`). Raises DamagedClip for what is no clip.
    """
    with opened(path, coded=True) as container:
        stream = picture_stream(container, path)
        if stream.codec_context.name != "h264":
            return None
        sets = _declared(stream.codec_context.extradata or b"")
        return sets if sets and _is_whole(container, path, sets) else None


def avcc(sets: Sequence[ParameterSets]) -> bytes:
    """Return the `avcC` of a track whose pictures use any of these; each has its own number.

    Its profile and level are the highest of them. Raises ValueError where two share a number.
    """
    distinct = tuple(dict.fromkeys(sets))
    sequences = [_Sequence.read(each.sps) for each in distinct]
    if len({each.number for each in sequences}) < len(distinct):
        message = "two parameter sets of one number cannot share a track"
        raise ValueError(message)
    highest = max(sequences, key=lambda each: each.profile)
    compatible, level = 0xFF, max(each.level for each in sequences)
    for each in sequences:
        compatible &= each.compatible
    record = bytes([1, highest.profile, compatible, level, 0xFF, 0xE0 | len(distinct)])
    record += b"".join(_counted(each.sps) for each in distinct)
    record += bytes([len(distinct)]) + b"".join(_counted(each.pps) for each in distinct)
    if highest.profile in _EXTENDED:
        depths = (0xF8 | depth for depth in highest.depths)
        record += bytes([0xFC | highest.chroma, *depths, 0])
    return record


def strip(sample: bytes) -> bytes:
    """Return a sample without what stands in the header or says nothing of the picture.

    SEI, SPS, PPS and delimiters go. Where there are none, it is the same object.
    """
    units = [(kind, start, end) for kind, start, end in _units(sample)]
    if not any(kind in _DROPPED for kind, _, _ in units):
        return sample
    kept = (sample[start:end] for kind, start, end in units if kind not in _DROPPED)
    return b"".join(kept)


def is_idr(sample: bytes) -> bool:
    """Tell whether a decoder can start at a sample with nothing from before it."""
    return any(kind == _IDR for kind, _, _ in _units(sample))


def _counted(unit: bytes) -> bytes:
    return struct.pack(">H", len(unit)) + unit


def _units(sample: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the kind of each NAL unit and where it begins, its length included, and ends."""
    place, total = 0, len(sample)
    while place + _PREFIX < total:
        size, header = _HEADER.unpack_from(sample, place)
        end = place + _PREFIX + size
        yield header & _KIND, place, end
        place = end


@dataclass(frozen=True, slots=True)
class _Sequence:
    """What is asked of an SPS; `depths` are bits beyond eight, of luma and of chroma."""

    profile: int
    compatible: int
    level: int
    number: int
    chroma: int
    depths: tuple[int, int]
    is_progressive: bool

    @classmethod
    def read(cls, sps: bytes) -> Self:
        """Read one up to whether its pictures are whole frames; IndexError where it breaks off."""
        bits = BitReader(sps[1:])
        profile, compatible, level = bits.plain(8), bits.plain(8), bits.plain(8)
        number, chroma, depths = bits.unsigned(), _COLOUR_420, (0, 0)
        if profile in _BEYOND_MAIN:
            chroma = bits.unsigned()
            bits.plain(1 if chroma == _PLANES_444 else 0)
            depths = (bits.unsigned(), bits.unsigned())
            bits.plain(1)
            _pass_scaling(bits, 12 if chroma == _PLANES_444 else 8)
        bits.unsigned()  # how far frame numbers count
        _pass_order(bits)
        bits.unsigned()  # how many frames are held
        bits.plain(1)
        bits.unsigned(), bits.unsigned()  # the size in macroblocks
        return cls(profile, compatible, level, number, chroma, depths, bits.plain(1) == 1)


def _pass_scaling(bits: BitReader, lists: int) -> None:
    """Read over the scaling matrices, each of which may end early."""
    if not bits.plain(1):
        return
    for place in range(lists):
        if bits.plain(1):
            last, following = 8, 8
            for _ in range(16 if place < 6 else 64):  # noqa: PLR2004  # six are 4x4, the rest 8x8
                if following:
                    following = (last + bits.signed()) % 256
                last = following or last


def _pass_order(bits: BitReader) -> None:
    """Read over how the order of pictures is counted."""
    match bits.unsigned():
        case 0:
            bits.unsigned()
        case 1:
            bits.plain(1)
            for _ in range(2):
                bits.signed()
            for _ in range(bits.unsigned()):
                bits.signed()
        case _:
            pass


def _declared(record: bytes) -> ParameterSets | None:
    """Return the sets that an `avcC` lists, if they are one of each and can be spliced."""
    try:
        lists = _listed(record)
        if lists is None or [len(each) for each in lists] != [1, 1]:
            return None
        sets = ParameterSets(lists[0][0], lists[1][0])
        sequence, bits = _Sequence.read(sets.sps), BitReader(sets.pps[1:])
        numbers = {sequence.number, bits.unsigned(), bits.unsigned()}
    except IndexError:
        return None
    return sets if sequence.is_progressive and numbers in ({0}, {1}) else None


def _listed(record: bytes) -> tuple[list[bytes], list[bytes]] | None:
    """Return every SPS and every PPS of an `avcC`; None where it has other lengths than ours."""
    if record[0] != 1 or record[4] & 3 != _PREFIX - 1:
        return None
    first, place = _read_list(record, 6, record[5] & _KIND)
    second, _ = _read_list(record, place + 1, record[place])
    return first, second


def _read_list(record: bytes, place: int, count: int) -> tuple[list[bytes], int]:
    units = []
    for _ in range(count):
        size = record[place] << 8 | record[place + 1]
        units.append(record[place + 2 : place + 2 + size])
        place += 2 + size
    return units, place


def _is_whole(container: InputContainer, path: str, sets: ParameterSets) -> bool:
    """Tell whether every sample can do with these sets, and the first with nothing before it."""
    packets = container.demux(picture_stream(container, path))
    samples = ((bytes(each), each.is_discard) for each in packets if each.size)
    first, left_out = next(samples, (b"", False))
    if left_out or not is_idr(first) or not _needs_only(sets, first):
        return False
    return all(not left_out and _needs_only(sets, sample) for sample, left_out in samples)


def _needs_only(sets: ParameterSets, sample: bytes) -> bool:
    """Tell whether a sample is NAL units from end to end, and brings no other sets."""
    known, end = {_SPS: sets.sps, _PPS: sets.pps}, 0
    for kind, start, end in _units(sample):
        if kind in known and sample[start + _PREFIX : end] != known[kind]:
            return False
    return end == len(sample)
