"""Continuous batching: schedules worked out by hand, by the polynomials of Dynamo's mocker."""

from itertools import accumulate
from typing import Any

import pytest

from fakeai.runtime.cluster.batch import BatchWorker
from fakeai.runtime.cluster.fleet import Fleet, Served
from fakeai.runtime.options import Delay, Machine, Options
from tests.inprocess import Client, chat
from tests.inprocess import run as play
from tests.runtime.machine import Tokens, fleet, serve


def prefill(tokens: int) -> float:
    """Seconds that a prefill of so many tokens takes."""
    return (4.209989e-07 * tokens**2 + 1.518344e-02 * tokens + 16.50142) / 1000


def decode(context: int, capacity: int) -> float:
    """Seconds that a token takes when so many tokens of those that fit are active."""
    share = context / capacity
    return (-25.74 * share**2 + 54.01 * share + 5.74) / 1000


def one_worker(**machine: Any) -> tuple[Fleet, BatchWorker]:
    run = fleet(**{"latency": "mocker", "workers": 1, "block_size": 4, "blocks": 1000, **machine})
    worker = run.workers[0]
    assert isinstance(worker, BatchWorker)
    return run, worker


def prompt(number: int, size: int, answer: int) -> Tokens:
    """One that has nothing in common with others."""
    return Tokens(range(number * 10_000, number * 10_000 + size), range(number * 10_000, number * 10_000 + answer))


def moments(served: Served) -> tuple[float, float, float]:
    request = served.request
    assert request.over
    return pytest.approx((request.begun, request.first, request.end), abs=1e-12)


def test_prompts_share_steps_in_chunks_and_answers_share_steps_after_them() -> None:
    run, worker = one_worker(sequences=2, batched_tokens=32)
    a = serve(run, 0.0, prompt(1, 40, 4))
    b = serve(run, 0.001, prompt(2, 20, 3))
    c = serve(run, 0.002, prompt(3, 10, 2))
    assert (worker.waiting, worker.requests, worker.prefill_tokens) == (2, 3, 70)
    steps = [
        prefill(32),  # the first 32 tokens of a
        prefill(8 + 20),  # the rest of a, and b; c waits, since two sequences are the most
        decode(41 + 21, 4000),  # second tokens of a and b
        decode(42 + 22, 4000),  # third tokens, the last of b
        prefill(10) + decode(43, 4000),  # c, and the fourth token of a, its last
        decode(11, 4000),  # second token of c, its last
    ]
    ends = list(accumulate(steps))
    run.advance(ends[1])
    assert (worker.waiting, worker.requests, worker.prefill_tokens, worker.decoding) == (1, 3, 10, 2)
    run.advance(100.0)
    assert (0.0, ends[1], ends[4]) == moments(a)
    assert (ends[0], ends[1], ends[3]) == moments(b)
    assert (ends[3], ends[4], ends[5]) == moments(c)
    assert worker.step == 6


def test_without_chunks_a_prompt_waits_until_a_step_has_room_for_all_of_it() -> None:
    run, worker = one_worker(batched_tokens=32, chunked=False)
    a = serve(run, 0.0, prompt(1, 20, 2))
    b = serve(run, 0.001, prompt(2, 20, 1))
    c = serve(run, 0.001, prompt(3, 14, 1))
    steps = [
        prefill(20),
        prefill(20) + decode(21, 4000),  # b, and the last token of a: c does not fit beside them
        prefill(14),
    ]
    ends = list(accumulate(steps))
    run.advance(100.0)
    assert (0.0, ends[0], ends[1]) == moments(a)
    assert (ends[0], ends[1], ends[1]) == moments(b)
    assert (ends[1], ends[2], ends[2]) == moments(c)
    assert worker.step == 3


