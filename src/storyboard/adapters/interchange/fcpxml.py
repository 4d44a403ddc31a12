"""Writes the cut as FCPXML 1.8, which Final Cut Pro and DaVinci Resolve open.

Written here with the standard library's XML, because OpenTimelineIO's own writer loses transitions,
speeds, sound levels and split edits, and miscounts at 23.976 and 29.97; see
docs/decisions/018-exports.md. Every time is an exact fraction of a second on a frame of the film.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from storyboard.adapters.interchange.fcpxml_clips import Spine
from storyboard.adapters.interchange.fcpxml_resources import Resources, seconds
from storyboard.cutting.interchange import Media
from storyboard.model.timeline import Timeline

__all__ = ["write_fcpxml"]

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold in any spelling."""


def write_fcpxml(timeline: Timeline, media: Mapping[str, Media]) -> str:
    """Return the cut as one project of an `.fcpxml` file.

    `media` tells of shots and cards by their ids, and of laid sounds by their paths. What has no
    file is a gap that bears its name.
    """
    document = Element("fcpxml", version="1.8")
    resources = Resources(SubElement(document, "resources"), timeline)
    event = SubElement(SubElement(document, "library"), "event", name=timeline.title)
    project = SubElement(event, "project", name=timeline.title)
    sequence = SubElement(
        project,
        "sequence",
        format=resources.format(None, None),
        duration=seconds(Fraction(timeline.length) / timeline.fps),
        tcStart="0s",
        tcFormat="NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    sequence.append(Spine(timeline, media, resources).element())
    for element in document.iter():
        for name, value in element.items():
            element.set(name, _UNSPEAKABLE.sub("\ufffd", value))
    indent(document)
    return _HEAD + tostring(document, encoding="unicode") + "\n"
