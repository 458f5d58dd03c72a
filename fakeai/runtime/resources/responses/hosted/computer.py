"""Computer use: a few actions on the client's screen, one after the other, and then a word about them."""

from ..items import type_of
from .task import Json, Task, Used

WIDTH, HEIGHT = 1024, 768  # pixels of a screen that the tool does not describe
OUTPUT = "computer_call_output"


async def use(task: Task, tool: Json) -> Used:
    """The next action: a screenshot, a click, some text; and then none."""
    done = 0
    for item in reversed(task.given):
        if item.get("role") == "user":
            break
        done += type_of(item) == OUTPUT
    width, height = tool.get("display_width") or WIDTH, tool.get("display_height") or HEIGHT
    x, y = task.chance.draw(min(int(width), 65_536), min(int(height), 65_536))
    actions: list[Json] = [
        {"type": "screenshot"},
        {"type": "click", "button": "left", "x": x, "y": y},
        {"type": "type", "text": task.topic},
    ]
    if done >= len(actions):
        return Used([], f"I looked at the screen, clicked at {x}, {y} and typed {task.topic}. It is done.")
    action = actions[done]
    doing: Json = {"actions": [action]} if tool["type"] == "computer" else {"action": action}
    item = {"type": "computer_call", "call_id": task.call.new_id("call_"), **doing, "pending_safety_checks": []}
    return Used([task.saying(item, action)], waits=True)
