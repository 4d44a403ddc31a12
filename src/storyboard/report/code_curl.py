"""The request for a shot as a script for a POSIX shell, with nothing but curl.

The body is a here-document whose end is quoted, so the shell expands nothing in it; and no line of
JSON that is indented is the word that ends it. Addresses of pictures stand before it.
"""

import re
import shlex
from typing import Final

from storyboard.report.cells import harmless
from storyboard.report.code import Picture, ShotRequest, opening
from storyboard.report.code_literals import quoted
from storyboard.report.document import write_json

__all__ = ["render_curl"]

_USAGE: Final = "Run it with sh, with curl at hand and WAVESPEED_API_KEY set."
_ACTIVE: Final = re.compile(r"[^\w ./:@+,-]")
_BEGIN: Final = """\
set -eu
: "${WAVESPEED_API_KEY:?set it to your key}"
LC_ALL=C
export LC_ALL
"""
_TOOLS: Final = r"""
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# Asks the provider. The key goes to curl as a file, so that no list of processes shows it; and -q
# leaves .curlrc out, which could have an order sent twice.
ask() {
  curl -q -gsS --connect-timeout 10 --speed-limit 1 --speed-time 60 -H @/dev/fd/3 "$@" 3<<KEY
Authorization: Bearer $WAVESPEED_API_KEY
KEY
}

# Prints a member of the JSON in $answer. Each member is put on a line, and only whole lines count:
# in a JSON string a quote is written \", so no text in an answer can pass for a member.
field() {
  printf '%s' "$answer" | tr -d ' \t\r\n' | tr '{},' '\n\n\n' |
    sed -n -e 's|\\/|/|g' -e 's/\\u0026/\&/g' -e 's/^"'"$1"'":\[*"\([^"\\]*\)"]*$/\1/p' | sed 1q
}
"""
_UPLOAD: Final = r"""
# Hands in the picture on standard input, by a name and a type; prints its address.
upload() {
  answer=$(ask -F "file=@-;filename=$1;type=$2" "$base/api/v3/media/upload/binary") ||
    fail 'the picture was not handed in'
  address=$(field download_url)
  case $address in
    http://* | https://*) printf '%s' "$address" ;;
    *) fail "the picture was not taken: $answer" ;;
  esac
}
"""
_CHECK: Final = """
[ ! -e "$clip" ] || fail "$clip is there already: move it away, so that it is not lost"
"""
_SEND: Final = """\
answer=$(body |
  ask -H 'Content-Type: application/json' --data-binary @- """
_UNCLEAR: Final = "no whole answer came, and the order may have been taken: look in your account"
_WAIT: Final = r"""
id=$(field id)
case $id in
  '' | *[!A-Za-z0-9_-]*) fail "the answer names no prediction: $answer" ;;
esac
echo "prediction $id"

state=
unheard=0
until [ "$state" = completed ]; do
  sleep 2
  answer=$(ask "$base/api/v3/predictions/$id/result") || answer=
  state=$(field status)
  case $state in
    failed | cancelled | timeout | deleted) fail "the order ended as $state: $answer" ;;
    '') unheard=$((unheard + 1)) ;;
    *) unheard=0 ;;
  esac
  [ "$unheard" -lt 30 ] || fail "no news of prediction $id for a minute: $answer"
done

address=$(field outputs)
case $address in
  http://* | https://*) echo "$address" ;;
  *) fail "the clip's address cannot be read: $answer" ;;
esac
curl -q -gfsSL --connect-timeout 10 --speed-limit 1 --speed-time 60 -o "$clip.part" "$address"
mv "$clip.part" "$clip"
echo "$clip"
"""


def render_curl(request: ShotRequest) -> str:
    """Write a script that orders the clip, waits for it, and fetches it."""
    names = (
        f"base=${{WAVESPEED_BASE_URL:-{shlex.quote(request.base_url)}}}\n"
        f"base=${{base%/}}\n"
        f"clip={request.clip}\n"
    )
    head = f"#!/bin/sh\n{opening(request, '#', _USAGE, _inert)}"
    upload = _UPLOAD if request.files else ""
    return f"{head}{_BEGIN}{names}{_TOOLS}{upload}{_body(request)}{_order(request)}{_WAIT}"


def _inert(text: str) -> str:
    """Leave nothing in a comment that a shell acts on: zsh, when typed at, knows no comments."""
    return _ACTIVE.sub("?", harmless(text))


def _body(request: ShotRequest) -> str:
    """Write the function that prints the body: what waits for a picture, then all the rest."""
    rest = write_json(dict(request.inputs))
    awaited = request.handed_in()
    if not awaited:
        return f"\nbody() {{\n  cat <<'JSON'\n{rest}JSON\n}}\n"
    last = len(awaited) - 1
    lines = "".join(
        _member(name, variable, "," if request.inputs or number < last else "")
        for number, (name, variable) in enumerate(awaited)
    )
    rest = rest.removeprefix("{\n") if request.inputs else "}\n"
    return f"\nbody() {{\n  printf '{{\\n'\n{lines}  cat <<'JSON'\n{rest}JSON\n}}\n"


def _member(name: str, variable: str, comma: str) -> str:
    """Write the line that prints one input, whose value is an address in a variable."""
    key = quoted(name).replace("\\", r"\\").replace("%", "%%")
    form = shlex.quote(f'  {key}: "%s"{comma}\\n')
    return f'  printf {form} "${variable}"\n'


def _order(request: ShotRequest) -> str:
    uploads = "".join(
        f"picture{number}=$(upload {_name(picture)} < {shlex.quote(file)})\n"
        for number, (file, picture) in enumerate(request.files.items(), 1)
    )
    return f'{_CHECK}{uploads}{_SEND}"$base{request.path}") ||\n  fail {shlex.quote(_UNCLEAR)}\n'


def _name(picture: Picture) -> str:
    """Name a picture by its bytes, as a build does: its own name is nobody's business."""
    return f"{picture.sha256[:16]}.{picture.format} image/{picture.format}"
