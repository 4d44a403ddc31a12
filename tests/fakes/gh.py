"""Stands in for GitHub's `gh` on a runner: answers `gh api` out of a small file, and keeps book.

It knows the calls that the action makes and refuses all others, as `gh` refuses what it does not
know. Comments come in pages of one, so that who reads only the first page is found out.
"""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["GitHub"]

ME = "github-actions"
REFUSED = "Resource not accessible by integration (HTTP 403)"


@dataclass(frozen=True, slots=True)
class GitHub:
    """The comments of one pull request, in a file that the stand-in and the test share."""

    store: Path

    def begin(self, *, read_only: bool = False) -> None:
        """Start without a comment; a token that may only read is what a fork's workflow gets."""
        self._write({"comments": [], "calls": [], "read_only": read_only})

    def install(self, folder: Path) -> None:
        """Put a `gh` into a folder that is to stand on the PATH."""
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "gh"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "{self.store}" "$@"\n')
        program.chmod(0o755)

    def write_comment(self, author: str, body: str) -> None:
        """Add a comment of anybody's."""
        book = self.read()
        book["comments"].append(_comment(book, author, body))
        self._write(book)

    @property
    def comments(self) -> list[tuple[str, str]]:
        """Each comment's author and body, in order."""
        return [(each["author"], each["body"]) for each in self.read()["comments"]]

    @property
    def calls(self) -> list[str]:
        """What was asked for, in order: `find`, `update` and `create`."""
        return [str(each) for each in self.read()["calls"]]

    def answer(self, words: list[str]) -> Any:
        """Answer one call, or leave as `gh` does when it is refused."""
        book = self.read()
        endpoint, flags, fields = _parsed(words)
        what, answer = _answered(endpoint, flags, fields, book)
        book["calls"].append(what)
        if what != "find" and book["read_only"]:
            self._write(self.read() | {"calls": book["calls"]})
            raise _refusal(REFUSED)
        self._write(book)
        return answer

    def read(self) -> dict[str, Any]:
        """Return the whole of the file."""
        book: dict[str, Any] = json.loads(self.store.read_text(encoding="utf-8"))
        return book

    def _write(self, book: dict[str, Any]) -> None:
        self.store.write_text(json.dumps(book), encoding="utf-8")


def _answered(
    endpoint: str, flags: set[str], fields: dict[str, Any], book: dict[str, Any]
) -> tuple[str, Any]:
    if endpoint == "graphql" and "updateIssueComment(" in fields["query"]:
        (found,) = [each for each in book["comments"] if each["id"] == fields["id"]]
        found["body"] = fields["body"]
        url = f"https://github.example/comment/{found['id']}"
        return "update", {"data": {"updateIssueComment": {"issueComment": {"url": url}}}}
    if endpoint == "graphql" and "comments(first: 100, after: $endCursor)" in fields["query"]:
        if (fields["owner"], fields["name"], fields["number"]) != ("somebody", "films", 7):
            raise _refusal("Could not resolve to a Repository")
        pages = [_page([each]) for each in book["comments"]] or [_page([])]
        return "find", pages if {"--paginate", "--slurp"} <= flags else pages[0]
    if endpoint == "repos/somebody/films/issues/7/comments" and set(fields) == {"body"}:
        made = _comment(book, ME, fields["body"])
        book["comments"].append(made)
        return "create", {"html_url": f"https://github.example/comment/{made['id']}"}
    raise _refusal("Not Found (HTTP 404)")


def _comment(book: dict[str, Any], author: str, body: str) -> dict[str, Any]:
    return {"id": f"IC_{len(book['comments'])}", "author": author, "body": body}


def _page(comments: list[dict[str, Any]]) -> dict[str, Any]:
    nodes = [
        {"id": each["id"], "body": each["body"], "viewerDidAuthor": each["author"] == ME}
        for each in comments
    ]
    return {"data": {"repository": {"pullRequest": {"comments": {"nodes": nodes}}}}}


def _parsed(words: list[str]) -> tuple[str, set[str], dict[str, Any]]:
    """Read a command line as `gh api` does: -f takes text, -F numbers and files too."""
    command, endpoint, *rest = words
    flags: set[str] = set()
    fields: dict[str, Any] = {}
    while rest:
        word = rest.pop(0)
        if command != "api" or word not in {"-f", "-F", "--paginate", "--slurp"}:
            raise _refusal(f"unknown command or flag: {command} {word}")
        if word in {"-f", "-F"}:
            name, _, value = rest.pop(0).partition("=")
            fields[name] = value if word == "-f" else _typed(value)
        else:
            flags.add(word)
    return endpoint, flags, fields


def _typed(value: str) -> Any:
    if value.startswith("@"):
        return Path(value[1:]).read_text(encoding="utf-8")
    return int(value) if re.fullmatch(r"\d+", value) else value


def _refusal(reason: str) -> SystemExit:
    """Return what ends the program with exit code 1 and a sentence on stderr."""
    return SystemExit(f"gh: {reason}")


if __name__ == "__main__":
    if not os.environ.get("GH_TOKEN"):  # noqa: TID251
        raise _refusal("set the GH_TOKEN environment variable")
    sys.stdout.write(json.dumps(GitHub(Path(sys.argv[1])).answer(sys.argv[2:])))
