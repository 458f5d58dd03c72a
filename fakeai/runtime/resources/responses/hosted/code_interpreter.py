"""The code interpreter: a program that the model writes, in a real container, and what the program really prints."""

from ....content.tools.programs import program
from ... import things
from ...containers import CONTAINER, opened
from .task import Json, Task, Used


async def use(task: Task, tool: Json) -> Used:
    """Write a program for the prompt and tell what it prints.

    Raises:
        ApiError: 404, the container that *tool* names, or a file for it, is not there.
    """
    place = tool.get("container")
    if isinstance(place, str):
        container: str = (await things.find(task.call, CONTAINER, place))["id"]
    else:
        container = (await opened(task.call, {"name": "auto", **(place or {})}))["id"]
    code, logs, _ = program(task.prompt)
    item = {
        "type": "code_interpreter_call",
        "container_id": container,
        "code": code,
        "outputs": [{"type": "logs", "logs": logs}],
    }
    return Used([task.told(item, code)], f"I ran a program for this. It prints:\n\n```\n{logs}```")
