"""The findings' pages as text: what stands first in one, for lists and for rule descriptions."""

import re

__all__ = ["first_sentence"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def first_sentence(page: str) -> str:
    """Return the first sentence under a page's title, on one line; empty when there is none."""
    paragraphs = (block.strip() for block in page.split("\n\n"))
    text = next((block for block in paragraphs if block and not block.startswith("#")), "")
    return _SENTENCE_END.split(" ".join(text.split()), maxsplit=1)[0]
