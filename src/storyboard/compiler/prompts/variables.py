"""Makes the variables that each shot's template sees: enums as phrases, white space single."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import count

from storyboard.compiler.prompts.beats import beats, prose
from storyboard.compiler.prompts.filters import in_one_line
from storyboard.compiler.prompts.views import (
    CameraView,
    FilmView,
    LineView,
    LocationView,
    PersonView,
    SceneView,
    ShotView,
    SoundView,
)
from storyboard.model.story import Camera, Character, Film, Line, Location, Scene, Shot, Sound
from storyboard.model.vocabulary import (
    ANGLE,
    COMPOSITION,
    DELIVERY,
    LIGHTING,
    MOVE,
    SIZE,
    SPEED,
    SUPPORT,
    Words,
)

__all__ = ["variables"]

_TIMES = re.compile(
    r"(?:early |late |mid-?)?(?:day|night|dawn|dusk|morning|noon|midday|afternoon|evening|"
    r"sunrise|sunset|twilight|midnight|golden hour|blue hour|magic hour)",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s[-\u2013\u2014]+\s|[-\u2013\u2014]\s")
_LEADING = re.compile(r"(?:at|in the|during the) ", re.IGNORECASE)
_LABEL = re.compile(r"([^\s:\"“][^:\"“]{0,40}):\s+(\S.*)")
_NOWHERE = LocationView("", "", "")
_NOBODY = PersonView("", "", "")

# The same cameras, sounds and words recur from shot to shot.
_remembered = lru_cache(maxsize=4_096)


def variables(film: Film) -> Iterator[tuple[Shot, dict[str, object]]]:
    """Yield each shot with the variables its template sees."""
    people = {each.id: _person(each) for each in film.characters}
    places = {each.id: _place(each) for each in film.locations}
    film_view = FilmView(in_one_line(film.title), film.language)
    numbers = count(1)
    for scene in film.scenes:
        scene_view = _scene(scene)
        for shot in scene.shots:
            place = places.get(shot.location or scene.location or "", _NOWHERE)
            lines = tuple(_lines(shot, people))
            yield (
                shot,
                {
                    "film": film_view,
                    "scene": scene_view,
                    "shot": _shot(shot, next(numbers), place),
                    "characters": _present(shot, lines, people),
                    "location": place,
                    "camera": _camera(shot.camera),
                    "dialogue": lines,
                    "sound": _sound(shot.sound, place, scene_view),
                },
            )


@_remembered
def _text(value: str | None) -> str:
    return in_one_line(value) if value else ""


def _phrase(word: str | None, words: Words) -> str:
    """Say a word of an enum as a prompt would; what is not in the enum is prose already."""
    return words.phrases.get(word, _text(word)) if word else ""


def _person(character: Character) -> PersonView:
    return PersonView(_text(character.name), _text(character.description), _text(character.voice))


def _place(location: Location) -> LocationView:
    return LocationView(
        _text(location.description),
        _text(location.ambience),
        _phrase(location.lighting, LIGHTING),
    )


def _scene(scene: Scene) -> SceneView:
    """The time of day is the scene's own, or the end of a heading such as INT. PARLOUR - NIGHT."""
    heading = _text(scene.heading)
    last = _DASH.split(heading)[-1]
    told = last.lower() if _TIMES.fullmatch(last) else ""
    time_of_day = _LEADING.sub("", _text(scene.time_of_day)) or told
    return SceneView(heading, time_of_day.lower() if time_of_day.isupper() else time_of_day)


def _shot(shot: Shot, number: int, place: LocationView) -> ShotView:
    return ShotView(
        number,
        prose(shot.action or ""),
        beats(shot.action or ""),
        _text(shot.look),
        _text(shot.mood),
        _phrase(shot.lighting, LIGHTING) or place.lighting,
        tuple(map(_text, shot.palette)),
        shot.duration,
    )


def _present(
    shot: Shot, lines: tuple[LineView, ...], people: Mapping[str, PersonView]
) -> tuple[PersonView, ...]:
    """Return those in the picture once each: those listed, then those who speak on screen."""
    speaking = {line.speaker for line in lines if not line.delivery}
    speakers = (name for name, person in people.items() if person.name in speaking)
    return tuple(
        people[name] for name in dict.fromkeys((*shot.characters, *speakers)) if name in people
    )


@_remembered
def _camera(camera: Camera) -> CameraView:
    return CameraView(
        _text(camera.text),
        _phrase(camera.size, SIZE),
        _phrase(camera.composition, COMPOSITION),
        _phrase(camera.angle, ANGLE),
        _move(camera),
        _phrase(camera.support, SUPPORT),
        _measure(camera.lens, r"\d+(\.\d+)?(-\d+(\.\d+)?)?", "{} mm"),
        _measure(camera.depth_of_field, r"shallow|deep|medium|very \w+", "{} depth of field"),
        _measure(camera.aperture, r"f?/?(?P<stop>\d+(\.\d+)?)", "f/{}"),
        _measure(camera.filter, r"(?!.*filter).+", "{} filter"),
    )


@_remembered
def _measure(value: str | None, bare: str, whole: str) -> str:
    """Complete a value that was written bare, such as a lens of 35."""
    text = _text(value)
    match = re.fullmatch(bare, text, re.IGNORECASE)
    return whole.format(match.groupdict().get("stop") or text) if match else text


def _move(camera: Camera) -> str:
    """A move that was not written is left to the model: nothing is said of it."""
    moves = [_phrase(move, MOVE) for move in camera.moves]
    if moves and camera.speed and camera.moves[-1] != "static":
        moves[-1] += f" {_phrase(camera.speed, SPEED)}"
    return ", then ".join(moves)


def _lines(shot: Shot, people: Mapping[str, PersonView]) -> Iterator[LineView]:
    for line in shot.dialogue:
        if line.character is None:
            yield from _plain_lines(line, people)
        else:
            person = people.get(line.character, _NOBODY)
            yield _said(person, line, line.text)


def _plain_lines(line: Line, people: Mapping[str, PersonView]) -> Iterator[LineView]:
    """Read dialogue in its short form, one line of text each, perhaps `Mia: Here!`."""
    known = {person.name.casefold(): person for person in people.values()}
    known |= {name.casefold(): person for name, person in people.items()}
    for written in filter(None, map(_text, line.text.splitlines())):
        label = _LABEL.fullmatch(written)
        person = known.get(label[1].casefold()) if label else None
        if label and (person or label[1].isupper()):
            yield _said(person or PersonView(label[1], "", ""), line, label[2])
        else:
            yield _said(_NOBODY, line, written)


@_remembered
def _said(person: PersonView, line: Line, text: str) -> LineView:
    delivery = "" if line.delivery == "on-screen" else _phrase(line.delivery, DELIVERY)
    manner = _text(line.parenthetical).strip("()")
    return LineView(person.name, _text(text), delivery, manner, person.voice)


@_remembered
def _sound(sound: Sound, place: LocationView, scene: SceneView) -> SoundView:
    text = _text(sound.text)
    outside = scene.heading.upper().startswith("EXT")
    return SoundView(
        text,
        _text(sound.ambience) or ("" if text else place.ambience),
        tuple(map(_text, sound.effects)),
        _text(sound.foley),
        _text(sound.room_tone),
        _text(sound.music),
        "a light breeze" if outside else "quiet room tone",
    )
