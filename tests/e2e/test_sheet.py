"""The contact sheet shows every shot, whatever its still is like, on a page that fits it."""

import numpy as np
import pytest
from PIL import Image

from storyboard.adapters.media.sheet import SheetPanel, draw_sheet
from storyboard.model.errors import EnvironmentFault

RED, GREEN = (200, 30, 40), (30, 160, 60)


def panel(shot, still=None, scene="INT. PARLOUR - NIGHT", **more):
    return SheetPanel(scene=scene, shot=shot, duration="4s", still=still, **more)


@pytest.fixture
def still(tmp_path):
    """Save a flat picture and return its path."""

    def save(colour, size=(160, 90)):
        path = tmp_path / f"{colour[0]}-{size[0]}x{size[1]}.png"
        Image.new("RGB", size, colour).save(path)
        return str(path)

    return save


@pytest.fixture
def sheet(tmp_path):
    """Draw a sheet and return its pixels."""

    def draw(panels, title="The Yarn", **more):
        path = tmp_path / "sheet.png"
        draw_sheet(title, panels, str(path), **more)
        with Image.open(path) as image:
            assert image.format == "PNG"
            return np.asarray(image.convert("RGB")).astype(int)

    return draw


def box(pixels, colour):
    """Return the width and height of the patch of one colour, and its left and top."""
    rows, columns = np.nonzero((np.abs(pixels - colour) < 6).all(-1))
    assert len(rows), "the colour is nowhere on the sheet"
    width, height = int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
    return width, height, int(columns.min()), int(rows.min())


def test_stills_stand_side_by_side_in_order(sheet, still):
    """Two shots of a scene share a row, the first to the left."""
    pixels = sheet([panel("one", still(RED)), panel("two", still(GREEN))])
    (_, _, red_left, red_top), (_, _, green_left, green_top) = (
        box(pixels, colour) for colour in (RED, GREEN)
    )
    assert red_left < green_left
    assert red_top == green_top


def test_a_new_scene_starts_a_new_row(sheet, still):
    """A scene's heading stands over its first shot, at the left."""
    pixels = sheet([panel("one", still(RED)), panel("two", still(GREEN), scene="EXT. GARDEN")])
    (_, red_height, red_left, red_top), (_, _, green_left, green_top) = (
        box(pixels, colour) for colour in (RED, GREEN)
    )
    assert red_left == green_left
    assert green_top > red_top + red_height


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (120, 120), (210, 90)])
def test_a_still_keeps_its_shape(sheet, still, size):
    """Landscape, portrait or square, the still is whole and not stretched."""
    width, height, *_ = box(sheet([panel("one", still(RED, size))]), RED)
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)
    assert width >= 240


def test_a_still_of_another_shape_lies_on_a_mat(sheet, still):
    """The panel has the film's shape; a portrait still in a wide film is not cropped."""
    pixels = sheet([panel("one", still(RED, (90, 160)))], aspect=16 / 9)
    width, height, left, top = box(pixels, RED)
    assert width / height == pytest.approx(90 / 160, rel=0.02)
    assert pixels[top + height // 2, left - 10].max() < 40


@pytest.mark.parametrize("broken", ["missing.png", "text.png", "."])
def test_a_still_that_cannot_be_read_leaves_a_blank_panel(sheet, still, tmp_path, broken):
    """One bad still does not keep the sheet from being drawn."""
    (tmp_path / "text.png").write_text("not a picture")
    pixels = sheet([panel("one", str(tmp_path / broken)), panel("two", still(GREEN))])
    assert box(pixels, GREEN)[0] > 100


def test_no_still_and_no_shots_are_pages_too(sheet):
    """A film that has only words, or nothing yet, still has a sheet."""
    assert sheet([panel("one", caption=("wide", "Nothing yet."))]).shape[0] > 300
    assert sheet([]).shape[0] > 100


@pytest.mark.parametrize("field", ["caption", "foot_right", "duration", "subtitle"])
def test_every_word_is_drawn(sheet, field):
    """What is given to be written changes the page."""
    plain = {"caption": ("wide",), "foot_right": "$0.40", "foot_left": "sora-2", "duration": "4s"}
    other = {"caption": ("close",), "foot_right": "$0.80", "duration": "8s"}
    one, two = dict(plain), {**plain, **({field: other[field]} if field in other else {})}
    before = sheet([SheetPanel("S", "shot", **one)], subtitle="0:04")
    after = sheet(
        [SheetPanel("S", "shot", **two)], subtitle="0:08" if field == "subtitle" else "0:04"
    )
    assert before.shape == after.shape
    assert (before != after).any()


def test_long_words_stay_inside_the_page(sheet):
    """A name, a caption or a title that is too long ends in an ellipsis and not in the margin."""
    endless = "Antidisestablishmentarianism" * 12
    pixels = sheet(
        [panel(endless, caption=(endless, endless), foot_left=endless, foot_right="$1.00")],
        title=endless,
    )
    paper = pixels[2, 2]
    assert (np.abs(pixels[:, :60] - paper) < 8).all()
    assert (np.abs(pixels[:, -60:] - paper) < 8).all()


def test_many_shots_get_smaller_panels(sheet):
    """A hundred and twenty shots are one page that a viewer can open."""
    pixels = sheet([panel(str(place)) for place in range(120)])
    assert max(pixels.shape[:2]) < 20_000


def test_the_same_sheet_is_the_same_file(tmp_path, still):
    """Drawing twice gives the same bytes, and nothing is left beside them."""
    for name in ("one.png", "two.png"):
        draw_sheet("The Yarn", [panel("one", still(RED))], str(tmp_path / "out" / name))
    one, two = sorted((tmp_path / "out").iterdir())
    assert one.read_bytes() == two.read_bytes()


def test_a_folder_that_cannot_be_written_is_an_environment_fault(tmp_path, still):
    """A path through a file is refused in a sentence."""
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        draw_sheet("The Yarn", [], still(RED) + "/sheet.png")
