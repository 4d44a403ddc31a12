"""The sheet for the browser has every shot, asks for nothing, and lets no text become markup."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from fakes.sheets import sheet_of, sheet_shot
from storyboard.model.money import MicroUsd
from storyboard.model.sheet import Jpeg, Spoken, Standing, Views
from storyboard.report.elements import element, markup
from storyboard.report.sheet_html import sheet_page

VOID = frozenset({"meta", "img", "br", "link", "input"})
NASTY = "</style><script>alert(1)</script><img src=x onerror=alert(2)>\"'>&lt;"
NOTHING = Views()
STILL, FIRST, LAST = (Jpeg(name.encode(), 16, 9) for name in ("still", "first", "last"))


class Page(HTMLParser):
    """A page as a tree of what matters: elements with attributes, and the text inside them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts, self.broken = [], [], {}, []
        self.feed(text)
        self.close()
        self.broken += [f"{tag} is not closed" for tag, _ in self.open]

    def handle_starttag(self, tag, attrs):
        found = (tag, dict(attrs))
        self.elements.append(found)
        self.texts[id(found)] = ""
        if tag not in VOID:
            self.open.append(found)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.broken.append(f"</{tag}> closes {self.open[-1:]}")
            return
        self.open.pop()

    def handle_data(self, data):
        for found in self.open:
            self.texts[id(found)] += data

    def all(self, tag, **wanted):
        return [
            each
            for each in self.elements
            if each[0] == tag and all(each[1].get(name) == value for name, value in wanted.items())
        ]

    def text(self, found):
        return " ".join(self.texts[id(found)].split())


def page_of(*shots, views=NOTHING, **more):
    return Page("".join(sheet_page(sheet_of(*shots, **more), lambda _: views)))


def owned(name, **more):
    known = {"clip": "clips/a.mp4", "link": "../clips/a.mp4", "standing": Standing.OWNED}
    return sheet_shot(name, **{**known, "price": MicroUsd(0), "paid": MicroUsd(800_000), **more})


def test_every_shot_is_there_under_its_scene():
    """An article each, in the section of its scene, both reached from the contents."""
    page = page_of(("INT. A", sheet_shot("one")), ("EXT. B", sheet_shot("two")))
    assert page.broken == []
    assert [each[1]["id"] for each in page.all("article")] == ["shot-one", "shot-two"]
    assert [each[1]["id"] for each in page.all("section")] == ["scene-1", "scene-2"]
    links = [each[1]["href"] for each in page.all("a")]
    assert links == ["#scene-1", "#shot-one", "#scene-2", "#shot-two"]


def test_a_shot_shows_all_that_is_known_of_it():
    """Words, speakers, camera, prompt, model, length, price, take, standing, and its file."""
    shot = owned(
        "pounce",
        take=2,
        action="Mia pounces.",
        camera=("close-up", "pushes in"),
        dialogue=(Spoken("Mrow!", "Mia", ("O.S.",)), Spoken("Hush.")),
        prompt="A kitten.\n\nIt pounces.",
    )
    page = page_of(shot, language="de")
    (article,) = page.all("article")
    told = page.text(article)
    for words in (
        "pounce",
        "4s",
        "Mia pounces.",
        "close-up, pushes in",
        "Mia (O.S.) Mrow!",
        "Hush.",
        "openai/sora-2/image-to-video",
        "$0.80 paid",
        "take 2",
        "owned",
    ):
        assert words in told
    assert [each[1]["lang"] for each in page.all("q")] == ["de", "de"]
    (prompt,) = page.all("pre")
    assert page.texts[id(prompt)] == "A kitten.\n\nIt pounces."
    assert page.all("a", href="../clips/a.mp4")


def test_a_shot_without_words_has_no_empty_lines():
    """Nothing stands where nothing is known: no prompt, no file, no take, no price."""
    page = page_of(sheet_shot("a", price=MicroUsd(0)))
    assert page.all("details") == page.all("p", class_="action") == page.all("q") == []
    assert [page.text(each) for each in page.all("dt")] == ["clip", "length", "model"]


def test_the_pictures_are_in_the_page():
    """The still and both ends of the clip, as data, with words for those who cannot see them."""
    page = page_of(owned("a"), views=Views(STILL, FIRST, LAST))
    shown = {each[1]["alt"]: each[1]["src"] for each in page.all("img")}
    assert shown == {
        alt: f"data:image/jpeg;base64,{base64.b64encode(jpeg.data).decode()}"
        for alt, jpeg in (
            ("Still of a", STILL),
            ("First frame of a", FIRST),
            ("Last frame of a", LAST),
        )
    }
    assert [page.text(each) for each in page.all("figcaption")] == ["first", "last"]
    assert {(each[1]["width"], each[1]["height"]) for each in page.all("img")} == {("16", "9")}


