"""What encodes here is found, and what is missing is named."""

import pytest

from storyboard.adapters.media.encoders import ffmpeg_version, missing_encoders
from storyboard.model.errors import EnvironmentFault


def test_ffmpeg_runs_and_says_its_version():
    """The program that came with imageio answers."""
    assert any(letter.isdigit() for letter in ffmpeg_version())


@pytest.mark.parametrize("script", [None, "#!/bin/sh\nexit 1\n", "no program"])
def test_an_ffmpeg_that_does_not_run_is_told(tmp_path, monkeypatch, script):
    """It is not there, or fails, or is none: a sentence that names it, and what to do."""
    program = tmp_path / "ffmpeg"
    if script is not None:
        program.write_text(script)
        program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    with pytest.raises(EnvironmentFault, match="ffmpeg does not run") as told:
        ffmpeg_version()
    assert str(program) in told.value.message
    assert "IMAGEIO_FFMPEG_EXE" in told.value.hint


def test_a_version_in_other_words_is_unknown(tmp_path, monkeypatch):
    """A program that runs is well, whatever it says of itself."""
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    assert ffmpeg_version() == "unknown"


def test_what_clips_are_written_with_is_there():
    """PyAV's wheel has both encoders; one that it has not is named, and a decoder is none."""
    assert missing_encoders() == ()
    assert missing_encoders(("libx264", "no-such", "h263i")) == ("no-such", "h263i")
