"""Only what a track's header can say of a clip is copied; everything else is found and refused."""

from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.clapper import Take, shoot
from fakes.footage import film, push_in
from fakes.screening import decode_errors
from storyboard.adapters.media.bits import BitReader
from storyboard.adapters.media.container import DamagedClip
from storyboard.adapters.media.encoder import ClipWriter
from storyboard.adapters.media.parameter_sets import (
    ParameterSets,
    avcc,
    is_idr,
    spliceable,
    strip,
)

PROFILES = {
    "Baseline": {"preset": "ultrafast"},
    "Main": {"x264": "8x8dct=0"},
    "High": {},
    "High, with matrices": {"x264": "cqm=jvt"},
}
SPS, PPS = 7, 8


@pytest.fixture
def clip(tmp_path):
    return shoot(Take(1, frames=12, every=6), tmp_path / "clip.mp4")


def header(path):
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.extradata


def samples(path):
    with av.open(str(path)) as container:
        return [bytes(each) for each in container.demux(video=0) if each.size]


def copied(source, target, *, change=lambda number, data: data, record=None, late=0):
    """Copy a clip's picture, its samples and its header changed, each shown so much earlier."""
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        stream = before.streams.video[0]
        track = after.add_stream_from_template(stream)
        track.codec_context.extradata = record or stream.codec_context.extradata
        for number, packet in enumerate(each for each in before.demux(stream) if each.size):
            data = change(number, bytes(packet))
            if data is None:
                continue
            new = av.Packet(data)
            new.pts, new.dts, new.time_base = packet.pts - late, packet.dts - late, packet.time_base
            new.is_keyframe, new.stream = packet.is_keyframe, track
            after.mux(new)
    return str(target)


def prefixed(unit):
    return len(unit).to_bytes(4) + unit


def kinds(sample):
    """Return the kinds of a sample's NAL units, read without the code under test."""
    found, place = [], 0
    while place < len(sample):
        found.append(sample[place + 4] & 0x1F)
        place += 4 + int.from_bytes(sample[place : place + 4])
    return found


@pytest.mark.parametrize("how", PROFILES.values(), ids=PROFILES)
def test_a_providers_clip_is_spliceable(tmp_path, how):
    """Its header, put together again from its parameter sets, is the same to the byte."""
    path = shoot(Take(1, frames=3, **how), tmp_path / "clip.mp4")
    sets = spliceable(path)
    assert sets.number == 0
    assert avcc([sets]) == header(path)


def test_our_own_clips_are_known_by_their_number(tmp_path):
    """So that they stand beside a provider's in one track."""
    path = str(tmp_path / "clip.mp4")
    with ClipWriter(path, width=320, height=180, fps=Fraction(24), parameter_sets=1) as writer:
        for each in push_in(2):
            writer.write_rgb(each)
    assert spliceable(path).number == 1


def test_a_track_lists_the_sets_of_several_clips(tmp_path, clip):
    """Of each once; its level is the highest, and it claims no more than all of them keep."""
    large = shoot(Take(2, frames=2, size=(640, 360), x264="sps-id=1"), tmp_path / "large.mp4")
    small = shoot(Take(3, frames=2, preset="ultrafast"), tmp_path / "small.mp4")
    first, second, third = map(spliceable, (clip, large, small))
    record = avcc([first, second, first])
    assert record == avcc([first, second])
    assert header(clip)[3] < header(large)[3] == record[3]
    assert (record[5] & 0x1F, record.count(first.sps), record.count(second.pps)) == (2, 1, 1)
    mixed = avcc([third, second])
    assert (mixed[1], mixed[2]) == (100, header(small)[2] & header(large)[2])
    with pytest.raises(ValueError, match="one number"):
        avcc([first, third])


def test_a_decoder_reads_each_picture_by_its_own_sets(tmp_path, clip):
    """The clip plays with another's sets beside its own, and does not with the other's alone."""
    other = shoot(Take(2, frames=2, size=(640, 360), x264="sps-id=1"), tmp_path / "other.mp4")
    sets = [spliceable(clip), spliceable(other)]
    both = copied(clip, tmp_path / "both.mp4", record=avcc(sets))
    wrong = copied(clip, tmp_path / "wrong.mp4", record=avcc(sets[1:]))
    assert decode_errors(both) == ""
    assert decode_errors(wrong) != ""


