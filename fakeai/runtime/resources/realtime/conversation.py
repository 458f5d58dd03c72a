"""The items of a conversation in their order, with their sound."""

from dataclasses import dataclass, field
from typing import Any

from .sounds import Sound

ROOT = "root"  # as the id of the item before: the beginning
SPOKEN = ("input_audio", "output_audio")


@dataclass
class Item:
    """One item: *data* is what clients see, without sound.

    *sounds* has the sound of its content parts, *heard* what the model makes of it where no transcript is shown.
    """

    data: dict[str, Any]
    sounds: dict[int, Sound] = field(default_factory=dict)
    heard: dict[int, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def text(self) -> str:
        """What the model reads or hears in it."""
        if "content" not in self.data:
            return str(self.data.get("output") or self.data.get("arguments") or "")
        parts = []
        for index, part in enumerate(self.data["content"]):
            parts.append(part.get("text") or part.get("transcript") or self.heard.get(index) or "")
        return "\n".join(part for part in parts if part)

    @property
    def with_sound(self) -> dict[str, Any]:
        """The item as it is retrieved."""
        if not self.sounds:
            return self.data
        content = [
            {**part, "audio": self.sounds[index].encoded} if index in self.sounds else part
            for index, part in enumerate(self.data["content"])
        ]
        return {**self.data, "content": content}

    @property
    def shown(self) -> dict[str, Any]:
        """A copy of the item as it is at this moment."""
        if "content" in self.data:
            return {**self.data, "content": [dict(part) for part in self.data["content"]]}
        return dict(self.data)


class Conversation:
    """Items by their ids, in their order."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._by_id: dict[str, Item] = {}

    def __iter__(self) -> "Any":
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def get(self, id: str) -> Item | None:
        """The item with that *id*."""
        return self._by_id.get(id)

    @property
    def last(self) -> str | None:
        """The id of the last item."""
        return self._items[-1].id if self._items else None

    def before(self, item: Item) -> str | None:
        """The id of the item before *item*."""
        at = self._items.index(item)
        return self._items[at - 1].id if at else None

    def add(self, item: Item, after: str | None = None) -> None:
        """Put *item* behind the one with the id *after*, at the beginning when that is ROOT, else at the end."""
        at = len(self._items)
        if after == ROOT:
            at = 0
        elif after is not None:
            at = self._items.index(self._by_id[after]) + 1
        self._items.insert(at, item)
        self._by_id[item.id] = item

    def remove(self, item: Item) -> None:
        self._items.remove(item)
        del self._by_id[item.id]

    def has_call(self, call_id: str) -> bool:
        """Whether a function was called with that id."""
        return any(item.data.get("call_id") == call_id for item in self if item.data["type"] == "function_call")

    @property
    def has_spoken(self) -> bool:
        """Whether there is sound of the assistant."""
        return any(item.sounds for item in self if item.data.get("role") == "assistant")
