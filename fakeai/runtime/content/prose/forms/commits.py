"""Commit messages, from the files and functions that a diff changes."""

import re

from ..ask import Ask
from ..cues import Cue

CUES: tuple[Cue, ...] = (("commit commits diff",),)
ASKS = re.compile(r"\bcommit(?: message)?s?\b|\bdiff\b", re.I)
FILE = re.compile(r"^(?:diff --git a/\S+ b/(\S+)|\+\+\+ (?:b/)?(\S+)|--- (?:a/)?(\S+))", re.M)
MADE = re.compile(
    r"^\+\s{0,9}(?:export |public |async |pub |static )*(?:def|class|function|fn|func|interface|"
    r"struct|const|let|var)\s{1,9}\(?(\w+)",
    re.M,
)
GONE = re.compile(
    r"^-\s{0,9}(?:export |public |async |pub |static )*(?:def|class|function|fn|func|interface|struct|"
    r"const|let|var)\s{1,9}\(?(\w+)",
    re.M,
)
NAMED = re.compile(
    r"\b(?:write|give|suggest|generate|create)\b[^.\n]{0,40}\bcommit message\b(?: (?:for|about|"
    r"that|saying|describing))?\s{0,9}:?\s{0,9}([^\n]{0,100})",
    re.I,
)
BEGINS = ("diff --git", "+++ ", "@@ ", "index ")  # lines of a diff
READ = 20_000  # characters of a diff


def answer(ask: Ask) -> str | None:
    """The message for the diff that the prompt hands over."""
    head = ask.system if ask.ruled else ask.look
    if not (ASKS.search(head) if ask.ruled else ask.find(ASKS)):
        return None
    diff = ask.prompt[:READ]
    if not (diff.startswith(BEGINS) or any(f"\n{begin}" in diff for begin in BEGINS)):
        named = NAMED.search(ask.look) if len(ask.prompt) < 400 and not ask.ruled else None
        return None if named is None else _subject(named[1])
    names = [one or two or three for one, two, three in FILE.findall(diff)]
    files = list(dict.fromkeys(name for name in names if name and name != "/dev/null"))
    added = len(re.findall(r"^\+(?!\+\+)", diff, re.M))
    removed = len(re.findall(r"^-(?!--)", diff, re.M))
    made, gone = list(dict.fromkeys(MADE.findall(diff))), list(dict.fromkeys(GONE.findall(diff)))
    fresh, lost = [name for name in made if name not in gone], [name for name in gone if name not in made]
    where = files[0].rpartition("/")[2] if files else "the code"
    others = f" and {len(files) - 1} more file{'s' if len(files) > 2 else ''}" if len(files) > 1 else ""
    if "new file mode" in diff and not removed:
        kind, subject = "feat", f"Add {where}{others}"
    elif "deleted file mode" in diff and not added:
        kind, subject = "refactor", f"Remove {where}{others}"
    elif fresh:
        kind, subject = "feat", f"Add {fresh[0]}{f' and {fresh[1]}' if len(fresh) == 2 else ''} to {where}"
    elif lost:
        kind, subject = "refactor", f"Remove {lost[0]} from {where}"
    elif made:
        kind, subject = "fix", f"Update {made[0]} in {where}{others}"
    else:
        kind, subject = (
            "fix" if re.search(r"^\+.*\b(?:fix|bug|error|except|raise|None)\b", diff, re.M) else "chore",
            f"Update {where}{others}",
        )
    if where.endswith((".md", ".rst", ".txt")):
        kind = "docs"
    elif "test" in where:
        kind = "test"
    if re.search(r"\bconventional\b|\bfeat\b", head, re.I):
        subject = f"{kind}: {subject[0].lower()}{subject[1:]}"
    if re.search(r"\b(?:only|one line|single line|subject|short|one-line)\b", head, re.I) or added + removed < 6:
        return subject
    lines = (
        [f"- Change {name}" for name in files[:5]] if len(files) > 1 else [f"- {added} lines added, {removed} removed"]
    )
    return subject + "\n\n" + "\n".join(lines)


def _subject(change: str) -> str:
    """A subject line in the imperative for a *change* that is told in words."""
    words = change.strip(" .?!:\"'`").split()
    if not words:
        return "Update the project files"
    verbs = {"adding": "Add", "added": "Add", "fixing": "Fix", "fixed": "Fix", "removing": "Remove",
    "removed": "Remove", "updating": "Update", "updated": "Update", "renaming": "Rename",
             "refactoring": "Refactor", "adds": "Add", "fixes": "Fix", "removes": "Remove",
             "updates": "Update"}  # fmt: skip
    first = words[0].lower()
    if first in verbs:
        return " ".join([verbs[first], *words[1:]])
    return (
        " ".join([words[0].capitalize(), *words[1:]])
        if first in ("add", "fix", "remove", "update", "rename")
        else "Add " + " ".join(words)
    )
