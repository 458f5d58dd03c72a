"""What a response costs: tokens of text and sound, which of them were cached, and what is left of the rate limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...content.messages import PER_MESSAGE, content_tokens
from ...tokens import Tokens
from .conversation import Item

MS_IN, MS_OUT = 100, 50  # milliseconds of sound for a token, when it is heard and when it is spoken
GRAIN = 64  # tokens that are cached together
REQUESTS, TOKENS, MINUTE = 1_000, 40_000, 60.0  # a minute


@dataclass(frozen=True)
class Cost:
    """Tokens of a piece of the context."""

    text: int = 0
    audio: int = 0
    image: int = 0

    @property
    def total(self) -> int:
        return self.text + self.audio + self.image

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.text + other.text, self.audio + other.audio, self.image + other.image)


def cost_of(item: Item, tokens: Tokens) -> Cost:
    """What *item* costs in the context of a response."""
    data = item.data
    if "content" not in data:
        said = [data.get(name) or "" for name in ("name", "arguments", "output")]
        return Cost(PER_MESSAGE + sum(tokens.count(text) for text in said if text))
    text, audio, images = PER_MESSAGE, 0, 0
    for index, part in enumerate(data["content"]):
        if index in item.sounds:
            per_token = MS_IN if data["role"] == "user" else MS_OUT
            audio += max(1, round(item.sounds[index].ms / per_token))
        elif part["type"] == "input_image":
            images += content_tokens(tokens, [part])
        else:
            text += tokens.count(part.get("text") or "")
    return Cost(text, audio, images)


class Cache:
    """The context of the response before: what the next one begins with, too, is cached."""

    def __init__(self) -> None:
        self._before: Sequence[tuple[object, Cost]] = ()

    def spend(self, context: Sequence[tuple[object, Cost]]) -> dict[str, Any]:
        """The input side of a usage whose *context* is (what it is, what it costs), in order."""
        shared = Cost()
        for (was, _), (is_, cost) in zip(self._before, context, strict=False):
            if was != is_:
                break
            shared += cost
        self._before = context
        total = sum((cost for _, cost in context), Cost())
        text, audio, image = (count // GRAIN * GRAIN for count in (shared.text, shared.audio, shared.image))
        return {
            "cached_tokens": text + audio + image,
            "text_tokens": total.text,
            "image_tokens": total.image,
            "audio_tokens": total.audio,
            "cached_tokens_details": {"text_tokens": text, "image_tokens": image, "audio_tokens": audio},
        }


class Allowance:
    """Requests and tokens that a session may still use where nothing limits it; they come back within a minute."""

    def __init__(self) -> None:
        self._used = {"requests": 0.0, "tokens": 0.0}
        self._at = 0.0

    def reserve(self, tokens: int, now: float) -> list[dict[str, Any]]:
        """Take one request and so many *tokens*; what is left."""
        passed, self._at = (now - self._at) / MINUTE, now
        made = []
        for name, limit, taken in (("requests", REQUESTS, 1), ("tokens", TOKENS, tokens)):
            used = max(0.0, self._used[name] - passed * limit) + taken
            self._used[name] = used = min(used, float(limit))
            left = {"limit": limit, "remaining": int(limit - used), "reset_seconds": round(used / limit * MINUTE, 3)}
            made.append({"name": name, **left})
        return made
