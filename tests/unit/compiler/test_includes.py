"""A film and its includes as one tree: which scenes stand where, and what is wrong in all files."""

import pytest

from storyboard.compiler.syntax import includes
from storyboard.compiler.syntax.includes import assemble
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.source import Source
from storyboard.model.tree import find, plain


class Folder:
    """Files by the path they are shown under; remembers what was asked for."""

    def __init__(self, **files):
        self.files = {path.replace("__", "/") + ".yaml": text for path, text in files.items()}
        self.asked = []

    def read(self, path, span):
        self.asked.append((path, span))
        if path not in self.files:
            return failed(Diagnostic(Code.UNREADABLE_FILE, f"{path} does not exist", span))
        return Outcome(Source(path, self.files[path]))


def whole(path="film.yaml", **files):
    outcome = assemble(path, Folder(**files).read)
    assert outcome.diagnostics == ()
    return outcome.value


def shown(path="film.yaml", **files):
    """Each finding as its code, its file and the text under its span."""
    folder = Folder(**files)
    outcome = assemble(path, folder.read)
    assert not outcome.ok
    return [
        (each.code, each.span.path, folder.files[each.span.path][each.span.start : each.span.end])
        for each in outcome.diagnostics
    ]


def test_a_film_without_includes_is_itself():
    """Nothing is replaced where nothing is included."""
    tree = whole(film="title: x\nscenes: [{id: a}]\n")
    assert plain(tree.root) == {"title": "x", "scenes": [{"id": "a"}]}
    assert [each.path for each in tree.sources] == ["film.yaml"]


def test_an_included_scene_stands_in_the_place_of_its_item():
    """A file that holds one scene gives that scene."""
    tree = whole(film="scenes:\n- id: a\n- include: b.yaml\n- id: c\n", b="id: b\n")
    assert plain(tree.root) == {"scenes": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}


def test_included_scenes_stand_in_the_place_of_their_item():
    """A file that holds a list of scenes gives them all, in order, includes and all."""
    tree = whole(
        film="scenes: [{include: b.yaml}, {id: z}]\n",
        b="scenes: [{id: b}, {include: c.yaml}, {id: d}]\n",
        c="include: e.yaml\n",
        e="id: e\n",
    )
    assert [scene["id"] for scene in plain(tree.root)["scenes"]] == ["b", "e", "d", "z"]
    assert [each.path for each in tree.sources] == ["film.yaml", "b.yaml", "c.yaml", "e.yaml"]


def test_paths_are_relative_to_the_file_they_are_written_in():
    """A file is found, and shown, relative to the file that includes it."""
    tree = whole(
        path="films/film.yaml",
        films__film="scenes: [{include: scenes/a.yaml}]\n",
        films__scenes__a="scenes: [{include: ./deep/b.yaml}, {include: ../c.yaml}]\n",
        films__scenes__deep__b="id: b\n",
        films__c="id: c\n",
    )
    assert [each.path for each in tree.sources] == [
        "films/film.yaml", "films/scenes/a.yaml", "films/scenes/deep/b.yaml", "films/c.yaml",
    ]  # fmt: skip


def test_every_node_knows_the_file_it_stands_in():
    """What is included keeps its own file's path and places."""
    text = "# a comment\nid: b\n"
    tree = whole(film="scenes: [{include: b.yaml}]\n", b=text)
    node = find(tree.root, "scenes", 0, "id")
    assert (node.path, text[node.start : node.end]) == ("b.yaml", "b")
    assert find(tree.root, "scenes").path == "film.yaml"
    assert find(tree.root, "scenes", 0).keys["id"].path == "b.yaml"


def test_the_reader_is_told_where_a_path_is_written():
    """The film is asked for without a place, an include with the place of its path."""
    folder = Folder(film="scenes: [{include: b.yaml}]\n", b="id: b\n")
    assemble("film.yaml", folder.read)
    assert folder.asked == [("film.yaml", None), ("b.yaml", ("film.yaml", 19, 25))]


