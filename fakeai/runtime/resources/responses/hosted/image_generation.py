"""Image generation: a real picture, drawn for the prompt, and what it looks like before it is done."""

from base64 import b64encode

from ....content.media import image_requests
from ....content.media.drawing import Picture
from ....ledger.ledger import Ledger
from ....ledger.rows import IMAGES, Amounts
from ...media.easel import Easel
from .task import Json, Task, Used

USUAL = "gpt-image-1"
ORDERED = ("size", "quality", "output_format", "output_compression", "background")


async def use(task: Task, tool: Json) -> Used:
    """Draw the prompt.

    Raises:
        ApiError: 400, the model cannot draw that.
    """
    asked = {name: tool[name] for name in ORDERED if tool.get(name) is not None}
    prompt = task.prompt[: image_requests.LONGEST_PROMPT]
    order = image_requests.read({"model": tool.get("model") or USUAL, "prompt": prompt, **asked})
    picture = Picture(
        order.width,
        order.height,
        order.model,
        prompt,
        int(task.call.now),
        order.format,
        order.compression,
        order.quality,
        order.transparent,
    )
    key = task.call.world.fixed_id("", b"image", task.prompt.encode(), order.model.encode(), order.size.encode())
    views = await task.call.world.engine(Easel).paint(picture, key.encode(), tool.get("partial_images") or 0)
    made, words = order.tokens, task.tokens.count(prompt)
    used = Amounts(1, words, output_tokens=made, image_output_tokens=made, images=1)
    task.call.world.engine(Ledger).add(
        task.call, IMAGES, used, order.model, source="image.generation", size=order.size, quality=order.quality
    )
    stages = [b64encode(view).decode() for view in views]
    item = {
        "type": "image_generation_call",
        "action": "generate",
        "background": "transparent" if order.transparent else "opaque",
        "output_format": order.format,
        "quality": order.quality,
        "size": order.size,
        "revised_prompt": prompt,
        "result": stages[-1],
    }
    said = task.saying(item, prompt)._replace(pictures=stages[:-1])
    return Used([said], f"Here is the picture of {task.topic}.")
