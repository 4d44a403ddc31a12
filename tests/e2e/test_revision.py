"""A film as a git revision has it: its own includes, templates, cards, stills and settings."""

import io
import os
import signal
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from fakes.repository import Repository
from storyboard.app import forked as forking
from storyboard.app import revision as module
from storyboard.app.compile import FilmOptions, compile_film_at
from storyboard.app.resources import resource
from storyboard.app.revision import compile_both, open_revision
from storyboard.model.diagnostic import Code
from storyboard.model.errors import EnvironmentFault, Undecidable

FILM = """\
storyboard: 1
title: Old
model: animatic
template: plain
scenes:
  - {id: s, shots: [{id: a, action: The cat runs., image: stills/a.png}]}
"""
FRESH = FilmOptions(cache=False)


def picture(shade=0, size=(32, 18)):
    file = io.BytesIO()
    Image.new("L", size, shade).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository with one commit of a film and its still, and the command running at its top."""
    made = Repository(tmp_path / "work")
    made.write("film.yaml", FILM)
    made.write("stills/a.png", picture())
    made.commit()
    monkeypatch.chdir(made.folder)
    return made


def opened(path="film.yaml", revision="HEAD", options=FRESH):
    found = open_revision(path, revision, options)
    assert found is not None
    return found


def compiled(*words, **named):
    compilation = opened(*words, **named).compilation
    assert compilation.ok, compilation.diagnostics
    return compilation.load()


def codes(path="film.yaml", revision="HEAD"):
    return [each.code for each in opened(path, revision).compilation.diagnostics]


def today(path="film.yaml"):
    return compile_film_at(path, FRESH).load()


def changed(repo):
    """Change everything that lies there today."""
    repo.write("film.yaml", FILM.replace("Old", "New").replace("cat", "dog"))
    repo.write("stills/a.png", picture(99))


# ---- what it is


def test_a_revision_compiles_to_what_the_film_was(repo):
    """The same film, prompts and stills as when its files lay there."""
    before = today()
    changed(repo)
    repo.commit()
    changed(repo)
    found = opened(revision="HEAD~1")
    after = found.compilation.load()
    assert (after.film, after.prompts, after.stills) == (
        before.film,
        before.prompts,
        before.stills,
    )
    assert (found.name, found.commit) == ("HEAD~1", repo.git("rev-parse", "HEAD~1").strip())
    assert today().film.title == "New"


def test_its_texts_go_by_the_name_of_the_revision(repo):
    """So that nobody takes its findings for today's; storyboard's own texts keep their names."""
    repo.write("film.yaml", FILM.replace("action", "acton"))
    repo.commit()
    repo.write("film.yaml", FILM)
    compilation = opened().compilation
    (finding, *_) = compilation.diagnostics
    source = compilation.sources[finding.span.path]
    assert source.path == "HEAD:film.yaml"
    assert source.text[finding.span.start : finding.span.end] == "acton"
    assert not compilation.ok
    assert "templates/plain.j2" in opened(revision="HEAD~1").compilation.sources


def test_the_places_that_explain_a_finding_are_the_revisions_too(repo):
    """A second shot of the same name points to the first one as it was."""
    repo.write("film.yaml", FILM.replace("shots: [", "shots: [{id: a, action: She sits.}, "))
    repo.commit()
    (finding,) = opened().compilation.diagnostics
    assert finding.code is Code.DUPLICATE_ID
    assert {each.span.path for each in finding.related} == {"HEAD:film.yaml"}


def test_a_film_that_was_not_there(repo):
    """It is no error: today's film is new."""
    repo.write("new.yaml", FILM)
    assert open_revision("new.yaml", "HEAD", FRESH) is None
    assert open_revision("no/such/folder.yaml", "HEAD", FRESH) is None


def test_a_film_that_is_gone_today(repo):
    """Its folder may be gone with it."""
    repo.write("films/one/film.yaml", FILM.replace("stills", "../../stills"))
    repo.commit()
    repo.delete("films/one/film.yaml")
    (repo.folder / "films" / "one").rmdir()
    assert compiled("films/one/film.yaml").film.title == "Old"


def test_what_git_refuses_is_raised(repo, tmp_path, monkeypatch):
    """No such revision, no repository."""
    with pytest.raises(Undecidable):
        open_revision("film.yaml", "nothing", FRESH)
    with pytest.raises(Undecidable):
        open_revision("film.yaml", "--upload-pack=x", FRESH)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EnvironmentFault):
        open_revision("film.yaml", "HEAD", FRESH)


# ---- all that it is made of


