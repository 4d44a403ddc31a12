"""A film's fields as texts by path, as they hold after all inheriting: what a difference names.

They are called as the language calls them (`camera.size`) and come in its order. A field that was
not written and says nothing is left out.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from storyboard.model.money import MicroUsd, Millis, show_seconds, show_usd
from storyboard.model.post import Card, Mix, Music
from storyboard.model.request import ClipRequest, Still
from storyboard.model.story import (
    Camera,
    Film,
    ImageFile,
    ImageFrom,
    ImageSource,
    ImageUrl,
    Line,
    Scene,
    Shot,
    Sound,
)

__all__ = ["IMAGE_CONTENT", "ShotFields", "film_fields"]

IMAGE_CONTENT = "image content"
"""What a field is called that changes when a picture does under the same name."""

_DIGITS = 12
_MIDDLE = (0.5, 0.5)

_Pair = tuple[str, str | None]


class ShotFields:
    """Reads the fields of one film's shots; paths are told from the film's own folder."""

    def __init__(self, film: Film, stills: Mapping[str, Still], folder: str) -> None:
        self._folder = folder
        self._stills = stills
        self._people = {each.id: each for each in film.characters}
        self._called = {each.name.casefold(): each.id for each in film.characters}
        self._called |= {each.id.casefold(): each.id for each in film.characters}
        self._places = {each.id: each for each in film.locations}

    def read(self, scene: Scene, shot: Shot, request: ClipRequest) -> dict[str, str]:
        """Return a shot's fields with a text each; `request` is what it asks of its model."""
        return {name: text for name, text in self._pairs(scene, shot, request) if text}

    def _pairs(self, scene: Scene, shot: Shot, request: ClipRequest) -> Iterator[_Pair]:
        yield "image", self._image(shot.image)
        yield IMAGE_CONTENT, self._content(shot.image, request)
        if shot.end_image is not None:
            yield "end_image", self._image(shot.end_image)
            yield f"end_{IMAGE_CONTENT}", self._content(shot.end_image, request)
        yield "action", shot.action
        yield from _sound(shot.sound)
        for number, line in enumerate(shot.dialogue, 1):
            yield from _line(f"dialogue[{number}]", line)
        yield from _camera(shot.camera)
        yield "lighting", shot.lighting
        yield "look", shot.look
        yield "mood", shot.mood
        yield "palette", ", ".join(shot.palette)
        yield "characters", ", ".join(shot.characters)
        yield "location", shot.location
        yield from _timing(shot)
        yield from self._mix(shot.mix)
        yield "takes", str(shot.takes)
        yield "tags", ", ".join(shot.tags)
        yield "notes", shot.notes
        yield "seed", None if shot.seed is None else str(shot.seed)
        yield from ((f"inputs.{name}", str(value)) for name, value in shot.inputs)
        yield "model", shot.model
        yield "fallback", ", ".join(shot.fallback)
        yield "template", shot.template
        yield "heading", scene.heading
        yield "time_of_day", scene.time_of_day
        yield from self._cast(shot)
        yield from self._place(shot.location)

    def _cast(self, shot: Shot) -> Iterator[_Pair]:
        """Yield the descriptions of those who are in the shot or speak in it."""
        spoken = (name for line in shot.dialogue for name in self._speakers(line))
        for name in dict.fromkeys((*shot.characters, *spoken)):
            person = self._people.get(name)
            if person is not None:
                yield f"characters.{name}.name", person.name
                yield f"characters.{name}.description", person.description
                yield f"characters.{name}.voice", person.voice

    def _speakers(self, line: Line) -> Iterator[str]:
        """Yield who says a line; a plain one may say so itself, as in `Mia: Here!`."""
        if line.character is not None:
            yield line.character
            return
        for each in line.text.splitlines():
            called = self._called.get(each.partition(":")[0].strip().casefold())
            if called is not None and ":" in each:
                yield called

    def _place(self, name: str | None) -> Iterator[_Pair]:
        place = self._places.get(name or "")
        if place is not None:
            yield f"locations.{place.id}.description", place.description
            yield f"locations.{place.id}.ambience", place.ambience
            yield f"locations.{place.id}.lighting", place.lighting

    def _mix(self, mix: Mix) -> Iterator[_Pair]:
        if mix == Mix():
            return
        yield "mix.lead", _time(mix.lead)
        yield "mix.trail", _time(mix.trail)
        yield "mix.gain", _decibels(mix.gain)
        yield "mix.mute", "true" if mix.mute else None
        for number, track in enumerate(mix.tracks, 1):
            name = f"mix.tracks[{number}]"
            yield f"{name}.file", self._near(track.path)
            yield f"{name}.at", _time(track.at)
            yield f"{name}.gain", _decibels(track.gain)
            yield f"{name}.role", track.role

    def _image(self, picture: ImageSource | None) -> str | None:
        match picture:
            case ImageFile(path):
                return self._near(path)
            case ImageUrl(url):
                return url
            case ImageFrom(shot, frame):
                return f"the {frame} frame of {shot}"
            case None:
                return None

    def _content(self, picture: ImageSource | None, request: ClipRequest) -> str | None:
        """Name a still by its bytes, and a frame of a clip by what makes that clip."""
        match picture:
            case ImageFile(path) if path in self._stills:
                return f"sha256:{self._stills[path].sha256[:_DIGITS]}"
            case ImageFrom(_, frame):
                held = (str(text) for name, text in request.inputs if name in request.pictures)
                clips = (text for text in held if text.endswith(f"#{frame}"))
                return next((text[: len("clip:") + _DIGITS] for text in clips), None)
            case _:
                return None

    def _near(self, path: str) -> str:
        return path.removeprefix(self._folder)


