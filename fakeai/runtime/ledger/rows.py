"""Rows of the ledger: who used what, and how much of it."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

# Kinds of rows that are told by a path of their own; others are only costs.
COMPLETIONS, EMBEDDINGS, MODERATIONS, IMAGES = "completions", "embeddings", "moderations", "images"
SPEECHES, TRANSCRIPTIONS = "audio_speeches", "audio_transcriptions"
SESSIONS, FILE_SEARCHES, WEB_SEARCHES = "code_interpreter_sessions", "file_search_calls", "web_search_calls"
VIDEOS, TRAINING = "videos", "training"
DEFAULT = "default"  # tier of service
TIERS = frozenset({"flex", "priority", "scale"})  # others: what `auto` and `default` are not


class Use(NamedTuple):
    """What is the same in all rows that are added up. What does not matter for a kind is empty."""

    kind: str
    project_id: str
    user_id: str
    api_key_id: str = ""
    model: str = ""
    service_tier: str = DEFAULT
    batch: bool = False
    source: str = ""  # of images: image.generation, image.edit or image.variation
    size: str = ""  # of images and films
    quality: str = ""  # of images
    vector_store_id: str = ""
    context_level: str = ""  # of a search in the web


class Amounts(NamedTuple):
    """How much was used. Cached tokens, and those of sound and images, are among all that were read or made."""

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    audio_input_tokens: int = 0
    cached_audio_tokens: int = 0
    audio_output_tokens: int = 0
    image_input_tokens: int = 0
    cached_image_tokens: int = 0
    image_output_tokens: int = 0
    images: int = 0
    milliseconds: int = 0  # of sound or film
    characters: int = 0
    calls: int = 0  # of a tool, or sessions


LANES = struct.Struct(f"<{len(Amounts._fields)}Q")  # of a number that holds amounts


class Extra(NamedTuple):
    """What the fleet does not know of one of its requests.

    One that *continues* another is of the same call; one that reads *again* what the other read does so for nothing.
    *heard* tokens of the prompt are sound; *unsaid* ones were made and are not in the answer.
    """

    continues: bool = False
    again: bool = False
    heard: int = 0
    unsaid: int = 0


def packed(amounts: Sequence[int]) -> int:
    """*amounts*, none of which is below zero, as one number: its sum with others is that of their amounts."""
    return int.from_bytes(LANES.pack(*amounts), "little")


def unpacked(number: int) -> Amounts:
    """The amounts that *number* holds."""
    return Amounts(*LANES.unpack(number.to_bytes(LANES.size, "little")))
