"""The printed sheet: pages of a real size, words that can be searched, no row cut in two."""

import io

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from fakes.footage import film
from fakes.sheets import sheet_of, sheet_shot
from storyboard.adapters.media.sheet.marks import Block
from storyboard.adapters.media.sheet.pages import paginate
from storyboard.adapters.media.sheet.pdf import Paper, draw_pdf
from storyboard.model.errors import EnvironmentFault
from storyboard.model.money import MicroUsd
from storyboard.model.sheet import Spoken, Standing

POINT = 72 / 25.4


@pytest.fixture
def printed(tmp_path):
    """Draw a sheet and read it back."""

    def draw(sheet, **more):
        path = tmp_path / "sheet.pdf"
        draw_pdf(sheet, path, **more)
        return PdfReader(io.BytesIO(path.read_bytes()))

    return draw


@pytest.fixture
def still(tmp_path):
    path = tmp_path / "still.png"
    Image.new("RGB", (1600, 900), "firebrick").save(path)
    return str(path)


def words_of(reader):
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_every_word_can_be_searched(printed):
    """Title, headings, names, words and prices are text, in any script that a font is there for."""
    shot = sheet_shot(
        "pounce",
        action="Mia pounces on the yarn: façade, Ωμέγα, Привет.",
        dialogue=(Spoken("Mrow! Mrow!", "Mia", ("O.S.",)),),
        camera=("close-up", "pushes in"),
        take=2,
        standing=Standing.OWNED,
        price=MicroUsd(0),
        paid=MicroUsd(800_000),
    )
    told = words_of(printed(sheet_of(("INT. PARLOUR - NIGHT", shot))))
    for words in (
        "The Yarn",
        "INT. PARLOUR - NIGHT",
        "pounce",
        "Mia pounces on the yarn: façade, Ωμέγα, Привет.",
        "Mia (O.S.): “Mrow! Mrow!”",
        "close-up, pushes in",
        "owned · take 2 · sora-2 · 4s",
        "$0.80 paid",
    ):
        assert words in told


def test_what_is_never_seen_is_not_looked_for_in_the_face(printed, caplog):
    """Marks of the reading order are left out where it has none; the letters around them stay."""
    shot = sheet_shot("a", action="left \u202eright\u202c and a variant\ufe0f")
    told = words_of(printed(sheet_of(("INT. \u202eHALL", shot))))
    assert "left right and a variant" in told
    assert not caplog.records


@pytest.mark.parametrize(
    ("paper", "size"), [(Paper.A4, (297.0, 210.0)), (Paper.LETTER, (279.4, 215.9))]
)
def test_pages_are_real_ones_lying_on_their_side(printed, paper, size):
    """A4 or letter, landscape, every one of them."""
    reader = printed(sheet_of(*(sheet_shot(str(each)) for each in range(30))), paper=paper)
    for page in reader.pages:
        assert float(page.mediabox.width) == pytest.approx(size[0] * POINT, abs=0.5)
        assert float(page.mediabox.height) == pytest.approx(size[1] * POINT, abs=0.5)


def test_every_page_names_the_film_and_its_number(printed):
    """A page that fell out of the pile can be put back."""
    reader = printed(sheet_of(*(sheet_shot(f"s{each}") for each in range(30))))
    count = len(reader.pages)
    assert count > 2
    for number, page in enumerate(reader.pages, 1):
        lines = page.extract_text()
        assert "The Yarn" in lines
        assert f"{number} / {count}" in lines


def test_every_shot_is_on_a_page_once(printed):
    """None is lost between two pages."""
    names = [f"shot-{each:03}" for each in range(40)]
    told = words_of(printed(sheet_of(*map(sheet_shot, names)))).split()
    assert [each for each in told if each in names] == names


def test_scenes_are_listed_in_the_margin_of_a_reader(printed):
    """The outline has a scene's heading for each scene, short ones on one row too."""
    reader = printed(sheet_of(("INT. A", sheet_shot("a")), ("EXT. B", sheet_shot("b"))))
    assert [each.title for each in reader.outline] == ["INT. A", "EXT. B"]
    assert len(reader.pages) == 1


