"""Settings: the environment and storyboard.toml, whatever is in either."""

import os
from pathlib import Path

import pytest

from storyboard.app.settings import ACCOUNTS, load_settings
from storyboard.model.diagnostic import Code


def written(tmp_path, text):
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / "storyboard.toml").write_bytes(data)
    return load_settings(tmp_path)


def shown(settings, finding):
    """Return the text that a finding points at."""
    return settings.source.text[finding.span.start : finding.span.end]


def test_a_project_without_a_file(tmp_path):
    """The account is the smallest there is, and nothing is wrong."""
    settings = load_settings(tmp_path)
    assert (settings.account, settings.findings) == (ACCOUNTS["bronze"], ())
    assert settings.state == tmp_path / ".storyboard"


@pytest.mark.parametrize("level", sorted(ACCOUNTS))
def test_an_account_level(tmp_path, level):
    """Each level the provider has is known by its name."""
    settings = written(tmp_path, f'[account]\nlevel = "{level}"\n')
    assert (settings.account, settings.findings) == (ACCOUNTS[level], ())


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "[account]\n", "\ufeff[account]\nlevel='gold'"]
)
def test_a_file_that_says_little(tmp_path, text):
    """An empty file, an empty section and a byte order mark are all in order."""
    assert written(tmp_path, text).findings == ()


@pytest.mark.parametrize(
    ("text", "guilty"),
    [
        ('[account]\nlevel = "platinum"', "level"),
        ("[account]\nlevel = 5", "level"),
        ("[account]\nlevel = []", "level"),
        ("[account]\nlevel = {a = 1}", "level"),
        ("[account]\nlevle = 'gold'", "levle"),
        ("[acount]\nlevel = 'gold'", "acount"),
        ("account = 'gold'", "account"),
        ("account = 5", "account"),
        ("[[account]]\nlevel = 'gold'", None),
        ("budget = 1", "budget"),
    ],
)
def test_a_wrong_setting_is_placed(tmp_path, text, guilty):
    """Whatever stands where, it is a finding at the name, and the smallest account counts."""
    settings = written(tmp_path, text)
    (finding,) = settings.findings
    assert finding.code is Code.BAD_SETTINGS
    assert settings.account == ACCOUNTS["bronze"]
    if guilty is not None:
        assert shown(settings, finding) == guilty


def test_what_to_type_instead(tmp_path):
    """A near name is offered, and the levels are listed."""
    (finding,) = written(tmp_path, "[account]\nlevle = 'gold'").findings
    assert finding.help == 'did you mean "level"?'
    (finding,) = written(tmp_path, "[account]\nlevel = 'x'").findings
    assert finding.help == "it is one of bronze, silver, gold, ultra"


@pytest.mark.parametrize(
    ("text", "line"),
    [("[account\nlevel = 1", 1), ("a = 1\nb = ", 2), ("a = 1\na = 2", 2), ("x", 1)],
)
def test_what_is_not_toml(tmp_path, text, line):
    """The finding is on the line that TOML's reader names, where it names one."""
    settings = written(tmp_path, text)
    (finding,) = settings.findings
    assert finding.code is Code.BAD_SETTINGS
    place = settings.source.position(finding.span.start)
    assert place.line in (line, 1)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"a = '\x00'", b"a = " + b"[" * 100_000], ids=["bytes", "nul", "deep"]
)
def test_a_hostile_file_is_a_finding(tmp_path, data):
    """What is not text, or is too deep to read, is never a traceback."""
    settings = written(tmp_path, data)
    assert settings.findings
    assert settings.account == ACCOUNTS["bronze"]


def test_a_pipe_a_folder_and_a_dead_link_are_findings(tmp_path):
    """A file that cannot be read is said to be so; a pipe is not waited for."""
    path = tmp_path / "storyboard.toml"
    os.mkfifo(path)
    assert [each.code for each in load_settings(tmp_path).findings] == [Code.UNREADABLE_FILE]
    path.unlink()
    path.mkdir()
    assert [each.code for each in load_settings(tmp_path).findings] == [Code.UNREADABLE_FILE]
    path.rmdir()
    path.symlink_to(tmp_path / "nowhere")
    assert [each.code for each in load_settings(tmp_path).findings] == [Code.UNREADABLE_FILE]


def test_a_months_limit(tmp_path):
    """An amount of dollars, or none."""
    assert load_settings(tmp_path).month is None
    (tmp_path / "storyboard.toml").write_text("[budget]\nmonth = 12.5\n")
    assert load_settings(tmp_path).month == 12_500_000


def test_a_runs_limit(tmp_path):
    """Beside the month's, and each may stand alone."""
    (tmp_path / "storyboard.toml").write_text("[budget]\nrun = 5\n")
    settings = load_settings(tmp_path)
    assert (settings.run, settings.month, settings.findings) == (5_000_000, None, ())


@pytest.mark.parametrize("limit", ["month", "run"])
@pytest.mark.parametrize("written", ["-1", "true", '"50"', "nan", "1e12"])
def test_what_is_no_limit(tmp_path, written, limit):
    """A finding at the key, and no limit is made up."""
    (tmp_path / "storyboard.toml").write_text(f"[budget]\n{limit} = {written}\n")
    settings = load_settings(tmp_path)
    assert [each.code for each in settings.findings] == [Code.BAD_SETTINGS]
    assert settings.findings[0].message.startswith(f"a {limit}'s limit is an amount of dollars")
    assert settings.month is settings.run is None


def test_where_the_cache_lies(tmp_path, monkeypatch):
    """In the folder the environment names, else in the user's own; never in the project."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.setenv("STORYBOARD_CACHE", str(tmp_path / "cache"))
    assert load_settings(project).cache == tmp_path / "cache"
    monkeypatch.delenv("STORYBOARD_CACHE")
    assert load_settings(project).cache.is_relative_to(Path.home())
    for inside in (project, project / ".cache", project / "x" / ".." / "y"):
        monkeypatch.setenv("STORYBOARD_CACHE", str(inside))
        assert load_settings(project).cache is None


def test_a_link_into_the_project_is_in_the_project(tmp_path, monkeypatch):
    """It counts where the cache really lies."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "link").symlink_to(project)
    monkeypatch.setenv("STORYBOARD_CACHE", str(tmp_path / "link" / "cache"))
    assert load_settings(project).cache is None
