"""`fakeai verdict`: read a journal, from a server or a file, and print what the rules found."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import click

from ..terminal.server import Server
from .rules import Ruling

ALL = 100_000  # entries: as many as a journal can have
SHOWN = 20  # findings of a rule in the text


def read(server: Server) -> tuple[list[dict[str, Any]], float]:
    """The journal of *server*, and the moment of its clock.

    Raises:
        ClickException: it does not answer, has no journal, or its admin API is off.
    """
    entries = server.get(f"/_fakeai/requests?limit={ALL}")["requests"]
    return entries, float(server.get("/_fakeai/state")["clock"]["now"])


def read_file(path: Path) -> tuple[list[dict[str, Any]], float]:
    """What `fakeai requests --json` wrote to *path*, and the last moment in it.

    Raises:
        ClickException: it is no journal.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["requests"]
        last = max([entry["time"] + (entry["last"] or 0.0) for entry in entries], default=0.0)
    except (OSError, UnicodeError, ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{path} is no journal as `fakeai requests --json` prints it: {error}") from None
    return entries, float(last)


def text(rulings: Sequence[Ruling], count: int) -> str:
    """The verdict for people."""
    lines = []
    for ruling in rulings:
        lines.append(f"{ruling.word:<8} {ruling.rule.name:<14} {ruling.rule.summary}")
        lines += [f"           {finding.sentence}" for finding in ruling.findings[:SHOWN]]
        if len(ruling.findings) > SHOWN:
            lines.append(f"           and {len(ruling.findings) - SHOWN} more")
    guilty = sum(ruling.word == "guilty" for ruling in rulings)
    warned = sum(ruling.word == "warning" for ruling in rulings)
    verdict = "Guilty" if guilty else "Not guilty"
    lines.append(f"{verdict}: {count} calls, {guilty} rules broken, {warned} with warnings.")
    return "\n".join(lines)


def as_json(rulings: Sequence[Ruling], count: int) -> dict[str, Any]:
    """The verdict for programs."""
    return {
        "calls": count,
        "guilty": any(ruling.word == "guilty" for ruling in rulings),
        "rules": [
            {
                "name": ruling.rule.name,
                "verdict": ruling.word,
                "findings": [{"number": each.number, "message": each.sentence} for each in ruling.findings],
            }
            for ruling in rulings
        ],
    }


def junit(rulings: Sequence[Ruling]) -> str:
    """The verdict as a test suite: each rule is a case, warnings are its output."""
    failed = sum(ruling.word == "guilty" for ruling in rulings)
    suite = xml.Element("testsuite", name="fakeai verdict", tests=str(len(rulings)), failures=str(failed))
    for ruling in rulings:
        case = xml.SubElement(suite, "testcase", classname="fakeai.verdict", name=ruling.rule.name)
        told = "\n".join(finding.sentence for finding in ruling.findings)
        if ruling.word == "guilty":
            xml.SubElement(case, "failure", message=ruling.rule.summary).text = told
        elif told:
            xml.SubElement(case, "system-out").text = told
    xml.indent(suite)
    return xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def guilty(rulings: Sequence[Ruling], strict: bool) -> bool:
    """Whether the exit code is 1; *strict* counts warnings too."""
    return any(ruling.word == "guilty" or (strict and ruling.findings) for ruling in rulings)