def test_samples_are_stripped_of_what_the_header_says(tmp_path, clip):
    """The encoder's note goes too, and every picture still decodes."""
    first, second, *_ = samples(clip)
    assert 6 in kinds(first)
    assert kinds(strip(first)) == [5]
    assert strip(second) is second
    bare = copied(clip, tmp_path / "bare.mp4", change=lambda _number, data: strip(data))
    assert decode_errors(bare) == ""
    assert len(samples(bare)) == 12


def test_sets_within_samples_go_as_well(tmp_path):
    """Where they are the header's own, the clip is spliceable with or without them."""
    path = shoot(Take(1, frames=12, every=6, x264="repeat-headers=1"), tmp_path / "clip.mp4")
    with_sets = [data for data in samples(path) if {SPS, PPS} <= set(kinds(data))]
    assert len(with_sets) == 2
    assert spliceable(path)
    assert not any({SPS, PPS} & set(kinds(strip(data))) for data in with_sets)


def test_where_a_decoder_can_begin(clip):
    """At each IDR picture and nowhere else."""
    assert [number for number, data in enumerate(samples(clip)) if is_idr(data)] == [0, 6]


@pytest.mark.parametrize("x264", ["tff=1", "sps-id=2", "slices=1:sps-id=31"])
def test_streams_that_are_not_copied(tmp_path, x264):
    """Interlaced ones, and those whose number is neither a provider's nor ours."""
    take = Take(1, frames=3, size=(160, 96), x264=x264)
    assert spliceable(shoot(take, tmp_path / "clip.mp4")) is None