def test_includes_templates_and_cards_are_the_revisions(repo):
    """Renamed, rewritten or deleted since: the earlier film is made of the earlier ones."""
    card = resource("cards", "animatic.yaml").replace("id: animatic", "id: house", 1)
    film = FILM.replace("model: animatic", "model: house").replace("plain", "mine")
    repo.write("film.yaml", film + "  - include: scenes/old name ü.yaml\n")
    repo.write("scenes/old name ü.yaml", "id: garden\nshots: [{id: b, action: She sleeps.}]\n")
    repo.write("templates/mine.j2", "OLD {{ shot.action }}")
    repo.write("cards/house.yaml", card)
    repo.commit()
    (repo.folder / "scenes" / "old name ü.yaml").rename(repo.folder / "scenes" / "new.yaml")
    repo.write("film.yaml", film + "  - include: scenes/new.yaml\n")
    repo.write("templates/mine.j2", "NEW {{ shot.action }}")
    repo.write("mine.j2", "NEARER {{ shot.action }}")
    repo.write("cards/house.yaml", card.replace("id: house", "id: other"))
    found = opened()
    assert [prompt.text for prompt in found.compilation.load().prompts] == [
        "OLD The cat runs.",
        "OLD She sleeps.",
    ]
    assert "house" in {each.id for each in found.cards}
    assert "other" not in {each.id for each in found.cards}
    assert [each.code for each in compile_film_at("film.yaml", FRESH).diagnostics] == [
        Code.UNKNOWN_MODEL
    ]


def test_settings_are_the_revisions(repo):
    """And where storyboard.toml lay then marks the project."""
    repo.write("storyboard.toml", '[account]\nlevel = "gold"\n')
    repo.commit()
    repo.write("storyboard.toml", '[account]\nlevel = "wrong"\n')
    repo.commit()
    assert opened(revision="HEAD~2").compilation.settings.account.level == "bronze"
    assert opened(revision="HEAD~1").compilation.settings.account.level == "gold"
    wrong = opened().compilation
    assert [each.span.path for each in wrong.diagnostics] == ["HEAD:storyboard.toml"]
    assert wrong.settings.source.path == "HEAD:storyboard.toml"
    with pytest.raises(ValueError, match="wrong settings"):
        wrong.load()


def test_a_text_beside_the_film(repo):
    """The lock file is read by the path that it has today."""
    repo.write("film.lock.yaml", "takes: old\n")
    repo.commit()
    repo.write("film.lock.yaml", "takes: new\n")
    found = opened()
    assert found.text_of("film.lock.yaml") == "takes: old\n"
    assert found.text_of("film.de.lock.yaml") is None
    assert found.text_of("../film.lock.yaml") is None


def test_the_options_hold_for_the_revision_too(repo):
    """Values, a variant, and whether the film is free."""
    varied = (
        FILM.replace("The cat runs.", '"The {{ who }} runs."')
        + "vars: {who: cat}\nvariants: {v: {title: V}}\n"
    )
    repo.write("film.yaml", varied.replace("model: animatic", "model: nobody/sells/it"))
    repo.commit()
    assert codes() == [Code.UNKNOWN_MODEL]
    free = FilmOptions((("who", "owl"),), "v", cache=False, free=True)
    film = compiled(options=free).film
    assert (film.title, film.shots[0].action) == ("V", "The owl runs.")


# ---- from anywhere


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (".", "films/one/film.yaml"),
        ("films", "one/film.yaml"),
        ("films/one", "film.yaml"),
        ("stills", "../films/one/film.yaml"),
        (".", "{top}/films/one/film.yaml"),
        ("..", "work/films/one/film.yaml"),
        ("..", "alias/films/one/film.yaml"),
        ("..", "linked/one/film.yaml"),
    ],
)
def test_a_film_is_found_from_anywhere(repo, monkeypatch, place, path):
    """In a subfolder, by climbing, whole, over a link; its paths are those of today's film."""
    repo.write("films/one/film.yaml", FILM.replace("stills", ".."))
    repo.write("films/a.png", picture())
    repo.commit()
    (repo.folder.parent / "alias").symlink_to(repo.folder)
    (repo.folder.parent / "linked").symlink_to(repo.folder / "films")
    monkeypatch.chdir(repo.folder / place)
    path = path.format(top=repo.folder)
    assert compiled(path).stills == today(path).stills
    assert compiled(path).film == today(path).film
    assert next(iter(opened(path).compilation.sources)) == f"HEAD:{path}"


