"""The calls of a journal, and which of them try again what failed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

AGAIN = frozenset((408, 409, 425, 429))  # of the statuses below 500, those that may be asked again
LEFT = 499  # the status of an answer whose client left; nobody failed
BROKEN = frozenset(("closed", "reset", "garbled"))  # how an answer ends that is not whole
COUNT = "x-stainless-retry-count"  # a header of OpenAI's clients
SPOILT = frozenset(
    ("early_end", "stream_error", "malformed_json", "wrong_content_type")
)  # faults in one that ends well


@dataclass(eq=False)
class Attempt:
    """One call. Moments are seconds of the server's clock; *ended* is when the client had the answer."""

    number: int
    method: str
    path: str
    key: str | None
    status: int
    code: str | None  # of the error that was answered
    fault: str | None
    how: str  # whole, closed, reset, garbled, left or waiting
    streamed: bool
    began: float
    ended: float
    retry_after: float | None  # seconds
    sign: str  # the same for calls that ask the same
    said: str  # the text that was answered
    read: str  # the text of all messages that were sent
    is_first: bool  # its client says that it tries nothing again
    again: "Attempt | None" = field(default=None, repr=False)  # the one that tries it again

    @property
    def name(self) -> str:
        """It, in a sentence."""
        return f"#{self.number} {self.method} {self.path}"

    @property
    def is_broken(self) -> bool:
        """Whether its answer began well and is not whole, or not what it should be."""
        return 0 < self.status < 400 and (self.how in BROKEN or self.fault in SPOILT)

    @property
    def failed(self) -> bool:
        """Whether whoever called has reason to ask again, or is told not to."""
        return (self.status >= 400 and self.status != LEFT) or self.status == 0 or self.is_broken

    @property
    def may_be_retried(self) -> bool:
        """Whether a careful client asks the same again: not when it would be refused again."""
        if self.status >= 500 or self.status == 0 or self.is_broken:
            return True
        return self.status in AGAIN and self.code != "insufficient_quota"


def attempts(entries: Iterable[Mapping[str, Any]]) -> list[Attempt]:
    """The calls of journal *entries*, the oldest first; each that failed knows the next one that asks the same."""
    made = sorted(map(_attempt, entries), key=lambda each: (each.began, each.number))
    failed: dict[tuple[str, str, str | None, str], list[Attempt]] = {}
    for each in made:
        waiting = failed.setdefault((each.method, each.path, each.key, each.sign), [])
        for earlier in waiting:
            if earlier.ended <= each.began and not each.is_first:
                earlier.again = each
                waiting.remove(earlier)
                break
        if each.failed:
            waiting.append(each)
    return made


def chains(made: Iterable[Attempt]) -> list[list[Attempt]]:
    """Calls with all that tried them again."""
    followers = {id(each.again) for each in made if each.again}
    found = []
    for each in made:
        if id(each) not in followers:
            chain, last = [each], each
            while last.again:
                last = last.again
                chain.append(last)
            found.append(chain)
    return found


def _attempt(entry: Mapping[str, Any]) -> Attempt:
    answer, body, headers = entry["answer"], entry["body"], entry.get("headers") or {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return Attempt(
        number=entry["number"],
        method=entry["method"],
        path=entry["path"] + (f"?{entry['query']}" if entry.get("query") else ""),
        key=entry.get("key"),
        status=entry["status"],
        code=error.get("code") if isinstance(error, dict) else None,
        fault=entry.get("fault"),
        how=entry["ended"],
        streamed=entry["streamed"],
        began=entry["time"],
        ended=entry["time"] + (entry.get("last") or 0.0),
        retry_after=_retry_after(entry.get("response_headers") or {}),
        sign=json.dumps(body, sort_keys=True),
        is_first=headers.get(COUNT) == "0",
        said=_said(answer),
        read=json.dumps(body.get("messages") or body.get("input"), ensure_ascii=False)
        if isinstance(body, dict)
        else "",
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
    return None


def _said(answer: Any) -> str:
    """The text of a chat or a response, as far as it was sent."""
    if isinstance(answer, str):
        parts = []
        for line in answer.splitlines():
            if line.startswith("data: {"):
                try:
                    parts.append(_piece(json.loads(line.removeprefix("data: "))))
                except ValueError:
                    continue  # the event that was cut
        return "".join(parts)
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if isinstance(choices, list) and choices:
        return str((choices[0].get("message") or {}).get("content") or choices[0].get("text") or "")
    return ""


def _piece(event: Any) -> str:
    if event.get("type") == "response.output_text.delta":
        return str(event.get("delta") or "")
    choices: list[Any] = event.get("choices") or [{}]
    return str((choices[0].get("delta") or {}).get("content") or choices[0].get("text") or "")