def test_a_picture_that_is_not_there_is_said_to_be_missing():
    """A shot without a still, and a clip whose frames cannot be read."""
    for shot, expected in (
        (sheet_shot("a"), ["no still"]),
        (owned("b"), ["no still", "first frame cannot be read", "last frame cannot be read"]),
    ):
        page = page_of(shot)
        assert [page.text(each) for each in page.all("p")] == expected


def test_nothing_is_asked_for():
    """No script, no form, nothing fetched; and a policy that would forbid it all the same."""
    text = "".join(sheet_page(sheet_of(owned("a")), lambda _: Views(STILL, FIRST, LAST)))
    page = Page(text)
    used = {tag for tag, _ in page.elements}
    assert used.isdisjoint({"script", "link", "iframe", "object", "form", "video", "base"})
    assert re.search(r"https?:|url\(|@import", text) is None
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert attributes.get("src", "data:").startswith("data:")
        assert ":" not in attributes.get("href", "")


def test_the_policy_lets_the_style_in_and_nothing_else():
    """The hash it names is that of the one style in the page."""
    text = "".join(sheet_page(sheet_of(sheet_shot("a")), lambda _: Views()))
    page = Page(text)
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy[1]["content"].split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


@pytest.mark.parametrize(
    "field", ["title", "heading", "action", "speaker", "line", "camera", "prompt", "model", "link"]
)
def test_no_text_of_a_stranger_becomes_markup(field):
    """Whatever a storyboard says stands on the page as it was written, and does nothing."""
    spoken = Spoken(NASTY if field == "line" else "", NASTY if field == "speaker" else "x")
    named = {each: NASTY for each in ("action", "prompt", "model", "link") if each == field}
    shot = sheet_shot(
        "a", dialogue=(spoken,), camera=(NASTY if field == "camera" else "",), **named
    )
    heading = NASTY if field == "heading" else "INT."
    plain = page_of(("INT.", sheet_shot("a", dialogue=(Spoken("", "x"),), camera=("",), action="")))
    page = page_of((heading, shot), **({"title": NASTY} if field == "title" else {}))
    assert page.broken == []
    assert page.all("script") == page.all("img") == []
    assert len(page.all("style")) == len(plain.all("style"))
    stands = [value for _, attributes in page.elements for value in attributes.values()]
    assert any(NASTY in text for text in (*page.texts.values(), *stands))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://example.org/a.mp4", "data:x"])
def test_a_link_leads_to_a_file_and_nowhere_else(link):
    """An address with a scheme is left out, whoever wrote it."""
    assert page_of(owned("a")).all("a", href="../clips/a.mp4")
    hrefs = [each[1]["href"] for each in page_of(owned("a", link=link)).all("a")]
    assert hrefs == ["#scene-1", "#shot-a"]


def test_the_control_escaping_is_what_holds():
    """Put into the page as it is, the same text would bring a script along."""
    text = markup(element("p", "here")).replace("here", NASTY)
    assert Page(text).all("script")


def test_signs_that_turn_text_around_are_made_visible():
    """An override of the reading order, a control character and half a letter are seen as such."""
    page = page_of(sheet_shot("a", action="a\u202eb\x07c\ud800d"))
    (action,) = page.all("p", **{"class": "action"})
    assert page.text(action) == "a\ufffdb␇c\ufffdd"


def test_headings_and_landmarks_are_in_order():
    """One first heading, no level left out, and every region has a name that is there."""
    page = page_of(("INT. A", sheet_shot("one")), ("EXT. B", sheet_shot("two")))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("main")) == len(page.all("nav")) == 1
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag in ("section", "article"):
        assert all(each[1]["aria-labelledby"] in ids for each in page.all(tag))


def test_pictures_are_fetched_when_their_turn_has_come():
    """The page is written shot by shot: none is looked at before the one before is out."""
    looked = []

    def look(shot):
        looked.append(shot.id)
        return Views()

    pieces = sheet_page(sheet_of(*map(sheet_shot, "abc")), look)
    seen = [(len(looked), each.count("<article")) for each in pieces if "<article" in each]
    assert seen == [(1, 1), (2, 1), (3, 1)]


def test_portrait_films_get_narrow_columns():
    """The shape of the film decides how wide its shots stand."""
    assert page_of(sheet_shot("a"), aspect=9 / 16).all("main", **{"class": "tall"})
    assert page_of(sheet_shot("a")).all("main", **{"class": "wide"})


def contrast(one, two):
    """Return the contrast of two colours as WCAG 2 defines it."""

    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((light(one), light(two)))
    return (lighter + 0.05) / (darker + 0.05)


def test_all_text_can_be_read():
    """Every colour of text has a contrast of 4.5 or more to every ground, by day and by night."""
    text = "".join(sheet_page(sheet_of(), lambda _: Views()))
    schemes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.split(r":root", text)
    ]
    schemes = [scheme for scheme in schemes if scheme and "mat" in scheme]
    assert len(schemes) == 2
    for scheme in schemes:
        for ground in ("paper", "card"):
            for ink in ("ink", "soft", "link", "good", "open", "bad"):
                assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)
