"""`storyboard sheet` as a film-maker uses it: which file it writes, and what it knows of clips."""

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from fakes.command import answer
from fakes.footage import film as write_clip
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.clock import SystemClock
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.plan import clip_store, plan_film
from storyboard.model.attempt import Caps, Order
from storyboard.model.errors import ExitCode
from storyboard.model.job import Finished, LostTrack, Refused, Saved, Sent
from storyboard.model.request import ClipKey

FILM = """\
storyboard: 1
title: "<script>alert('The Yarn')</script>"
format: {aspect: "16:9", resolution: 480p, fps: 24}
model: bytedance/seedance-2.0/image-to-video
characters: {mia: {description: a grey kitten, name: Mia}}
defaults: {duration: 4s}
scenes:
  - id: one
    heading: INT. PARLOUR - NIGHT
    shots:
      - id: a
        image: a.png
        action: A cat sits.
        camera: {size: cu, composition: single, angle: low, move: push-in, lens: 35}
        dialogue: [{character: mia, line: "Mrow!", delivery: o.s., parenthetical: softly}, "Hush."]
      - {id: b, image: a.png, action: A cat sleeps., camera: as from a dream}
  - {id: two, shots: [{id: c, image: a.png, action: A cat wakes.}]}
  - {id: three, shots: [{id: d, image: a.png, action: A cat is left out., skip: true}]}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A film of three shots in a project of its own; the test stands in it."""
    folder = tmp_path / "project"
    folder.mkdir()
    Image.new("RGB", (854, 480), "firebrick").save(folder / "a.png")
    (folder / "film.yaml").write_text(FILM)
    (folder / "storyboard.toml").touch()
    monkeypatch.chdir(folder)
    return folder


def plan():
    compilation = compile_film_at("film.yaml", FilmOptions())
    planned, _ = plan_film(compilation)
    return compilation, {shot.id: shot for shot in planned.shots}


def own(name):
    """Put a clip into the store that is what a shot asks for; return its file."""
    compilation, shots = plan()
    store = clip_store(compilation, free=False)
    path = store.scratch(shots[name].key)
    grounds = (np.full((90, 160, 3), shade, np.uint8) for shade in (200, 90))
    write_clip(Path(path), grounds)
    return Path(store.keep(shots[name].key, path).path)


def order(name, *events, key=None):
    """Write an order for a shot into the ledger, and what became of it."""
    _, shots = plan()
    shot = shots[name]
    Path(".storyboard").mkdir(exist_ok=True)
    with SqliteLedger(Path(".storyboard/ledger.db"), SystemClock().now, "a test") as ledger:
        wanted = Order(key or shot.key, name, "film.yaml", shot.model, shot.price, "{}")
        attempt = ledger.reserve(wanted, Caps())
        for event in events:
            ledger.record(attempt.id, event)


def bought(name, key=None):
    sent = Sent(f"prediction of {name} {key}")
    order(name, sent, Finished(), Saved("c" * 64), key=key)


def listed():
    """Return the shots of the sheet as JSON has them, by id."""
    document = json.loads(answer("sheet", "film.yaml", "--json").out)
    return {shot["id"]: shot for scene in document["scenes"] for shot in scene["shots"]}


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ((), "build/film.sheet.png"),
        (("--format", "png"), "build/film.sheet.png"),
        (("--format", "pdf"), "build/film.sheet.pdf"),
        (("--format", "html"), "build/film.sheet.html"),
        (("-o", "wall.PDF"), "wall.PDF"),
        (("-o", "out/page.html", "--format", "html"), "out/page.html"),
    ],
)
@pytest.mark.usefixtures("project")
def test_the_name_of_the_file_says_what_is_drawn(words, path):
    """A PNG if nothing else is said, beside the film's other results or where it is asked for."""
    assert answer("sheet", "film.yaml", *words).out == f"{path}\n"
    begins = {"png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!doctype html>"}
    assert Path(path).read_bytes().startswith(begins[path.lower().rpartition(".")[2]])


@pytest.mark.parametrize("words", [("-o", "film.yaml"), ("-o", "a.png", "--format", "pdf")])
def test_a_sheet_takes_the_place_of_no_other_kind_of_file(project, words):
    """A name that is no sheet's, or is of another format than the one asked for, is refused."""
    before = {path: path.read_bytes() for path in project.iterdir() if path.is_file()}
    assert answer("sheet", "film.yaml", *words).code == ExitCode.USAGE
    assert {path: path.read_bytes() for path in project.iterdir() if path.is_file()} == before


@pytest.mark.usefixtures("project")
def test_paper_and_columns_are_chosen():
    """Letter is wider in shape than A4 is; columns change the picture."""
    sizes = []
    for paper in ("a4", "letter"):
        answer("sheet", "film.yaml", "-o", "p.pdf", "--paper", paper)
        page = PdfReader("p.pdf").pages[0].mediabox
        sizes.append(round(float(page.width / page.height), 2))
    assert sizes == [1.41, 1.29]


def test_a_wrong_film_has_findings_and_no_sheet(project):
    """As text or JSON, and nothing is written."""
    (project / "film.yaml").write_text(FILM.replace("action: ", "acton: ", 1))
    assert answer("sheet", "film.yaml").out == ""
    ran = answer("sheet", "film.yaml", "--json")
    assert ran.code == ExitCode.INVALID_STORYBOARD
    assert json.loads(ran.out)["findings"][0]["code"] == "unknown-key"
    assert not (project / "build").exists()


