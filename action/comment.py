"""Keeps one comment on the pull request up to date: the step "Comment".

The comment is known by its first line, and by being our own: anybody can write that line into a
comment of theirs, and that one must not be written over. A comment is a courtesy; where the token
may not write one, as in a pull request from a fork, the job's summary has the same text.

It reads BODY (a file), CHANGED and GH_TOKEN, and asks GitHub with `gh`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FIND = """
query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $endCursor) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
UPDATE = """
mutation($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { issueComment { url } }
}
"""


class Refused(Exception):
    """GitHub, or `gh`, did not do what was asked."""


def main() -> None:
    """Write the comment, or say why not; either way the job goes on."""
    number = pull_request()
    if number is None:
        sys.stdout.write("no pull request to comment on: the summary has the comparison\n")
        return
    try:
        comment(number, Path(os.environ["BODY"]))
    except Refused as error:
        told = f"The comparison is in the job's summary only; no comment could be written: {error}"
        sys.stdout.write(f"::warning title=storyboard::{escaped(told)}\n")
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as summary:
            summary.write(f"\n> {told}\n")


def comment(number: int, body: Path) -> None:
    """Update the comment of an earlier run, or write the first, unless there is nothing to say."""
    first_line = body.read_text(encoding="utf-8").partition("\n")[0]
    earlier = find(number, first_line)
    if earlier is not None:
        gh("graphql", "-f", f"query={UPDATE}", "-f", f"id={earlier}", "-F", f"body=@{body}")
    elif os.environ["CHANGED"] != "false":
        repository = os.environ["GITHUB_REPOSITORY"]
        gh(f"repos/{repository}/issues/{number}/comments", "-F", f"body=@{body}")


def find(number: int, first_line: str) -> str | None:
    """Return the id of our own comment that begins with the line."""
    owner, _, name = os.environ["GITHUB_REPOSITORY"].partition("/")
    place = ("-f", f"owner={owner}", "-f", f"name={name}", "-F", f"number={number}")
    pages = gh("graphql", "--paginate", "--slurp", "-f", f"query={FIND}", *place)
    for page in pages:
        for each in page["data"]["repository"]["pullRequest"]["comments"]["nodes"]:
            if each["viewerDidAuthor"] and each["body"].partition("\n")[0].rstrip() == first_line:
                return str(each["id"])
    return None


def pull_request() -> int | None:
    """Return the number of the pull request that set the workflow off, if one did."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    number = event.get("pull_request", {}).get("number")
    return None if number is None else int(number)


def gh(*words: str) -> Any:  # noqa: ANN401  # JSON
    """Ask GitHub's API, and return its answer; the server is the one this workflow runs on."""
    server = urlsplit(os.environ["GITHUB_SERVER_URL"]).netloc
    try:
        done = subprocess.run(
            ("gh", "api", *words),  # noqa: S607  # where the runner has it
            env=os.environ | {"GH_HOST": server, "GH_ENTERPRISE_TOKEN": os.environ["GH_TOKEN"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    except OSError as error:
        raise Refused("`gh` is not on this runner") from error
    if done.returncode:
        said = " ".join(done.stderr.split()).removeprefix("gh: ")[:300]
        raise Refused(said or "`gh` said nothing")
    return json.loads(done.stdout)


def escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


if __name__ == "__main__":
    main()
