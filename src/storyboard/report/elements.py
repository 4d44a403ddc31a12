"""HTML as a tree of elements, so that no text of a storyboard can ever become markup.

Storyboards come from anywhere. Text and attributes are escaped by the library that writes them,
and signs that are not to be seen are made visible, as they are for a terminal.
"""

from xml.etree.ElementTree import Element, tostring

from storyboard.report.cells import harmless

__all__ = ["element", "markup"]


def element(tag: str, *children: Element | str | None, **attributes: str | None) -> Element:
    """Make an element; None is left out of its children and attributes.

    `class_` is the attribute `class`, `aria_label` is `aria-label`.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), _seen(value))
    for child in children:
        if isinstance(child, Element):
            made.append(child)
        elif child is not None:
            _add_text(made, _seen(child))
    return made


def markup(made: Element) -> str:
    """Write an element as HTML."""
    return tostring(made, encoding="unicode", method="html")


def _seen(text: str) -> str:
    return "\n".join(harmless(line) for line in text.split("\n"))


def _add_text(parent: Element, text: str) -> None:
    """Add text after what is there already."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