def test_a_linked_work_tree(repo, tmp_path, monkeypatch):
    """Its film is compared with the history that it shares."""
    repo.git("worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "other")
    monkeypatch.chdir(tmp_path / "second")
    assert compiled(revision="main").film.title == "Old"


# ---- what is not used


@pytest.mark.parametrize(
    ("target", "code"),
    [("../secret.png", Code.OUTSIDE_PROJECT), ("../../outside.png", Code.OUTSIDE_PROJECT)],
)
def test_a_link_out_of_the_project_is_a_finding(repo, target, code):
    """Out of the folder that storyboard.toml marks, or out of the repository; both exist today."""
    repo.write("secret.png", picture())
    (repo.folder.parent / "outside.png").write_bytes(picture())
    repo.write("project/storyboard.toml", "")
    repo.write("project/film.yaml", FILM.replace("stills/", ""))
    repo.link("project/a.png", target)
    repo.commit()
    assert codes("project/film.yaml") == [code]
    repo.delete("project/storyboard.toml")  # the control: only the border stops the first of them
    repo.commit()
    expected = [] if target == "../secret.png" else [code]
    assert codes("project/film.yaml") == expected


def test_what_cannot_be_read_is_a_finding(repo):
    """A folder, a link in a ring, a slip in a name, what is too large and what is no text."""
    cases = {
        "stills": Code.UNREADABLE_FILE,
        "ring": Code.UNREADABLE_FILE,
        "../x": Code.OUTSIDE_PROJECT,
        "garden.yml": Code.UNREADABLE_FILE,
        "no/x": Code.UNREADABLE_FILE,
        "large": Code.FILE_TOO_LARGE,
        "wide": Code.NOT_TEXT,
    }
    repo.link("ring", "ring")
    repo.write("garden.yaml", "id: garden\n")
    repo.write("large", b" " * (16 * 1024 * 1024 + 1))
    repo.write("wide", "id: x".encode("utf-16"))
    repo.write("film.yaml", FILM + "".join(f"  - include: {name}\n" for name in cases))
    repo.commit()
    found = opened().compilation.diagnostics
    assert [each.code for each in found] == list(cases.values())
    assert {each.span.path for each in found} == {"HEAD:film.yaml"}
    assert found[3].help == 'did you mean "garden.yaml"?'
    before = [(each.code, each.message, each.help) for each in found]
    now = [
        (each.code, each.message, each.help)
        for each in compile_film_at("film.yaml", FRESH).diagnostics
    ]
    assert before == now


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda repo: repo.delete("stills/a.png"), Code.IMAGE_MISSING),
        (lambda repo: repo.write("stills/a.png", b"no picture"), Code.IMAGE_UNREADABLE),
        (lambda repo: repo.write("stills/a.png", b""), Code.IMAGE_UNREADABLE),
        (lambda repo: repo.write("stills/a.png", bytes(64 << 20 | 1)), Code.IMAGE_UNREADABLE),
    ],
    ids=["missing", "no picture", "empty", "too heavy"],
)
def test_a_still_that_cannot_be_used(repo, prepare, code):
    """The words are those for a still of today."""
    prepare(repo)
    repo.commit()
    (found,) = opened().compilation.diagnostics
    (now,) = compile_film_at("film.yaml", FRESH).diagnostics
    assert (found.code, found.message, found.help) == (code, now.message, now.help)


def test_sounds_are_looked_for_in_the_revision(repo):
    """There, not there, empty, a folder, of another kind: as today, and no byte is read."""
    names = ("a.wav", "none.wav", "empty.wav", "folder.wav", "a.txt", "../x.wav")
    tracks = ", ".join(f"{{file: {name}}}" for name in names)
    repo.write("film.yaml", FILM.replace("action:", f"mix: {{tracks: [{tracks}]}}, action:"))
    for name in ("a.wav", "a.txt", "folder.wav/a"):
        repo.write(name, "RIFF")
    repo.write("empty.wav", "")
    repo.commit()
    found = [(each.code, each.message) for each in opened().compilation.diagnostics]
    assert len(found) == 5
    now = compile_film_at("film.yaml", FRESH).diagnostics
    assert found == [(each.code, each.message) for each in now]


# ---- Git LFS