def test_a_file_included_twice_is_read_once():
    """Its scenes appear twice; its findings once."""
    folder = Folder(film="scenes: [{include: b.yaml}, {include: b.yaml}]\n", b="id: on\n")
    outcome = assemble("film.yaml", folder.read)
    assert len(folder.asked) == 2
    assert [each.code for each in outcome.diagnostics] == [Code.AMBIGUOUS_SCALAR]
    assert len(find(outcome.value.root, "scenes").nodes) == 2


def test_findings_of_all_files_come_together():
    """A missing file does not hide what is wrong in the film or in another file."""
    assert shown(
        film="title: on\nscenes:\n- include: no.yaml\n- include: b.yaml\n- include: c.yaml\n",
        b="id: 1\nid: 2\n",
        c="id: 'x\n",
    ) == [
        (Code.AMBIGUOUS_SCALAR, "film.yaml", "on"),
        (Code.UNREADABLE_FILE, "film.yaml", "no.yaml"),
        (Code.DUPLICATE_KEY, "b.yaml", "id"),
        (Code.YAML_SYNTAX, "c.yaml", "'"),
    ]


def test_with_errors_the_sources_are_still_there():
    """Findings need the texts they are about, also of files that do not parse."""
    outcome = assemble("film.yaml", Folder(film="scenes: [{include: b.yaml}]\n", b="'x").read)
    assert [each.path for each in outcome.value.sources] == ["film.yaml", "b.yaml"]
    broken = assemble("film.yaml", Folder(film="a: 'x").read)
    assert not broken.ok
    assert [each.path for each in broken.value.sources] == ["film.yaml"]


def test_a_damaged_text_is_shown_but_not_parsed():
    """A text that came with an error is kept for showing the error only."""

    def read(path, span):
        return Outcome(Source(path, "a: 'x"), (Diagnostic(Code.NOT_TEXT, "damaged", span),))

    outcome = assemble("film.yaml", read)
    assert [each.code for each in outcome.diagnostics] == [Code.NOT_TEXT]
    assert plain(outcome.value.root) == {}


def test_a_film_that_cannot_be_read_has_no_tree():
    """Without the film there is nothing to go on with."""
    outcome = assemble("film.yaml", Folder().read)
    assert outcome.value is None
    assert [each.code for each in outcome.diagnostics] == [Code.UNREADABLE_FILE]


@pytest.mark.parametrize(
    ("path", "files", "where", "under"),
    [
        ("film.yaml", {"film": "scenes: [{include: film.yaml}]"}, "film.yaml", "film.yaml"),
        ("./film.yaml", {"./film": "scenes: [{include: film.yaml}]"}, "./film.yaml", "film.yaml"),
        (
            "film.yaml",
            {
                "film": "scenes: [{include: a/b.yaml}]",
                "a__b": "scenes: [{include: c.yaml}]",
                "a__c": "scenes: [{include: ../a/b.yaml}]",
            },
            "a/c.yaml",
            "../a/b.yaml",
        ),
        (
            "film.yaml",
            {"film": "scenes: [{include: b.yaml}]", "b": "include: b.yaml"},
            "b.yaml",
            "b.yaml",
        ),
    ],
)
def test_a_cycle_is_found_at_the_include_that_closes_it(path, files, where, under):
    """However the path is spelled, the ring ends at the path that would go round again."""
    assert shown(path, **files) == [(Code.INCLUDE_CYCLE, where, under)]


def test_a_cycle_names_its_files():
    """The finding shows the ring from file to file."""
    folder = Folder(film="scenes: [{include: b.yaml}]", b="scenes: [{include: film.yaml}]")
    (only,) = assemble("film.yaml", folder.read).diagnostics
    assert "film.yaml -> b.yaml -> film.yaml" in only.message


def test_an_include_item_holds_nothing_else():
    """Other keys beside an include are pointed at; the include is followed all the same."""
    assert shown(film="scenes:\n- include: b.yaml\n  shots: []\n  id: x\n", b="id: on\n") == [
        (Code.UNKNOWN_KEY, "film.yaml", "shots"),
        (Code.UNKNOWN_KEY, "film.yaml", "id"),
        (Code.AMBIGUOUS_SCALAR, "b.yaml", "on"),
    ]