def test_who_came_last_gives_its_blocks_back_when_the_cache_is_full() -> None:
    run, worker = one_worker(blocks=4)  # 16 tokens
    a = serve(run, 0.0, prompt(1, 7, 10))
    b = serve(run, 0.0, prompt(2, 7, 10))
    steps = [
        prefill(7),  # a alone: b came when this step had begun
        prefill(7) + decode(8, 16),  # b, and the second token of a
        *(decode(9 + step, 16) for step in range(7)),  # a needs a third block, so b waits again until a is over
        decode(16, 16),
        prefill(8),  # b, and the token that it had made: its second one
        *(decode(9 + step, 16) for step in range(8)),
    ]
    ends = list(accumulate(steps))
    run.advance(ends[1] + 1e-6)
    assert (worker.waiting, worker.preemptions, worker.cache.used) == (1, 1, 3)
    run.advance(100.0)
    assert (0.0, ends[0], ends[9]) == moments(a)
    assert (ends[0], ends[1], ends[18]) == moments(b)
    assert (a.request.preemptions, b.request.preemptions, worker.preemptions) == (0, 1, 1)
    assert (worker.cache.used, worker.waiting, worker.requests) == (0, 0, 0)


def test_a_prompt_that_was_read_before_costs_the_rest_of_it() -> None:
    run, _ = one_worker()
    serve(run, 0.0, prompt(1, 30, 1))
    again = serve(run, 1.0, prompt(1, 32, 1))
    run.advance(2.0)
    assert again.request.cached == 28
    assert (1.0, 1.0 + prefill(4), 1.0 + prefill(4)) == moments(again)


def test_answers_side_by_side_are_as_many_sequences() -> None:
    run, worker = one_worker(sequences=3)
    a = serve(run, 0.0, prompt(1, 10, 3), [3, 2])
    b = serve(run, 0.0, prompt(2, 10, 1), [1, 1])
    steps = [prefill(10), decode(22, 4000), decode(24, 4000), prefill(10)]
    ends = list(accumulate(steps))
    run.advance(100.0)
    assert (0.0, ends[0], ends[2]) == moments(a)
    assert (ends[2], ends[3], ends[3]) == moments(b)
    assert (a.request.made, b.request.made, worker.step) == (5, 2, 4)


def test_clients_that_leave_make_room_at_once() -> None:
    run, worker = one_worker(sequences=1)
    running = serve(run, 0.0, prompt(1, 10, 50))
    waiting = serve(run, 0.0, prompt(2, 10, 1))
    last = serve(run, 0.0, prompt(3, 10, 1))
    first = prefill(10)
    run.left(waiting.request, 0, first / 2)
    assert (worker.waiting, waiting.request.first, waiting.request.end) == (1, -1.0, first / 2)
    step = decode(11, 4000)
    run.left(running.request, 1, first + step / 2)
    assert (running.request.made, worker.requests, worker.prefill_tokens) == (1, 1, 10)
    run.advance(100.0)
    # the step that was under way goes on to its end
    assert (first + step, first + step + prefill(10), first + step + prefill(10)) == moments(last)


def test_an_idle_worker_begins_at_once_and_a_busy_one_with_its_next_step() -> None:
    run, worker = one_worker()
    a = serve(run, 5.0, prompt(1, 10, 1))
    run.advance(6.0)
    assert worker.due == float("inf")
    b = serve(run, 7.0, prompt(2, 10, 1))
    run.advance(8.0)
    assert (5.0, 5.0 + prefill(10), 5.0 + prefill(10)) == moments(a)
    assert (7.0, 7.0 + prefill(10), 7.0 + prefill(10)) == moments(b)


def test_a_stream_has_the_moments_of_the_schedule() -> None:
    async def scenario(client: Client) -> None:
        body = chat("Tell me about continuous batching.", max_tokens=6, stream=True, ignore_eos=True)
        answer = await client.post("/v1/chat/completions", {**body, "stream_options": {"include_usage": True}})
        size = answer.events[-1]["usage"]["prompt_tokens"]
        steps = [prefill(size), *(decode(size + made, 500 * 16) for made in range(1, 6))]
        assert [moment for moment, _ in answer.sends] == pytest.approx(list(accumulate(steps)), abs=1e-8)

    play(scenario, Options(itl=Delay(0.0), machine=Machine(latency="mocker", workers=1, blocks=500)))
