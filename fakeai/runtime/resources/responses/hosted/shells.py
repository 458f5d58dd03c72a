"""Shells and patches: commands that the client runs, or the server in a container, and files that the client writes."""

import re
import shlex

from ... import things
from ...containers import CONTAINER, opened
from ..sayings import Saying
from .task import Json, Task, Used

FILE = re.compile(r"(?<![\w/.-])[\w-]+(?:/[\w-]+)*\.[A-Za-z]\w{0,4}(?!\w)")
USUAL_FILE = "notes.md"
TIMEOUT = 10_000  # milliseconds


async def local_shell(task: Task, tool: Json) -> Used:
    """A command for the client's own shell."""
    action = {
        "type": "exec",
        "command": ["echo", task.topic],
        "env": {},
        "timeout_ms": TIMEOUT,
        "user": None,
        "working_directory": None,
    }
    item = {"type": "local_shell_call", "call_id": task.call.new_id("call_"), "action": action}
    return Used([task.saying(item, action)], waits=True)


async def shell(task: Task, tool: Json) -> Used:
    """A command for the client, or for a container, where it is run.

    Raises:
        ApiError: 404, the container is not there.
    """
    environment = tool.get("environment") or {"type": "local"}
    id = task.call.new_id("call_")
    command = f"echo {shlex.quote(task.topic)}"
    action = {"commands": [command], "timeout_ms": TIMEOUT, "max_output_length": None}
    call: Json = {"type": "shell_call", "call_id": id, "action": action, "environment": {"type": "local"}}
    if environment["type"] == "local":
        return Used([task.saying(call, command)], waits=True)
    if environment["type"] == "container_reference":
        container = (await things.find(task.call, CONTAINER, environment["container_id"]))["id"]
    else:
        container = (await opened(task.call, {**environment, "name": "auto"}))["id"]
    call["environment"] = {"type": "container_reference", "container_id": container}
    said = {"stdout": f"{task.topic}\n", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
    output = {"type": "shell_call_output", "call_id": id, "output": [said], "max_output_length": None}
    return Used([task.saying(call, command), Saying(output, 0)], f"The command printed: {task.topic}")


async def apply_patch(task: Task, tool: Json) -> Used:
    """A file for the client to write."""
    named = FILE.search(task.prompt)
    operation = {
        "type": "create_file",
        "path": named[0] if named else USUAL_FILE,
        "diff": f"+# {task.topic}\n+\n+Written on request.\n",
    }
    item = {"type": "apply_patch_call", "call_id": task.call.new_id("call_"), "operation": operation}
    return Used([task.saying(item, operation)], waits=True)
