"""Applications that FakeAI is compared with, on the server stack that FakeAI uses.

python -m benchmarks.yardsticks PORT fixed SIZE           one body of SIZE bytes, bare ASGI
python -m benchmarks.yardsticks PORT stream TOKENS        Starlette, one yield per token
python -m benchmarks.yardsticks PORT timed TOKENS ITL     the same, sleeping ITL seconds between tokens
python -m benchmarks.yardsticks PORT talk TOKENS ITL      Starlette, WebSockets that sleep between tokens
"""

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

TTFT = 0.2  # seconds; of timed streams
DELTA = b'{"type":"response.output_text.delta"'  # how the event of a token begins

Message = MutableMapping[str, Any]
Application = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any]


def fixed(size: int) -> Application:
    """Reads the body and answers with the same *size* bytes."""
    answer = b'{"x":"%b"}' % (b"x" * (size - 8))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]

    async def application(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return application


def stream(tokens: int, itl: float | None = None) -> Application:
    """Chat chunks as mock servers commonly write them: a generator in a StreamingResponse, sleep after sleep."""
    import orjson
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    def chunk(model: str, delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        data = {
            "id": "chatcmpl-81f1d0b1af088ffab9c5d4a8da1f0a43",
            "object": "chat.completion.chunk",
            "created": 1795417397,
            "model": model,
            "service_tier": "default",
            "system_fingerprint": "fp_b83f5283",
            "choices": [choice],
        }
        return b"data: " + orjson.dumps(data) + b"\n\n"

    async def chunks(model: str) -> AsyncIterator[bytes]:
        if itl is not None:
            await asyncio.sleep(TTFT)
        yield chunk(model, {"role": "assistant", "content": "", "refusal": None})
        for at in range(tokens):
            if itl is not None and at:
                await asyncio.sleep(itl)
            yield chunk(model, {"content": " token"})
        yield chunk(model, {}, "length")
        yield b"data: [DONE]\n\n"

    async def answer(request: Request) -> StreamingResponse:
        body = orjson.loads(await request.body())
        return StreamingResponse(chunks(body["model"]), media_type="text/event-stream")

    return Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])


def talk(tokens: int, itl: float) -> Application:
    """Realtime's deltas, a token at a time, sleep after sleep; and a plain answer at /health."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route, WebSocketRoute
    from starlette.websockets import WebSocket

    async def health(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def session(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_json({"type": "session.created", "session": {}})
        await socket.receive_text()
        await asyncio.sleep(TTFT)
        place = {
            "response_id": "resp_81f1d0b1af088ffab9c5d4a8da1f0a43",
            "output_index": 0,
            "item_id": "item_81f1d0b1af088ffab9c5d4a8da1f0a43",
            "content_index": 0,
        }
        for at in range(tokens):
            if at:
                await asyncio.sleep(itl)
            event = {"event_id": f"event_{at:032x}", **place, "delta": " so"}
            await socket.send_json({"type": "response.output_text.delta", **event})
        await socket.send_json({"type": "response.done", "response": {}})

    return Starlette(routes=[Route("/health", health), WebSocketRoute("/v1/realtime", session)])


def run(port: int, application: Application) -> None:
    """Serve *application* with the flags and the garbage collection of `fakeai serve`."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(f"http://localhost:{listener.getsockname()[1]}", flush=True)
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 20, 100)

    Server(config).run(sockets=[listener])


def main(port: str, name: str, count: str, itl: str | None = None) -> None:
    """Run the yardstick *name*."""
    size, pause = int(count), float(itl or 0)
    made = {
        "fixed": lambda: fixed(size),
        "stream": lambda: stream(size),
        "timed": lambda: stream(size, pause),
        "talk": lambda: talk(size, pause),
    }
    run(int(port), made[name]())


if __name__ == "__main__":
    main(*sys.argv[1:])
