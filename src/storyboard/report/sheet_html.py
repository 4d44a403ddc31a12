"""The contact sheet as one HTML file that asks for nothing: no script, no request, no style beside.

It is yielded in pieces, a shot at a time, for a film of a thousand shots with their pictures in it.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element

from storyboard.model.money import show_seconds
from storyboard.model.sheet import Jpeg, Sheet, SheetScene, SheetShot, Views
from storyboard.report.elements import element as e
from storyboard.report.elements import markup
from storyboard.report.sheet_style import STYLE

__all__ = ["Look", "sheet_page"]

Look: TypeAlias = Callable[[SheetShot], Views]
"""Fetches a shot's pictures, when its turn has come."""

_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_HASH}'; "
    "base-uri 'none'; form-action 'none'"
)


def sheet_page(sheet: Sheet, look: Look) -> Iterator[str]:
    """Yield the page piece by piece; no more than one shot's pictures is held at a time."""
    yield "<!doctype html>\n" + '<html lang="en">\n' + markup(_head(sheet)) + "\n<body>\n"
    yield markup(_title(sheet)) + "\n" + markup(_contents(sheet)) + "\n"
    yield f'<main class="{"tall" if sheet.aspect < 1 else "wide"}">\n'
    for number, scene in enumerate(sheet.scenes, 1):
        yield f'<section id="scene-{number}" aria-labelledby="heading-{number}">\n'
        yield markup(e("h2", scene.heading, id=f"heading-{number}", dir="auto")) + "\n"
        yield '<div class="shots">\n'
        for shot in scene.shots:
            yield markup(_shot(shot, look(shot), sheet)) + "\n"
        yield "</div>\n</section>\n"
    yield "</main>\n</body>\n</html>\n"


def _head(sheet: Sheet) -> Element:
    return e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="color-scheme", content="light dark"),
        e("meta", name="referrer", content="no-referrer"),
        e("title", f"{sheet.title}: contact sheet"),
        e("style", STYLE),
    )


def _title(sheet: Sheet) -> Element:
    facts = (e("li", fact) for fact in sheet.facts)
    return e("header", e("h1", sheet.title, dir="auto"), e("ul", *facts, class_="facts"))


def _contents(sheet: Sheet) -> Element:
    listed = (_entry(number, scene) for number, scene in enumerate(sheet.scenes, 1))
    return e("nav", e("h2", "Scenes"), e("ol", *listed), aria_label="Scenes and shots")


def _entry(number: int, scene: SheetScene) -> Element:
    shots = (e("li", e("a", shot.id, href=f"#shot-{shot.id}")) for shot in scene.shots)
    heading = e("a", scene.heading, href=f"#scene-{number}", dir="auto")
    return e("li", heading, e("ul", *shots))


def _shot(shot: SheetShot, views: Views, sheet: Sheet) -> Element:
    return e(
        "article",
        e(
            "header",
            e("h3", shot.id, id=f"name-{shot.id}"),
            e("span", show_seconds(shot.length), class_="length"),
        ),
        _pictures(shot, views),
        e("p", ", ".join(shot.camera), class_="camera") if shot.camera else None,
        e("p", shot.action, class_="action", dir="auto") if shot.action else None,
        *_dialogue(shot, sheet.language),
        _facts(shot),
        _prompt(shot.prompt) if shot.prompt else None,
        id=f"shot-{shot.id}",
        aria_labelledby=f"name-{shot.id}",
    )


def _pictures(shot: SheetShot, views: Views) -> Element:
    """Show the still, and beside it the clip's ends where there is a clip."""
    still = _picture(views.still, f"Still of {shot.id}", "no still", "still")
    if shot.clip is None:
        return e("div", still, class_="views")
    first = _picture(views.first, f"First frame of {shot.id}", "first frame cannot be read")
    last = _picture(views.last, f"Last frame of {shot.id}", "last frame cannot be read")
    ends = e("div", _ended(first, "first"), _ended(last, "last"), class_="ends")
    return e("div", still, ends, class_="views both")


def _ended(picture: Element, name: str) -> Element:
    return e("figure", picture, e("figcaption", name))


def _picture(jpeg: Jpeg | None, alt: str, missing: str, class_: str | None = None) -> Element:
    if jpeg is None:
        return e("p", missing, class_="blank")
    data = base64.b64encode(jpeg.data).decode()
    return e(
        "img",
        src=f"data:image/jpeg;base64,{data}",
        width=str(jpeg.width),
        height=str(jpeg.height),
        alt=alt,
        class_=class_,
    )


def _dialogue(shot: SheetShot, language: str) -> Iterator[Element]:
    for line in shot.dialogue:
        cue = e("b", line.cue) if line.cue else None
        words = e("q", line.text, lang=language, dir="auto")
        yield e("p", cue, " " if line.cue else None, words, class_="line")


def _facts(shot: SheetShot) -> Element:
    """List what the clip is: how it stands, which take of which model, how long, at what price."""
    standing = e("span", shot.standing.value, class_=f"standing {shot.standing.name.lower()}")
    rows: tuple[tuple[str, Element | str | None], ...] = (
        ("clip", standing),
        ("price", shot.money or None),
        ("take", shot.taken.removeprefix("take ") or None),
        ("length", show_seconds(shot.bought)),
        ("model", shot.model),
        ("file", _file(shot.link)),
    )
    named = (
        e("div", e("dt", name), " ", e("dd", value)) for name, value in rows if value is not None
    )
    return e("dl", *named)


def _file(link: str | None) -> Element | None:
    """Link to a clip beside the page; an address with a scheme is none, and could be a script."""
    if link is None or ":" in link:
        return None
    return e("a", "open the clip", href=link)


def _prompt(prompt: str) -> Element:
    return e("details", e("summary", "Prompt"), e("pre", prompt, dir="auto"))
