"""Words inside the film's file: a caption track that players switch on, chapters, metadata."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TypedDict

import av
from av.container import OutputContainer
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

from storyboard.cutting.legible import clean, labelled, legible
from storyboard.model.timeline import Caption, Timeline

__all__ = [
    "CaptionTrack",
    "ChapterEntry",
    "add_captions",
    "caption_samples",
    "chapter_list",
    "film_metadata",
    "language_code",
]

# The muxer compares clocks without regard to their units, and ends a caption too early where
# another track's ticks are the finer ones. Nothing ticks finer than this.
_TICK = Fraction(1, 1_000_000)
_TICKS_A_MILLI = 1000
_LONGEST = 65_535  # bytes of a sample's text: its length stands in two of them

# The look is the player's to decide; without a style the sample entry would lack half its fields.
_STYLE = b"""\
[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""

_LANGUAGES = """
af:afr ar:ara bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa et:est
eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl
it:ita ja:jpn ka:kat kk:kaz km:khm kn:kan ko:kor lo:lao lt:lit lv:lav mk:mkd ml:mal mn:mon mr:mar
ms:msa my:mya nb:nob ne:nep nl:nld nn:nno no:nor pa:pan pl:pol ps:pus pt:por ro:ron ru:rus si:sin
sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel th:tha tl:tgl tr:tur uk:ukr ur:urd uz:uzb
vi:vie zh:zho zu:zul
"""
_ISO_639_2 = MappingProxyType(dict(pair.split(":") for pair in _LANGUAGES.split()))

# What people call it, and the name that the file format has a place for.
_NAMES = MappingProxyType({"author": "artist", "director": "artist", "year": "date"})
_PLACES = frozenset(
    {"artist", "album_artist", "composer", "album", "date", "comment", "genre", "copyright"}
    | {"grouping", "lyrics", "description", "synopsis", "show", "keywords"}
)


class ChapterEntry(TypedDict):
    """A chapter as the container takes it, its times in ticks of `time_base`."""

    id: int
    start: int
    end: int
    time_base: Fraction | None
    metadata: dict[str, str]


def language_code(tag: str) -> str:
    """Turn a BCP 47 tag into the three letters that mp4 keeps; `und` where it is not known."""
    primary = tag.replace("_", "-").split("-")[0].lower()
    if len(primary) == 3 and primary.isascii() and primary.isalpha():  # noqa: PLR2004  # ISO 639-2
        return primary
    return _ISO_639_2.get(primary, "und")


def caption_samples(captions: Sequence[Caption]) -> Iterator[tuple[int, int, bytes]]:
    """Yield (start, duration, sample) in milliseconds from the film's first on, without a gap.

    A sample is the length of its text in two bytes, then the text; where nothing is said it is
    empty, since a text stands until the next sample.
    """
    clock = 0
    for caption in legible(labelled(captions)):
        if clock < caption.start:
            yield clock, caption.start - clock, _sample("")
        yield caption.start, caption.end - caption.start, _sample(caption.text)
        clock = caption.end


def _sample(text: str) -> bytes:
    written = text.encode()[:_LONGEST].decode(errors="ignore").encode()
    return len(written).to_bytes(2, "big") + written


@dataclass(frozen=True, slots=True)
class CaptionTrack:
    """The caption track of a file being written; its packets go between those of sound and picture.

    The track starts with the film and every packet has its length, so that a packet can be muxed
    as soon as the film has come to its time.
    """

    stream: SubtitleStream
    captions: tuple[Caption, ...]

    def packets(self) -> Iterator["av.Packet[Stream]"]:
        """Yield every packet in order of time, ready to be muxed."""
        for start, duration, sample in caption_samples(self.captions):
            packet = av.Packet(sample)
            packet.stream, packet.time_base = self.stream, _TICK
            packet.pts = packet.dts = start * _TICKS_A_MILLI
            packet.duration = duration * _TICKS_A_MILLI
            packet.is_keyframe = True
            yield packet


def add_captions(
    container: OutputContainer, captions: Sequence[Caption], language: str
) -> CaptionTrack:
    """Add a caption track in a language, given as a BCP 47 tag, before the header is written."""
    stream = container.add_stream("mov_text")
    stream.time_base = _TICK
    stream.codec_context.time_base = _TICK
    stream.codec_context.subtitle_header = _STYLE
    stream.metadata["language"] = language_code(language)
    return CaptionTrack(stream, tuple(captions))


def chapter_list(timeline: Timeline) -> list[ChapterEntry]:
    """Return the film's chapters as `set_chapters` takes them."""
    return [
        {
            "id": number,
            "start": chapter.start,
            "end": chapter.end,
            "time_base": 1 / timeline.fps,
            "metadata": {"title": " ".join(clean(chapter.title).split())},
        }
        for number, chapter in enumerate(timeline.chapters, 1)
    ]


def film_metadata(timeline: Timeline) -> dict[str, str]:
    """Return what the container is told of the film; what it has no place for joins the comment."""
    told, remarks = {"title": clean(timeline.title)}, []
    for word, text in timeline.metadata:
        name, said = _NAMES.get(word, word), clean(text)
        if name in _PLACES and name not in told:
            told[name] = said
        elif name != "title":
            remarks.append(f"{word}: {said}")
    comment = "\n".join([*([told["comment"]] if "comment" in told else []), *remarks])
    return {**told, "comment": comment} if comment else told
