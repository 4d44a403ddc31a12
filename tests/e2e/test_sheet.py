"""The contact sheet shows every shot, whatever its still or clip is like, on a page that fits."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fakes.footage import film
from fakes.sheets import sheet_of, sheet_shot
from storyboard.adapters.media.sheet.png import draw_png
from storyboard.adapters.media.sheet.strips import PngStrips
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.sheet import Spoken, Standing

RED, GREEN, BLUE = (200, 30, 40), (30, 160, 60), (40, 60, 190)


@pytest.fixture
def still(tmp_path):
    """Save a flat picture and return its path."""

    def save(colour, size=(160, 90)):
        path = tmp_path / f"{colour[0]}-{size[0]}x{size[1]}.png"
        Image.new("RGB", size, colour).save(path)
        return str(path)

    return save


@pytest.fixture
def clip(tmp_path):
    """Make a clip that begins green and ends blue."""
    begins, ends = (np.full((90, 160, 3), colour, np.uint8) for colour in (GREEN, BLUE))
    return film(tmp_path / "clip.mp4", [begins, begins, ends], crf=1)


@pytest.fixture
def drawn(tmp_path):
    """Draw a sheet and return its pixels."""

    def draw(sheet, columns=None):
        path = tmp_path / "sheet.png"
        draw_png(sheet, path, columns)
        with Image.open(path) as image:
            assert image.format == "PNG"
            return np.asarray(image.convert("RGB")).astype(int)

    return draw


def box(pixels, colour, near=6):
    """Return the width and height of the patch of one colour, and its left and top."""
    rows, columns = np.nonzero((np.abs(pixels - colour) < near).all(-1))
    assert len(rows), "the colour is nowhere on the sheet"
    width, height = int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
    return width, height, int(columns.min()), int(rows.min())


def test_stills_stand_side_by_side_in_order(drawn, still):
    """Two shots of a scene share a row, the first to the left."""
    pixels = drawn(sheet_of(sheet_shot("one", still(RED)), sheet_shot("two", still(GREEN))))
    (_, _, red_left, red_top), (_, _, green_left, green_top) = (
        box(pixels, colour) for colour in (RED, GREEN)
    )
    assert red_left < green_left
    assert red_top == green_top


def test_a_new_scene_starts_a_new_row(drawn, still):
    """A scene's heading stands over its first shot, at the left."""
    scenes = ("INT. A", sheet_shot("one", still(RED))), ("EXT. B", sheet_shot("two", still(GREEN)))
    pixels = drawn(sheet_of(*scenes))
    (_, red_height, red_left, red_top), (_, _, green_left, green_top) = (
        box(pixels, colour) for colour in (RED, GREEN)
    )
    assert red_left == green_left
    assert green_top > red_top + red_height


def test_columns_are_as_many_as_are_asked_for(drawn, still):
    """A fuller row makes the sheet wider and lower; one column stands them under one another."""
    sheet = sheet_of(*(sheet_shot(name) for name in "abcd"))
    (low, wide, _), (high, narrow, _) = drawn(sheet, 4).shape, drawn(sheet, 1).shape
    assert low < high
    assert narrow < wide


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (120, 120), (210, 90)])
def test_a_still_keeps_its_shape(drawn, still, size):
    """Landscape, portrait or square, the still is whole and not stretched."""
    sheet = sheet_of(sheet_shot("one", still(RED, size)), aspect=size[0] / size[1])
    width, height, *_ = box(drawn(sheet), RED)
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)
    assert width >= 240