@pytest.mark.usefixtures("project")
def test_programs_are_told_what_is_on_the_sheet():
    """Every shown shot under its scene's heading; money in decimal strings."""
    document = json.loads(answer("sheet", "film.yaml", "--json").out)
    assert document["schema"] == "storyboard/sheet-1"
    assert document["path"] == "build/film.sheet.png"
    assert (document["paid_usd"], document["cost_usd"]) == ("0.00", "1.44")
    shots = {
        scene["heading"]: [shot["id"] for shot in scene["shots"]] for scene in document["scenes"]
    }
    assert shots == {"INT. PARLOUR - NIGHT": ["a", "b"], "two": ["c"]}
    assert document["scenes"][0]["shots"][0] == {
        "id": "a",
        "standing": "to buy",
        "take": None,
        "stands_in": False,
        "stale": False,
        "model": "bytedance/seedance-2.0/image-to-video",
        "screen_ms": 4000,
        "bought_ms": 4000,
        "paid_usd": None,
        "cost_usd": "0.48",
        "still": "a.png",
        "clip": None,
        "key": plan()[1]["a"].key,
    }


@pytest.mark.usefixtures("project")
def test_an_owned_clip_is_known_with_its_take_and_price():
    """The second clip that was bought for a shot is its second take; the ledger has its price."""
    bought("a", key=ClipKey("f" * 64))
    clip = own("a")
    bought("a")
    shot = listed()["a"]
    assert (shot["standing"], shot["take"]) == ("owned", 2)
    assert (shot["paid_usd"], shot["cost_usd"]) == ("0.48", "0.00")
    assert Path(shot["clip"]).samefile(clip)


@pytest.mark.usefixtures("project")
def test_what_nobody_wrote_down_is_not_made_up():
    """A clip without a ledger has no take and no price."""
    own("a")
    shot = listed()["a"]
    assert (shot["standing"], shot["take"], shot["paid_usd"]) == ("owned", None, None)


@pytest.mark.usefixtures("project")
def test_a_clip_that_was_damaged_is_missing():
    """Bytes that are not those that were kept are no clip, though the file is as long."""
    clip = own("a")
    data = bytearray(clip.read_bytes())
    data[-100] ^= 0xFF
    clip.write_bytes(data)
    shot = listed()["a"]
    assert (shot["standing"], shot["clip"]) == ("missing", None)


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ((Sent("p"),), "in flight"),
        ((LostTrack("the line broke"),), "unclear"),
        ((Refused("not safe", "moderation"),), "blocked"),
        ((Refused("try later", "upstream"),), "to buy"),
    ],
)
@pytest.mark.usefixtures("project")
def test_an_order_that_is_under_way_is_said_to_be(events, standing):
    """As the ledger has it: nothing of it is owned yet."""
    order("a", *events)
    assert listed()["a"]["standing"] == standing


def test_what_costs_nothing_is_to_be_made(project):
    """A shot that asks for the animatic itself is not bought; a second one shares its clip."""
    free = FILM.replace("bytedance/seedance-2.0/image-to-video", "animatic")
    free = free.replace("A cat sleeps., camera: as from a dream", "A cat sits.")
    (project / "film.yaml").write_text(free)
    assert {shot["standing"] for shot in listed().values()} == {"to make"}


def test_two_shots_of_one_order_stand_alike(project):
    """The second is to be bought as the first is, and costs nothing more."""
    again = "A cat sleeps.}\n      - {id: e, image: a.png, action: A cat sleeps.}"
    text = FILM.replace("A cat sleeps., camera: as from a dream}", again)
    (project / "film.yaml").write_text(text)
    shots = listed()
    assert shots["b"]["key"] == shots["e"]["key"]
    assert [shots[name]["standing"] for name in "be"] == ["to buy", "to buy"]
    assert [shots[name]["cost_usd"] for name in "be"] == ["0.48", "0.00"]


class Page(HTMLParser):
    """What of a page matters here: its elements, links, pictures and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.pictures, self.text = set(), [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        known = dict(attrs)
        if tag == "a":
            self.links.append(known["href"])
        if tag == "img":
            self.pictures[known["alt"]] = known["src"]

    def handle_data(self, data):
        self.text += data


def test_the_page_for_the_browser_has_everything_in_it(project):
    """Pictures, words and prompts are inside; the clip is linked from where the page lies."""
    clip = own("a")
    answer("sheet", "film.yaml", "-o", "for the client/sheet.html")
    page = Page(Path("for the client/sheet.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert "<script>alert('The Yarn')</script>" in page.text
    assert list(page.pictures) == [
        "Still of a",
        "First frame of a",
        "Last frame of a",
        "Still of b",
        "Still of c",
    ]
    assert all(each.startswith("data:image/jpeg;base64,") for each in page.pictures.values())
    (link,) = [each for each in page.links if not each.startswith("#")]
    assert (project / "for the client" / unquote(link)).samefile(clip)
    told = " ".join(page.text.split())
    for words in (
        "close-up, single, from a low angle, pushes in, 35 mm",
        "as from a dream",
        "Mia (O.S., softly)",
        "Hush.",
    ):
        assert words in told
    assert re.search(r"Prompt.*A cat sits", told)


def test_a_clip_on_another_drive_is_not_linked(project, monkeypatch):
    """No path leads there from the page, which is written all the same."""
    own("a")

    relpath = os.path.relpath

    def elsewhere(path, *start):
        if str(path).endswith(".mp4"):
            raise ValueError("path is on mount 'C:', start on mount 'D:'")
        return relpath(path, *start)

    monkeypatch.setattr(os.path, "relpath", elsewhere)
    assert answer("sheet", "film.yaml", "-o", "sheet.html").code == ExitCode.OK
    page = Page(Path("sheet.html").read_text(encoding="utf-8"))
    assert "First frame of a" in page.pictures
    assert all(each.startswith("#") for each in page.links)