def test_a_file_of_scenes_holds_nothing_else():
    """A film's own keys in an included file would be ignored, so they are refused."""
    assert shown(film="scenes: [{include: b.yaml}]\n", b="title: x\nscenes: [{id: a}]\n") == [
        (Code.UNKNOWN_KEY, "b.yaml", "title")
    ]


def test_a_misspelled_key_beside_an_include_is_recognised():
    """A near miss is met with the key that was meant."""
    folder = Folder(film="scenes: [{include: b.yaml, includes: c.yaml}]\n", b="id: b\n")
    (only,) = assemble("film.yaml", folder.read).diagnostics
    assert only.help == "did you mean `include`?"


@pytest.mark.parametrize("value", ["[b.yaml]", "12", "''", "{a: b}"])
def test_an_include_names_a_file(value):
    """Anything but a path is a finding on the value."""
    ((code, _, under),) = shown(film=f"scenes:\n- include: {value}\n")
    assert (code, under) == (Code.WRONG_TYPE, value)


def test_the_scenes_of_an_included_file_are_a_list():
    """A file whose scenes are something else is told so; the film's own are the schema's matter."""
    assert shown(film="scenes: [{include: b.yaml}]\n", b="scenes: x\n") == [
        (Code.WRONG_TYPE, "b.yaml", "x")
    ]
    assert plain(whole(film="scenes: x\n").root) == {"scenes": "x"}


def test_an_include_elsewhere_is_left_alone():
    """Only the list of scenes includes; elsewhere the key is the schema's matter."""
    assert plain(whole(film="shots: [{include: b.yaml}]\nscenes: [1]\n").root) == {
        "shots": [{"include": "b.yaml"}],
        "scenes": [1],
    }


def test_includes_that_double_at_every_level_are_stopped():
    """A few files that include each other twice stand for millions; the count ends it."""
    files = {
        f"f{i}": f"scenes: [{{include: f{i + 1}.yaml}}, {{include: f{i + 1}.yaml}}]\n"
        for i in range(30)
    }
    files["f30"] = "id: x\n"
    found = shown(path="f0.yaml", **files)
    assert [code for code, _, _ in found] == [Code.FILE_TOO_LARGE]


def test_the_text_of_all_files_together_is_bounded(monkeypatch):
    """Many large files are as bad as one, a file included again as bad as another."""
    monkeypatch.setattr(includes, "_MOST_CHARACTERS", 1_000)
    files = {"film": "scenes: [" + "{include: b.yaml}, " * 9 + "]\n", "b": "id: b # " + "x" * 300}
    assert [code for code, _, _ in shown(**files)] == [Code.FILE_TOO_LARGE]


def test_without_the_bounds_doubling_goes_on(monkeypatch):
    """The bound on files is what stops the doubling."""
    monkeypatch.setattr(includes, "_MOST_FILES", 10**9)
    files = {
        f"f{i}": f"scenes: [{{include: f{i + 1}.yaml}}, {{include: f{i + 1}.yaml}}]\n"
        for i in range(12)
    }
    files["f12"] = "id: x\n"
    assert len(find(whole(path="f0.yaml", **files).root, "scenes").nodes) == 2**12


def test_a_long_chain_of_includes_is_stopped():
    """A chain deeper than any film needs ends in a finding, not in a full stack."""
    files = {f"f{i}": f"scenes: [{{include: f{i + 1}.yaml}}]\n" for i in range(500)}
    assert shown(path="f0.yaml", **files) == [(Code.TOO_DEEP, "f32.yaml", "f33.yaml")]


def test_assembling_is_pure(no_io):
    """All reading goes through the reader that is handed in."""
    folder = Folder(film="scenes: [{include: b.yaml}]\n", b="id: b\n")
    with no_io():
        assert assemble("film.yaml", folder.read).ok
