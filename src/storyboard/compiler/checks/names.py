"""Names that must be unique, and names that must refer to something."""

from collections.abc import Iterable, Iterator

from storyboard.compiler.checks.subject import Subject
from storyboard.compiler.suggest import did_you_mean, first_few
from storyboard.model.diagnostic import Code, Diagnostic, Related
from storyboard.model.source import Span
from storyboard.model.story import ImageFrom, ImageUrl, Origin, Scene, Shot

__all__ = ["CHECKS"]


def empty_film(subject: Subject) -> Iterator[Diagnostic]:
    """A film has to show something."""
    if not subject.film.shown:
        every = "every shot is skipped" if subject.film.shots else "it has no shots"
        message = f"the film shows nothing: {every}"
        advice = "give it at least one shot without `skip: true`"
        place = subject.film.origin.key("scenes" if subject.film.origin.has("scenes") else "shots")
        yield Diagnostic(Code.EMPTY_FILM, message, place, advice)


def duplicate_ids(subject: Subject) -> Iterator[Diagnostic]:
    """Scenes have ids of their own, and so have shots, in the whole film."""
    scenes = ((scene.id, scene.origin) for scene in subject.film.scenes)
    shots = ((shot.id, shot.origin) for shot in subject.film.shots)
    yield from _repeated("scene", scenes)
    yield from _repeated("shot", shots)


def _repeated(kind: str, named: Iterable[tuple[str, Origin]]) -> Iterator[Diagnostic]:
    first: dict[str, Span] = {}
    for name, origin in named:
        place = origin.at("id")
        if name in first:
            message = f'two {kind}s are called "{name}"'
            advice = f"give each {kind} an id of its own, in the whole film"
            related = (Related(f"the first {kind} of that name", first[name]),)
            yield Diagnostic(Code.DUPLICATE_ID, message, place, advice, related)
        first.setdefault(name, place)


def unknown_characters(subject: Subject) -> Iterator[Diagnostic]:
    """Whoever speaks or is present is in the film's list of characters."""
    known = [each.id for each in subject.film.characters]
    for shot in subject.film.shots:
        for name, steps in _people(shot):
            if name not in known:
                place = shot.origin.at(*steps)
                yield _unknown(Code.UNKNOWN_CHARACTER, "character", name, place, known)


def _people(shot: Shot) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield everyone a shot names and where; whoever only speaks is named in the dialogue."""
    speaking = {line.character for line in shot.dialogue}
    for index, line in enumerate(shot.dialogue):
        if line.character:
            yield line.character, ("dialogue", index, "character")
    for index, name in enumerate(shot.characters):
        if name not in speaking:
            yield name, ("characters", index)


def unknown_locations(subject: Subject) -> Iterator[Diagnostic]:
    """A scene or shot stands somewhere that is in the film's list of locations."""
    known = [each.id for each in subject.film.locations]
    placed: tuple[Scene | Shot, ...] = (*subject.film.scenes, *subject.film.shots)
    for each in placed:
        if each.location is not None and each.location not in known:
            place = each.origin.at("location")
            yield _unknown(Code.UNKNOWN_LOCATION, "location", each.location, place, known)


def unknown_shots(subject: Subject) -> Iterator[Diagnostic]:
    """A frame is taken from a shot that exists, and a variant overrides shots that exist."""
    known = [shot.id for shot in subject.film.shots]
    for shot in subject.film.shots:
        for name, field in _chains(shot):
            if name not in known:
                place = shot.origin.at(field, "from")
                yield _unknown(Code.UNKNOWN_SHOT, "shot", name, place, known)
    addresses = {f"{shot.scene}/{shot.id}" for shot in subject.film.shots}
    for variant in subject.film.variants:
        for name, place in subject.film.origin.entries("variants", variant, "shots"):
            if name not in known and name not in addresses:
                yield _unknown(Code.UNKNOWN_SHOT, "shot", name, place, known)


def chain_cycles(subject: Subject) -> Iterator[Diagnostic]:
    """No shot starts, through others, from its own end."""
    parents = {shot.id: [name for name, _ in _chains(shot)] for shot in subject.film.shots}
    for shot in subject.film.shots:
        for name, field in _chains(shot):
            way = _way_back(parents, name, shot.id)
            if way is not None and shot.id == min(way):
                listed = " → ".join((shot.id, *way))
                message = f'the shot "{shot.id}" starts from its own end: {listed}'
                advice = "let one of them start from a still"
                place = shot.origin.at(field, "from")
                yield Diagnostic(Code.CHAIN_CYCLE, message, place, advice)


def _way_back(parents: dict[str, list[str]], start: str, goal: str) -> tuple[str, ...] | None:
    """Return the shots from `start` to `goal` along the chains; None when they do not meet."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop()
        if way[-1] == goal:
            return way
        for parent in parents.get(way[-1], ()):
            if parent not in seen or parent == goal:
                seen.add(parent)
                ways.append((*way, parent))
    return None


def _chains(shot: Shot) -> Iterator[tuple[str, str]]:
    for field, image in (("image", shot.image), ("end_image", shot.end_image)):
        if isinstance(image, ImageFrom):
            yield image.shot, field


def unused_people_and_places(subject: Subject) -> Iterator[Diagnostic]:
    """What is described is used, or the description is a slip."""
    film = subject.film
    people = {name for shot in film.shots for name, _ in _people(shot)}
    placed: tuple[Scene | Shot, ...] = (*film.scenes, *film.shots)
    places = {each.location for each in placed}
    for character in film.characters:
        if character.id not in people:
            message = f'no shot shows or hears the character "{character.id}"'
            advice = f"list it in a shot, `characters: [{character.id}]`, or take it out"
            place = film.origin.key("characters", character.id)
            yield Diagnostic(Code.UNUSED_CHARACTER, message, place, advice)
    for location in film.locations:
        if location.id not in places:
            message = f'no scene or shot stands in the location "{location.id}"'
            advice = f"give a scene `location: {location.id}`, or take it out"
            place = film.origin.key("locations", location.id)
            yield Diagnostic(Code.UNUSED_LOCATION, message, place, advice)


def drawn_otherwise(subject: Subject) -> Iterator[Diagnostic]:
    """An animatic shows another picture than a model would be sent."""
    for shot in subject.film.shown:
        for field, image in (("image", shot.image), ("end_image", shot.end_image)):
            if isinstance(image, ImageFrom):
                message = f'"{shot.id}" is drawn from the still that starts its chain, not a frame'
                yield _later(message, shot.origin.at(field))
            elif isinstance(image, ImageUrl):
                message = (
                    f'the still of "{shot.id}" is on the web and not fetched: a slate stands for it'
                )
                yield _later(message, shot.origin.at(field))


def _later(message: str, place: Span) -> Diagnostic:
    advice = "nothing to do: it is checked and priced now, and acts in a later version"
    return Diagnostic(Code.NOT_YET, message, place, advice)


def _unknown(code: Code, kind: str, name: str, place: Span, known: Iterable[str]) -> Diagnostic:
    nearest = did_you_mean(name, known)
    listed = first_few(tuple(known))
    advice = f"the film has: {listed}" if listed else f"the film has no {kind}s yet"
    if nearest is not None:
        advice = f'did you mean "{nearest}"?'
    return Diagnostic(code, f'no {kind} is called "{name}"', place, advice)


CHECKS = (
    empty_film,
    duplicate_ids,
    unknown_characters,
    unknown_locations,
    unknown_shots,
    chain_cycles,
    unused_people_and_places,
)
FREE = (drawn_otherwise,)
