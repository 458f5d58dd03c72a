from fakeai.runtime.answer import Answer
from fakeai.runtime.call import Call


def roll(call: Call, sides: int, names: list[str], rules: dict[str, object], words: str) -> Answer:
    return call.reply({"rolled": call.world.chance(call.query).below(sides) + 1})
