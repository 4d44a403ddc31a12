"""Captions as subtitle files: SRT, which every player takes, and WebVTT, which browsers take.

Both are written so that no text can pass for markup, or for another caption and its time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from storyboard.cutting.legible import clean, labelled, legible, speaker_label
from storyboard.model.money import Millis
from storyboard.model.timeline import Caption

__all__ = ["srt_text", "vtt_text"]

# SRT has no escapes, yet players read arrows, tags and braces: signs that look like them stand in.
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt_text(captions: Sequence[Caption]) -> str:
    """Write SRT, the speaker before the words where broadcasters have it: `MIA (V.O.): …`."""
    blocks = (
        f"{number}\n{_clock(each.start, ',')} --> {_clock(each.end, ',')}\n{_srt(each.text)}\n"
        for number, each in enumerate(legible(labelled(captions)), 1)
    )
    return "\n".join(blocks)


def vtt_text(captions: Sequence[Caption], title: str | None = None) -> str:
    """Write WebVTT, each caption in its speaker's voice: `<v Mia>…`; a title stands in the head."""
    heading = " ".join(clean(title or "").replace("-->", "\N{RIGHTWARDS ARROW}").split())
    blocks = (
        f"{number}\n{_clock(each.start, '.')} --> {_clock(each.end, '.')}\n{_vtt(each)}\n"
        for number, each in enumerate(legible(_marked(captions)), 1)
    )
    return "\n".join([f"WEBVTT {heading}".rstrip() + "\n", *blocks])


def _clock(time: Millis, point: str) -> str:
    seconds, millis = divmod(time, 1000)
    minutes, hours = seconds // 60, seconds // 3600
    return f"{hours:02d}:{minutes % 60:02d}:{seconds % 60:02d}{point}{millis:03d}"


def _srt(text: str) -> str:
    text = text.replace("-->", "\N{RIGHTWARDS ARROW}").replace("{\\", "(\\")
    return _TAG.sub("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", text)


def _marked(captions: Sequence[Caption]) -> Iterator[Caption]:
    """Mark who is not in the picture; the voice tag has the name."""
    for caption in captions:
        mark = speaker_label(None, caption.delivery)
        yield replace(caption, text=f"{mark} {caption.text}" if mark else caption.text)


def _vtt(caption: Caption) -> str:
    text = caption.text.translate(_VTT_ESCAPES)
    name = " ".join(clean(caption.speaker or "").split()).translate(_VTT_ESCAPES)
    return f"<v {name}>{text}" if name else text
