"""Stills: what is said of a good one, and that nothing else is ever taken for one."""

import hashlib
import io
import os
import socket
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyboard.adapters.pictures import look_at
from storyboard.model.diagnostic import Code
from storyboard.model.source import Span

SPAN = Span("film.yaml", 3, 9)


def picture(kind, size=(40, 20), mode="RGB", **options):
    """Draw a gradient, so that the data is no single run."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def look(tmp_path, data, name="a.png"):
    path = tmp_path / name
    path.write_bytes(data)
    return look_at(path, f"stills/{name}", SPAN)


def reason(outcome):
    """Return why a still was refused; it has no value then, and its place is who asked for it."""
    (finding,) = outcome.diagnostics
    assert outcome.value is None
    assert (finding.code, finding.span) == (Code.IMAGE_UNREADABLE, SPAN)
    assert finding.message.startswith("cannot use stills/")
    return finding.message.partition("as a still: ")[2]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_good_still(tmp_path, kind):
    """Format, size, weight and the hash of its bytes, under the name it is known by."""
    data = picture(kind)
    still = look(tmp_path, data).value
    assert (still.path, still.format, still.size) == ("stills/a.png", kind.lower(), "40x20")
    assert (still.bytes, still.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "CMYK", "LA"])
def test_every_kind_of_pixel(tmp_path, mode):
    """Grey, palette, transparent, deep and print pictures are stills too."""
    kind = "TIFF" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (40, 20))
    file = io.BytesIO()
    image.save(file, kind)
    assert look(tmp_path, file.getvalue()).value.size == "40x20"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_measured_as_it_is_seen(tmp_path, kind, orientation):
    """A camera held upright stores the picture lying down; its size is that of the upright one."""
    still = look(tmp_path, picture(kind, exif=turned(orientation))).value
    assert still.size == ("20x40" if orientation >= 5 else "40x20")


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none(tmp_path, value):
    """A number without a meaning turns nothing."""
    assert look(tmp_path, picture("JPEG", exif=turned(value))).value.size == "40x20"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_cut_anywhere_is_damaged(tmp_path, kind):
    """No length but the whole one will do, wherever a copy broke off."""
    data = picture(kind, (8, 8))
    tail = {"PNG": 4, "JPEG": 2}.get(kind, 0)  # the checksum of the end mark; the end mark
    for size in range(len(data) - tail):
        assert reason(look(tmp_path, data[:size]))


def test_a_flipped_bit_in_a_png_is_seen(tmp_path):
    """Its checksums find it, in the header as in the pixels."""
    data = picture("PNG", (8, 8))
    start = data.index(b"IHDR")
    for place in range(start, len(data) - 12):
        broken = bytearray(data)
        broken[place] ^= 1
        assert look(tmp_path, bytes(broken)).value is None


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\0" * 1000],
    ids=["nothing", "text", "svg", "pdf", "zeros"],
)
def test_what_is_no_picture(tmp_path, data):
    """The formats that would do are named."""
    assert "none of PNG, JPEG" in reason(look(tmp_path, data))


def test_a_format_that_is_not_taken(tmp_path):
    """Only the formats named are opened, whatever else the library could read."""
    assert "none of" in reason(look(tmp_path, picture("PPM")))


def chunk(name, data):
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def huge_png(width, height):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 20_000, 200_000, 2**31 - 1])
def test_a_picture_of_too_many_pixels(tmp_path, side):
    """A small file that would unpack into gigabytes is refused by its header."""
    assert "too many pixels" in reason(look(tmp_path, huge_png(side, side)))


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (0, 0)])
def test_a_picture_of_no_pixels(tmp_path, width, height):
    """A header that promises nothing is no picture, in any format."""
    gif = b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"
    assert reason(look(tmp_path, huge_png(width, height)))
    assert reason(look(tmp_path, gif))


def test_a_file_too_heavy_is_not_read(tmp_path):
    """A gigabyte of nothing is refused by its size; the file is sparse, and so is the patience."""
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert "64 MB" in reason(look_at(path, "stills/a.png", SPAN))


def test_a_folder_a_pipe_and_a_socket(tmp_path):
    """What is no file is refused before it is opened: a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(str(tmp_path / "s.png"))
        for name in ("pipe.png", "folder.png", "s.png"):
            assert reason(look_at(tmp_path / name, f"stills/{name}", SPAN)) == "it is not a file"
    assert reason(look_at(tmp_path.__class__(os.devnull), "stills/x", SPAN)) == "it is not a file"


def test_a_file_that_is_not_there(tmp_path):
    """The world's own reason is given, in small letters."""
    missing = look_at(tmp_path / "a.png", "stills/a.png", SPAN)
    assert reason(missing) == "no such file or directory"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert reason(look_at(tmp_path / "loop", "stills/loop", SPAN))


def test_a_link_to_a_picture(tmp_path):
    """A link is as good as what it leads to."""
    (tmp_path / "real.png").write_bytes(picture("PNG"))
    (tmp_path / "a.png").symlink_to(tmp_path / "real.png")
    assert look_at(tmp_path / "a.png", "stills/a.png", SPAN).value.size == "40x20"


@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), max_size=6),
    st.booleans(),
)
def test_no_bytes_break_the_look(tmp_path_factory, kind, changes, with_exif):
    """However a file is damaged, there is a still or a finding, and no exception or warning."""
    options = {"exif": turned(6)} if with_exif and kind not in ("GIF", "BMP") else {}
    data = bytearray(picture(kind, (8, 8), **options))
    for place, written in changes:
        at = place % len(data)
        data[at : at + len(written)] = written
    outcome = look(tmp_path_factory.getbasetemp(), bytes(data), "fuzzed")
    assert (outcome.value is None) == bool(outcome.diagnostics)
    assert outcome.value is None or min(outcome.value.width, outcome.value.height) > 0