def film_fields(film: Film, folder: str) -> dict[str, str]:
    """Return the fields that are the film's own and no shot's, with a text each."""
    return {name: text for name, text in _film(film, folder) if text}


def _film(film: Film, folder: str) -> Iterator[_Pair]:
    yield "title", film.title
    yield "language", film.language
    yield "format.aspect", film.format.aspect
    yield "format.resolution", film.format.resolution
    yield "format.fps", str(film.format.fps)
    yield "budget.cost", _usd(film.budget.cost)
    yield "budget.runtime", _time(film.budget.runtime or Millis(0))
    target = film.loudness.target
    yield "mix.loudness", "off" if target is None else f"{target:g} LUFS"
    yield "mix.true_peak", f"{film.loudness.true_peak:g} dBTP"
    if film.music is not None:
        yield from _music(film.music, folder)
    if film.title_card is not None:
        yield from _title_card(film.title_card)
    if film.credits is not None:
        yield from _credits(film.credits)
    yield from ((f"metadata.{name}", value) for name, value in film.metadata)


def _music(music: Music, folder: str) -> Iterator[_Pair]:
    yield "mix.music.file", music.path.removeprefix(folder)
    yield "mix.music.gain", f"{music.gain:g} dB"
    yield "mix.music.duck", f"{music.duck:g} dB"
    yield "mix.music.start", _time(music.offset)
    yield "mix.music.fade_in", show_seconds(music.fade_in)
    yield "mix.music.fade_out", show_seconds(music.fade_out)


def _title_card(card: Card) -> Iterator[_Pair]:
    yield "title_card.title", card.heading
    yield "title_card.subtitle", card.text
    yield "title_card.duration", show_seconds(card.duration)


def _credits(card: Card) -> Iterator[_Pair]:
    yield "credits.heading", card.heading
    for number, line in enumerate(card.credits, 1):
        said = f"{line.role}: {line.name}" if line.role else line.name
        yield f"credits.lines[{number}]", said
    yield "credits.duration", show_seconds(card.duration)


def _sound(sound: Sound) -> Iterator[_Pair]:
    yield "sound", sound.text
    yield "sound.ambience", sound.ambience
    yield "sound.effects", ", ".join(sound.effects)
    yield "sound.foley", sound.foley
    yield "sound.music", sound.music
    yield "sound.room_tone", sound.room_tone


def _line(name: str, line: Line) -> Iterator[_Pair]:
    yield f"{name}.character", line.character
    yield f"{name}.line", line.text
    yield f"{name}.delivery", line.delivery if line.delivery != "on-screen" else None
    yield f"{name}.parenthetical", line.parenthetical


def _camera(camera: Camera) -> Iterator[_Pair]:
    yield "camera", camera.text
    yield "camera.size", camera.size
    yield "camera.composition", camera.composition
    yield "camera.angle", camera.angle
    yield "camera.move", ", ".join(camera.moves)
    yield "camera.speed", camera.speed
    yield "camera.support", camera.support
    yield "camera.lens", camera.lens
    yield "camera.depth_of_field", camera.depth_of_field
    yield "camera.aperture", camera.aperture
    yield "camera.filter", camera.filter


def _timing(shot: Shot) -> Iterator[_Pair]:
    yield "duration", show_seconds(shot.duration)
    if shot.trim is not None:
        yield "trim.in", show_seconds(shot.trim.start)
        yield "trim.out", None if shot.trim.end is None else show_seconds(shot.trim.end)
    yield "handles", _time(shot.handles)
    yield "transition.type", shot.transition.kind
    yield "transition.duration", _time(shot.transition.duration)
    yield "speed", None if shot.speed == Fraction(1) else f"{float(shot.speed):g}"
    yield "hold", _time(shot.hold)
    x, y = shot.focus
    yield "focus", None if shot.focus == _MIDDLE else f"{x:g} across, {y:g} down"


def _time(duration: Millis) -> str | None:
    return show_seconds(duration) if duration else None


def _decibels(gain: float) -> str | None:
    return f"{gain:g} dB" if gain else None


def _usd(amount: MicroUsd | None) -> str | None:
    return None if amount is None else show_usd(amount)
