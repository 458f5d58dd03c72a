"""How a response comes to be, told as events: each item from its beginning to its end."""

from collections.abc import Sequence
from typing import Any

from ...tokens import Tokens
from .item_kinds import ItemKind, kind_of
from .items import Item
from .lives import Response, unfinished
from .response_events import BEGINS, MADE, Script
from .sayings import Saying


def script_of(response: Response, sayings: Sequence[Saying], tokens: Tokens) -> Script:
    """The events of *response*, as it is in the end and shown, whose output are *sayings*."""
    script = Script()
    states = ["queued", "in_progress"] if response["background"] else ["in_progress"]
    for name, state in (("created", states[0]), *((state, state) for state in states)):
        step = BEGINS if response["background"] and name == "in_progress" else MADE
        script.once(step, f"response.{name}", response=unfinished(response, state))
    last = max(sum([saying.size for saying in sayings]) - 1, 0)
    first = 0
    for index, (item, saying) in enumerate(zip(response["output"], sayings, strict=True)):
        _Narrator(script, item, index, saying, tokens, first, last).tell()
        first += saying.size
    script.once(last, f"response.{response['status']}", response=response)
    return script


class _Narrator:
    """Tells one *item* of the output, whose first token is said at the step *first*; the *last* one ends all."""

    def __init__(
        self, script: Script, item: Item, index: int, saying: Saying, tokens: Tokens, first: int, last: int
    ) -> None:
        self._script, self._item, self._saying, self._tokens = script, item, saying, tokens
        self._index, self._place = index, {"item_id": item["id"], "output_index": index}
        self._first = min(first, last)
        self._end = min(first + max(saying.size, 1) - 1, last)  # its last token
        self._after = min(first + saying.size, last)  # the first of what comes next

    def tell(self) -> None:
        item, kind = self._item, self._item["type"]
        known = kind_of(kind)
        started = {**item, **known.empty}
        if "status" in item:
            started["status"] = "in_progress"
        if kind == "reasoning" and "content" in item:
            started["content"] = []
        begin = self._first + (self._saying.lead - 1 if self._saying.lead and known.delta else 0)
        self._script.once(min(begin, self._end), "response.output_item.added", output_index=self._index, item=started)
        done = self._end
        if kind == "message":
            self._message()
        elif kind == "reasoning":
            self._reasoning()
        elif known.is_hosted:
            self._hosted(kind, known)
            done = self._after
        elif known.delta:
            self._deltas(kind, known)
        self._script.once(done, "response.output_item.done", output_index=self._index, item=item)

    def _steps(self, tokens: Sequence[str]) -> list[int]:
        start = self._first + self._saying.lead
        return [min(start + at, self._end) for at in range(len(tokens))]

    def _message(self) -> None:
        part, tokens = self._item["content"][0], self._saying.told(self._tokens)
        place = {**self._place, "content_index": 0}
        once, steps = self._script.once, self._steps(tokens)
        if part["type"] == "refusal":
            once(self._first, "response.content_part.added", **place, part={**part, "refusal": ""})
            self._script.deltas(steps, "response.refusal.delta", tokens, place)
            once(self._end, "response.refusal.done", **place, refusal=part["refusal"])
        else:
            empty = {**part, "text": "", "annotations": [], "logprobs": []}
            once(self._first, "response.content_part.added", **place, part=empty)
            told = part["logprobs"] or None
            silent: dict[str, Any] = place if told else {**place, "logprobs": []}
            self._script.deltas(steps, "response.output_text.delta", tokens, silent, told)
            for number, annotation in enumerate(part["annotations"]):
                once(self._end, "response.output_text.annotation.added", **place, annotation_index=number,
                     annotation=annotation)  # fmt: skip
            once(self._end, "response.output_text.done", **place, text=part["text"], logprobs=part["logprobs"])
        once(self._end, "response.content_part.done", **place, part=part)

    def _reasoning(self) -> None:
        once, end = self._script.once, self._end
        for number, part in enumerate(self._item.get("content") or ()):
            place = {**self._place, "content_index": number}
            tokens = self._saying.told(self._tokens)
            once(self._first, "response.content_part.added", **place, part={**part, "text": ""})
            self._script.deltas(self._steps(tokens), "response.reasoning_text.delta", tokens, place)
            once(end, "response.reasoning_text.done", **place, text=part["text"])
            once(end, "response.content_part.done", **place, part=part)
        begin = end if self._item.get("content") else self._first
        for number, part in enumerate(self._item["summary"]):
            place = {**self._place, "summary_index": number}
            tokens = self._tokens.pieces(part["text"])
            once(begin, "response.reasoning_summary_part.added", **place, part={**part, "text": ""})
            steps = spread(begin, end, len(tokens))
            self._script.deltas(steps, "response.reasoning_summary_text.delta", tokens, place)
            once(end, "response.reasoning_summary_text.done", **place, text=part["text"])
            once(end, "response.reasoning_summary_part.done", **place, part=part)

    def _deltas(self, kind: str, known: ItemKind) -> None:
        name, field = f"response.{known.delta}", known.told
        tokens = self._saying.told(self._tokens)
        self._script.deltas(self._steps(tokens), f"{name}.delta", tokens, self._place)
        said: dict[str, Any] = {field: self._item[field]}
        if kind == "function_call":
            said["name"] = self._item["name"]
        self._script.once(self._end, f"{name}.done", **self._place, **said)

    def _hosted(self, kind: str, known: ItemKind) -> None:
        once = self._script.once
        once(self._first, f"response.{kind}.in_progress", **self._place)
        if known.delta:
            self._deltas(kind, known)
        pictures = self._saying.pictures
        if known.does:
            once(self._first if pictures else self._end, f"response.{kind}.{known.does}", **self._place)
        steps = spread(self._first, self._end, len(pictures) + 1)
        for number, (step, picture) in enumerate(zip(steps, pictures, strict=False)):
            looks = {name: self._item[name] for name in ("size", "quality", "background", "output_format")}
            once(step, f"response.{kind}.partial_image", **self._place, partial_image_index=number,
                 partial_image_b64=picture, **looks)  # fmt: skip
        once(self._after, f"response.{kind}.completed", **self._place)


def spread(first: int, last: int, count: int) -> list[int]:
    """*count* steps from *first* to *last*, evenly."""
    return [first + (last - first) * (at + 1) // max(count, 1) for at in range(count)]