def test_another_codec_is_not_copied(tmp_path):
    """However well a player knows it."""
    with av.open(str(tmp_path / "clip.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(160, 90, "yuv420p")))
        container.mux(stream.encode(None))
    assert spliceable(str(tmp_path / "clip.mp4")) is None


def in_sample(kind, number):
    """Put a parameter set that is not the header's into the sample of that number."""
    return lambda place, data: (
        prefixed(bytes([0x60 | kind, 1, 2, 3])) + data * (place >= 0) if (place == number) else data
    )


CHANGES = {
    "another SPS in the first sample": in_sample(SPS, 0),
    "another PPS later": in_sample(PPS, 7),
    "no IDR picture at first": lambda number, data: data if number else None,
    "bytes that are no NAL unit": lambda number, data: data + b"\0" * (number == 3),
    "a NAL unit longer than its sample": lambda number, data: data[: -1 if number == 3 else None],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_samples_that_need_more_than_the_header_says(tmp_path, clip, change):
    """Such a clip is not copied; copied unchanged it would be."""
    assert spliceable(copied(clip, tmp_path / "same.mp4"))
    assert spliceable(copied(clip, tmp_path / "other.mp4", change=change)) is None


def test_a_clip_of_which_an_edit_list_leaves_something_out(tmp_path, clip):
    """Copied, its hidden frames would be seen."""
    with av.open(clip) as container:
        tick = container.streams.video[0].time_base
    hidden = copied(clip, tmp_path / "hidden.mp4", late=round(Fraction(4, 24) / tick))
    assert b"elst" in (tmp_path / "hidden.mp4").read_bytes()
    assert spliceable(hidden) is None


def lists_of(path, *, sps=1, pps=1, lengths=3):
    """Return a header with a clip's sets so many times, and lengths of so many bytes less one."""
    sets, record = spliceable(path), header(path)
    units = [(len(each).to_bytes(2) + each) for each in (sets.sps, sets.pps)]
    start = record[:4] + bytes([0xFC | lengths, 0xE0 | sps])
    return start + units[0] * sps + bytes([pps]) + units[1] * pps


@pytest.mark.parametrize(
    "record",
    [
        lambda path: lists_of(path, sps=2),
        lambda path: lists_of(path, pps=2),
        lambda path: lists_of(path, lengths=1),
        lambda path: header(path)[:20],
    ],
    ids=["two SPS", "two PPS", "short lengths", "cut off"],
)
def test_headers_that_say_something_else(tmp_path, clip, record):
    """No such clip is copied, and none is an error."""
    assert spliceable(copied(clip, tmp_path / "a.mp4", record=lists_of(clip)))
    assert spliceable(copied(clip, tmp_path / "b.mp4", record=record(clip))) is None


@pytest.mark.parametrize("data", [b"", b"<html>"])
def test_what_is_no_clip_is_damaged(tmp_path, data):
    """It is an error here as everywhere."""
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(DamagedClip):
        spliceable(str(tmp_path / "a.mp4"))


# What providers' encoders leave out and other people's do not -----------------------------------


def ue(number):
    digits = f"{number + 1:b}"
    return "0" * (len(digits) - 1) + digits


def se(number):
    return ue(2 * number - 1 if number > 0 else -2 * number)


def unit(header_bytes, bits):
    """Return a NAL unit of these bits, ended and kept from looking like a start code."""
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    data = b"".join(int(bits[place : place + 8], 2).to_bytes() for place in range(0, len(bits), 8))
    kept = b""
    for byte in data:
        if kept.endswith(b"\0\0") and byte <= 3:
            kept += b"\3"
        kept += bytes([byte])
    return bytes(header_bytes) + kept


def an_sps(*, number=0, chroma=1, lists="0", order=None, progressive="1"):
    extra = "0" if chroma == 3 else ""
    told = ue(number) + ue(chroma) + extra + ue(2) + ue(1) + "0" + lists
    told += ue(4) + (order or ue(0) + ue(4)) + ue(3) + "0" + ue(79) + ue(44) + progressive
    return unit([0x67, 100, 0, 31], told)


ORDERS = {"in steps": ue(1) + "0" + se(-3) + se(2) + ue(2) + se(1) + se(-70_000), "as coded": ue(2)}
MATRICES = {
    "none given": ("1" + "0" * 8, 1),
    "one that ends at once": ("1" + "1" + se(-8) + "0" * 7, 1),
    "one of each size": (
        "1" + "1" + se(1) * 16 + "0" * 5 + "1" + se(-1) * 7 + se(-1) * 57 + "0",
        1,
    ),
    "twelve": ("1" + "0" * 12, 3),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_an_sps_that_counts_its_pictures_otherwise(order):
    """What comes after is found where it is."""
    sps = an_sps(order=order)
    assert avcc([ParameterSets(sps, b"\x68")])[-4:] == bytes([0xFD, 0xFA, 0xF9, 0])


@pytest.mark.parametrize(("lists", "chroma"), MATRICES.values(), ids=MATRICES)
def test_an_sps_with_matrices(lists, chroma):
    """They are passed over, and chroma and depth are told of in the track's header."""
    sps = an_sps(lists=lists, chroma=chroma)
    record = avcc([ParameterSets(sps, b"\x68")])
    assert record[-4:] == bytes([0xFC | chroma, 0xFA, 0xF9, 0])


@given(st.lists(st.one_of(st.integers(0, 2**20), st.integers(-(2**20), -1))))
def test_codes_are_read_as_they_are_written(numbers):
    """Whatever bytes that makes, those too that had to be kept from looking like a start code."""
    written = unit([0x67], "".join(se(each) + ue(abs(each)) for each in numbers))
    bits = BitReader(written[1:])
    assert [(bits.signed(), bits.unsigned()) for _ in numbers] == [
        (each, abs(each)) for each in numbers
    ]


def test_a_code_that_never_ends():
    """Zeros to the end are an error and no endless loop."""
    with pytest.raises(IndexError):
        BitReader(bytes(4)).unsigned()


def test_every_film_clip_is_spliceable(tmp_path):
    """What the one writer of clips makes can be copied."""
    assert spliceable(film(tmp_path / "a.mp4", push_in(3)))