def test_pictures_are_printed_no_larger_than_they_can_be_seen(printed, still, tmp_path):
    """A still and both ends of a clip, scaled down to the resolution of a printer."""
    ground = np.full((90, 160, 3), 90, np.uint8)
    clip = film(tmp_path / "a.mp4", [ground, ground // 2])
    reader = printed(sheet_of(sheet_shot("a", still, clip=clip)))
    sizes = [each.image.size for each in reader.pages[0].images]
    assert len(sizes) == 3
    assert all(max(size) < 800 for size in sizes)
    assert sorted(size[0] / size[1] for size in sizes) == pytest.approx([16 / 9] * 3, rel=0.05)


def test_a_picture_that_cannot_be_read_leaves_a_blank(printed, tmp_path):
    """Damaged files are told on the page, which is drawn all the same."""
    bad = tmp_path / "bad"
    bad.write_text("no picture")
    told = words_of(printed(sheet_of(sheet_shot("a", str(bad), clip=str(bad)))))
    assert "no still" in told
    assert "first" in told


def test_a_still_of_another_shape_is_printed_whole(printed, tmp_path):
    """Neither cropped nor stretched."""
    path = tmp_path / "tall.png"
    Image.new("RGB", (90, 160), "firebrick").save(path)
    (picture,) = printed(sheet_of(sheet_shot("a", str(path)))).pages[0].images
    assert picture.image.width / picture.image.height == pytest.approx(90 / 160, rel=0.02)


def test_a_row_taller_than_a_page_is_made_smaller(printed):
    """A shot of many lines is printed whole, each line of it."""
    lines = tuple(Spoken(f"Line number {each}.", "Mia") for each in range(120))
    reader = printed(sheet_of(sheet_shot("a", dialogue=lines)))
    told = words_of(reader)
    assert all(line.text in told for line in lines)
    bottoms = []
    for page in reader.pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_: bottoms.append(tm[5]) if text.strip() else None
        )
    assert min(bottoms) > 0


@pytest.mark.parametrize("columns", [1, 8])
def test_columns_are_as_many_as_are_asked_for(printed, still, columns):
    """From one large panel to eight small ones in a row, all inside the page."""
    reader = printed(
        sheet_of(*(sheet_shot(f"s{each}", still) for each in range(8))), columns=columns
    )
    assert (len(reader.pages) == 1) == (columns == 8)


def test_portrait_films_have_more_in_a_row(printed):
    """Three tall stills of three scenes share a page."""
    scenes = ((f"SCENE {each}", sheet_shot(f"s{each}")) for each in range(3))
    assert len(printed(sheet_of(*scenes, aspect=9 / 16)).pages) == 1


def test_the_face_is_in_the_file(printed):
    """Only its letters that are used, so that it looks the same everywhere and stays small."""
    page = printed(sheet_of(sheet_shot("a"))).pages[0]
    fonts = [each.get_object() for each in page["/Resources"]["/Font"].values()]
    names = {str(font["/BaseFont"]) for font in fonts}
    assert any("SourceSansPro" in name for name in names)
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert len(described["/FontFile2"].get_data()) < 60_000


def test_the_same_sheet_is_the_same_file(tmp_path, still):
    """No clock is in it: what has not changed need not be printed or sent again."""
    sheet = sheet_of(sheet_shot("a", still))
    for name in ("one.pdf", "two.pdf"):
        draw_pdf(sheet, tmp_path / "out" / name)
    one, two = sorted((tmp_path / "out").iterdir())
    assert one.read_bytes() == two.read_bytes()
    assert PdfReader(one).metadata.title == "The Yarn"


def test_a_folder_that_cannot_be_written_is_an_environment_fault(tmp_path, still):
    """A path through a file is refused in a sentence."""
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        draw_pdf(sheet_of(), tmp_path / still / "sheet.pdf")


def block(height, *headings):
    return Block(height, (), 10, headings)


def laid(blocks, height):
    pages = paginate(blocks, height)
    return [[(top, each.height) for top, each in page.blocks] for page in pages]


def test_blocks_fill_a_page_before_the_next_begins():
    """With the gaps between them, and none after the last."""
    assert laid([block(20), block(40), block(40), block(40)], 120) == [
        [(0, 20), (30, 40), (80, 40)],
        [(0, 40)],
    ]


def test_a_heading_stays_with_its_first_row():
    """It moves to the next page with it, and is never the last thing on a page."""
    blocks = [block(20), block(40), block(5, "EXT. B"), block(40)]
    assert laid(blocks, 90) == [[(0, 20), (30, 40)], [(0, 5), (15, 40)]]
    assert laid([block(20), block(5, "INT. A")], 30) == [[(0, 20), (30, 5)]]


def test_the_title_stays_with_what_comes_first():
    """A page with a title alone says nothing; one without any shots has only that."""
    assert laid([block(20), block(200)], 90) == [[(0, 20), (30, 200)]]
    assert laid([block(20)], 90) == [[(0, 20)]]
