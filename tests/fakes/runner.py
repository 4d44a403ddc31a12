"""Runs a composite action as GitHub's runner does, as far as that can be done on any machine.

Each `run:` is a script of its own for `bash --noprofile --norc -eo pipefail`, with its `env:` and
the runner's variables; outputs, summary and workflow commands are read as the runner reads them.
What it does not do: `uses:` (setting up Python), and the one step that installs storyboard, since
the tests run with both already there.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Job", "Runner", "commands", "evaluate", "expand"]

INSTALLS = "pip install"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass(slots=True)
class Job:
    """What a run of the action came to; `steps` are the names of those that were run."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    @property
    def commands(self) -> list[str]:
        """The workflow commands that the runner would have obeyed, annotations among them."""
        return commands(self.log)


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner: `tools` come first on the PATH; `event` set the workflow off, for `token`."""

    action: Path
    workspace: Path
    tools: Path
    temp: Path
    event: Mapping[str, Any]
    token: str

    def run(self, **given: str) -> Job:
        """Run the action's steps in order until one fails, with inputs (`max_increase`) given."""
        import yaml  # noqa: PLC0415  # one of what is tested has it; not all tests need it

        action = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        context = {"github": {"token": self.token, "event": self.event}, "steps": {}}
        context["inputs"] = {
            name: given.get(name.replace("-", "_"), expand(str(each.get("default", "")), context))
            for name, each in action["inputs"].items()
        }
        job = Job()
        for number, step in enumerate(action["runs"]["steps"]):
            wanted = evaluate(step.get("if", "'true'"), context) not in ("", "false")
            if "run" not in step or INSTALLS in step["run"] or not wanted:
                continue
            job.steps.append(step["name"])
            outputs = self._step(number, step, context, job)
            context["steps"][step.get("id", "")] = {"outputs": outputs}
            if job.code:
                break
        job.outputs = {
            name: expand(each["value"], context) for name, each in action["outputs"].items()
        }
        return job

    def _step(
        self, number: int, step: Mapping[str, Any], context: Mapping[str, Any], job: Job
    ) -> dict[str, str]:
        own = self.temp / str(number)
        own.mkdir(parents=True)
        files = {"GITHUB_OUTPUT": own / "output", "GITHUB_STEP_SUMMARY": own / "summary"}
        files["GITHUB_ENV"] = own / "env"
        for each in files.values():
            each.touch()
        (own / "event.json").write_text(json.dumps(self.event), encoding="utf-8")
        (own / "script.sh").write_text(step["run"], encoding="utf-8")
        given = {name: expand(str(text), context) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", own / "script.sh"],
            cwd=self.workspace,
            env=self._environment(own) | {name: str(path) for name, path in files.items()} | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        job.code, job.log = done.returncode, job.log + done.stdout
        job.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def _environment(self, own: Path) -> dict[str, str]:
        kept = ("HOME", "STORYBOARD_CACHE", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
        here = {name: os.environ[name] for name in kept if name in os.environ}  # noqa: TID251
        programs = Path(sys.executable).parent
        return here | {
            "CI": "true",
            "LANG": "C.UTF-8",
            "PATH": f"{self.tools}:{programs}:/usr/local/bin:/usr/bin:/bin",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_EVENT_PATH": str(own / "event.json"),
            "GITHUB_REPOSITORY": "somebody/films",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }


def expand(text: str, context: Mapping[str, Any]) -> str:
    """Put the values of expressions in their places."""
    return _EXPRESSION.sub(lambda match: evaluate(match[1], context), text)


def evaluate(expression: str, context: Mapping[str, Any]) -> str:
    """Evaluate the few forms that are used: a path, 'text', `a || b` and `a == b`."""
    if "==" in expression:
        left, right = (evaluate(each, context) for each in expression.split("=="))
        return str(left == right).lower()
    values = [_operand(each.strip(), context) for each in expression.split("||")]
    return next((value for value in values if value), "")


def _operand(text: str, context: Mapping[str, Any]) -> str:
    if re.fullmatch(r"'[^']*'", text):
        return text[1:-1]
    if not re.fullmatch(r"[a-z]+(\.[\w-]+)+", text):
        message = f"an expression of a form that nobody foresaw: {text}"
        raise ValueError(message)
    value: Any = context
    for name in text.split("."):
        value = value.get(name, {})
    return str(value) if value != {} else ""


def commands(log: str) -> list[str]:
    """Return the lines of a log that are commands, but for those between stop and go."""
    found, pause = [], ""
    for line in log.splitlines():
        if pause:
            pause = "" if line == f"::{pause}::" else pause
        elif line.startswith("::stop-commands::"):
            pause = line.removeprefix("::stop-commands::")
        elif line.startswith("::"):
            found.append(line)
    return found