def test_a_still_of_another_shape_lies_on_a_mat(drawn, still):
    """The panel has the film's shape; a portrait still in a wide film is not cropped."""
    pixels = drawn(sheet_of(sheet_shot("one", still(RED, (90, 160)))))
    width, height, left, top = box(pixels, RED)
    assert width / height == pytest.approx(90 / 160, rel=0.02)
    assert pixels[top + height // 2, left - 10].max() < 40


def test_an_owned_clip_shows_its_first_and_last_frame(drawn, still, clip):
    """Beside the still, the first over the last, together as high as it is."""
    sheet = sheet_of(sheet_shot("one", still(RED), clip=clip, standing=Standing.OWNED))
    pixels = drawn(sheet)
    red, first, last = (box(pixels, colour, 14) for colour in (RED, GREEN, BLUE))
    assert first[2] == last[2] > red[2] + red[0]
    assert first[3] == red[3]
    assert last[3] > first[3] + first[1]
    assert last[3] + last[1] == pytest.approx(red[3] + red[1], abs=2)


@pytest.mark.parametrize("broken", ["missing.png", "text.png", "."])
def test_a_file_that_cannot_be_read_leaves_a_blank(drawn, still, tmp_path, broken):
    """One bad still, or one bad clip, does not keep the sheet from being drawn."""
    (tmp_path / "text.png").write_text("not a picture")
    bad = str(tmp_path / broken)
    sheet = sheet_of(sheet_shot("one", bad, clip=bad), sheet_shot("two", still(GREEN)))
    assert box(drawn(sheet), GREEN)[0] > 100


def test_no_still_and_no_shots_are_pages_too(drawn):
    """A film that has only words, or nothing yet, still has a sheet."""
    assert drawn(sheet_of(sheet_shot("one", action="Nothing yet."))).shape[0] > 300
    assert drawn(sheet_of()).shape[0] > 100


@pytest.mark.parametrize(
    "change",
    [
        {"action": "It rises."},
        {"dialogue": (Spoken("Hello.", "Ann"),)},
        {"camera": ("close",)},
        {"length": Millis(5000)},
        {"price": MicroUsd(500_000)},
        {"standing": Standing.BLOCKED},
        {"take": 3},
        {"maker": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_word_is_drawn(drawn, change):
    """What is known of a shot changes the page, and nothing but that."""
    words = {"action": "It falls.", "dialogue": (Spoken("Bye."),), "camera": ("wide",), "take": 2}
    shot = sheet_shot("one", **words)
    before, after = drawn(sheet_of(shot)), drawn(sheet_of(replace(shot, **change)))
    assert before.shape == after.shape
    assert (before != after).any()


def test_no_mark_turns_the_words_around(drawn):
    """A text that overrides the reading order is drawn as it would be without."""
    turned, plain = (
        drawn(sheet_of(sheet_shot("one", dialogue=(Spoken("Bye now.", name),))))
        for name in ("M\u202eia", "Mia")
    )
    assert (turned == plain).all()


def test_long_words_stay_inside_the_page(drawn):
    """A name, a caption or a title that is too long ends in an ellipsis and not in the margin."""
    endless = "Antidisestablishmentarianism" * 12
    shot = sheet_shot(endless, action=endless, camera=(endless,), maker=endless)
    pixels = drawn(sheet_of((endless, shot), title=endless))
    paper = pixels[2, 2]
    assert (np.abs(pixels[:, :60] - paper) < 8).all()
    assert (np.abs(pixels[:, -60:] - paper) < 8).all()


def test_many_shots_get_smaller_panels(drawn):
    """A hundred and twenty shots are one page that a viewer can open."""
    pixels = drawn(sheet_of(*(sheet_shot(str(place)) for place in range(120))))
    assert max(pixels.shape[:2]) < 20_000


def test_the_same_sheet_is_the_same_file(tmp_path, still):
    """Drawing twice gives the same bytes, and nothing is left beside them."""
    for name in ("one.png", "two.png"):
        draw_png(sheet_of(sheet_shot("one", still(RED))), tmp_path / "out" / name)
    one, two = sorted((tmp_path / "out").iterdir())
    assert one.read_bytes() == two.read_bytes()


def test_a_folder_that_cannot_be_written_is_an_environment_fault(tmp_path, still):
    """A path through a file is refused in a sentence."""
    with pytest.raises(EnvironmentFault, match="could not write"):
        draw_png(sheet_of(), tmp_path / still(RED) / "sheet.png")


def test_a_full_disk_leaves_the_sheet_that_was_there(tmp_path, still, monkeypatch):
    """What cannot be written whole takes the place of nothing."""
    path = tmp_path / "sheet.png"
    path.write_bytes(b"the sheet of yesterday")

    def full(self, strip):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PngStrips, "add", full)
    with pytest.raises(EnvironmentFault, match="no space left on device"):
        draw_png(sheet_of(), path)
    assert [each.name for each in tmp_path.iterdir()] == ["sheet.png"]
    assert path.read_bytes() == b"the sheet of yesterday"


def test_a_picture_is_written_as_its_strips_come(tmp_path):
    """A strip's bytes are in the file before the next one is drawn; read back they are the same."""
    random = np.random.default_rng(3)
    strips = [random.integers(0, 256, (64, 300, 3), dtype=np.uint8) for _ in range(8)]
    file = io.BytesIO()
    sizes = []
    with PngStrips(file, (300, 8 * 64)) as picture:
        for strip in strips:
            picture.add(Image.fromarray(strip))
            sizes.append(file.tell())
    assert sizes == sorted(set(sizes))
    with Image.open(file) as image:
        assert (np.asarray(image) == np.concatenate(strips)).all()


def test_a_picture_that_is_not_complete_is_no_picture():
    """Rows that are missing are told, and not left to whoever opens the file."""
    with pytest.raises(ValueError, match="10 rows"), PngStrips(io.BytesIO(), (20, 20)) as picture:
        picture.add(Image.new("RGB", (20, 10)))