def test_a_still_in_git_lfs(repo):
    """It is read where it was fetched; where not, that is said, and asked again another time."""
    data = picture(7)
    oid = sha256(data).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n"
    repo.write("stills/a.png", pointer)
    repo.commit()
    cached = FilmOptions()
    (finding,) = opened(options=cached).compilation.diagnostics
    assert finding.code is Code.IMAGE_MISSING
    assert "Git LFS" in finding.message
    assert "git lfs fetch" in finding.help
    repo.write(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", data)
    (still,) = compiled(options=cached).stills
    assert (still.sha256, still.size, still.bytes) == (oid, "32x18", len(data))


# ---- once


class Asked(Exception):
    """It was not remembered."""


def asks(*_):
    raise Asked


def test_a_film_of_a_commit_is_compiled_once(repo, monkeypatch):
    """By whatever name it goes; other options and other places are other films."""
    options = FilmOptions()
    first = opened(options=options)
    monkeypatch.setattr(module, "_compile", asks)
    again = opened(revision="main", options=options)
    assert again.compilation.load().film == first.compilation.load().film
    assert set(again.compilation.sources) == {
        path.replace("HEAD:", "main:") for path in first.compilation.sources
    }
    assert again.cards == first.cards
    for other in (
        FRESH,
        FilmOptions(variant="v"),
        FilmOptions((("a", "b"),)),
        FilmOptions(free=True),
    ):
        with pytest.raises(Asked):
            opened(options=other)
    monkeypatch.chdir("stills")
    with pytest.raises(Asked):
        opened("../film.yaml", options=options)


def test_a_still_is_looked_at_once(repo, monkeypatch):
    """By its bytes, whichever commit and path they are in."""
    from storyboard.app import committed  # noqa: PLC0415

    before = compiled(options=FilmOptions()).stills
    (repo.folder / "stills").rename(repo.folder / "pictures")
    repo.write("film.yaml", FILM.replace("stills", "pictures"))
    repo.commit()
    monkeypatch.setattr(committed, "describe", asks)
    (after,) = compiled(options=FilmOptions()).stills
    assert (after.path, after.sha256) == ("pictures/a.png", before[0].sha256)
    with pytest.raises(Asked):
        compiled()


# ---- beside today's film


def both(revision="HEAD", options=FRESH):
    now, then = compile_both("film.yaml", revision, options)
    return now.load().film.title, then and then.compilation.load().film.title


@pytest.mark.parametrize("forks", [True, False])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_both_versions_are_compiled(repo, monkeypatch, forks):
    """At the same time or one after the other; again from memory; none where there was no film."""
    monkeypatch.setattr(forking, "_may_fork", lambda: forks)
    changed(repo)
    assert both() == ("New", "Old")
    assert both(options=FilmOptions()) == ("New", "Old")
    assert both(options=FilmOptions()) == ("New", "Old")
    repo.git("rm", "--quiet", "--cached", "film.yaml")
    repo.git("commit", "--quiet", "--message", "gone")
    assert both() == ("New", None)
    with pytest.raises(Undecidable):
        both("nothing")


def refuse():
    message = "no"
    raise Undecidable(message, hint="yes")


def die():
    os._exit(1)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_says_why_it_refuses_or_is_done_without(monkeypatch):
    """Its refusal comes back whole; one that died leaves the work to be done here."""
    monkeypatch.setattr(forking, "_may_fork", lambda: True)
    with forking.forked(refuse) as wait, pytest.raises(Undecidable, match="no") as refusal:
        wait()
    assert refusal.value.hint == "yes"
    here = os.getpid()
    with forking.forked(lambda: die() if os.getpid() != here else "done") as wait:
        assert wait() == "done"
    with forking.forked(os.getpid) as wait:
        assert wait() != here


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_no_process_is_left_behind(monkeypatch):
    """When what is done meanwhile fails, the other ends with it, however long it would take."""
    monkeypatch.setattr(forking, "_may_fork", lambda: True)
    with pytest.raises(Asked), forking.forked(signal.pause):
        raise Asked
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_that_the_system_has_taken_away_is_not_missed(monkeypatch):
    """Where SIGCHLD is ignored, as some who start us do, there is nobody to wait for, or to end."""
    monkeypatch.setattr(forking, "_may_fork", lambda: True)
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with forking.forked(os.getpid) as wait:
            assert wait() != os.getpid()
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_process_is_forked_only_where_that_is_safe_and_helps(monkeypatch):
    """Not beside another thread, and not on one core."""
    monkeypatch.setattr(forking, "_cores", lambda: 2)
    monkeypatch.setattr(forking.threading, "active_count", lambda: 1)
    assert forking._may_fork() == (sys.platform == "linux")
    monkeypatch.setattr(forking.threading, "active_count", lambda: 2)
    assert not forking._may_fork()
    monkeypatch.setattr(forking.threading, "active_count", lambda: 1)
    monkeypatch.setattr(forking, "_cores", lambda: 1)
    assert not forking._may_fork()


def test_work_tree_and_index_are_left_alone(repo):
    """Whatever is changed, staged or new: git says the same of it afterwards."""
    changed(repo)
    repo.git("add", "stills/a.png")
    repo.write("new.txt", "x")
    index = Path(".git/index")
    before = repo.git("status", "--porcelain"), index.read_bytes(), index.stat().st_mtime_ns
    assert both() == ("New", "Old")
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before[1:]
    assert repo.git("status", "--porcelain") == before[0]
