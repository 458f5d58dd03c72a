"""OpenAI's Python SDK walks through evals: made, run, read, cancelled, deleted; and graders."""

import time
from typing import Any

import openai
import pytest
from openai import OpenAI

MODEL = "gpt-4o"
CHECK: Any = {
    "type": "string_check",
    "name": "polite",
    "input": "{{sample.output_text}}",
    "reference": "{{item.word}}",
    "operation": "like",
}
CONFIG: Any = {"type": "custom", "item_schema": {"type": "object"}, "include_sample_schema": True}


def test_an_eval_is_run_and_read(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        eval = client.evals.create(name="words", data_source_config=CONFIG, testing_criteria=[CHECK])
        source: Any = {
            "type": "completions",
            "model": MODEL,
            "input_messages": {"type": "template", "template": [{"role": "user", "content": "About {{item.word}}"}]},
            "source": {"type": "file_content", "content": [{"item": {"word": word}} for word in ("tides", "bats")]},
        }
        run = client.evals.runs.create(eval.id, data_source=source)
        assert (run.status, run.model) == ("queued", MODEL)
        for _ in range(100):
            run = client.evals.runs.retrieve(run.id, eval_id=eval.id)
            if run.status == "completed":
                break
            time.sleep(0.1)
        counts = run.result_counts
        assert (counts.total, counts.passed + counts.failed, counts.errored) == (2, 2, 0)
        items = list(client.evals.runs.output_items.list(run.id, eval_id=eval.id, limit=1))
        assert [item.datasource_item for item in items] == [{"word": "tides"}, {"word": "bats"}]
        found = client.evals.runs.output_items.retrieve(items[0].id, eval_id=eval.id, run_id=run.id)
        assert found.to_dict() == items[0].to_dict()
        assert [each.id for each in client.evals.runs.list(eval.id, status="completed")] == [run.id]
        other = client.evals.runs.create(eval.id, data_source=source)
        assert client.evals.runs.cancel(other.id, eval_id=eval.id).status == "canceled"
        assert client.evals.runs.delete(other.id, eval_id=eval.id).deleted
        assert client.evals.update(eval.id, name="few words").name == "few words"
        assert eval.id in [each.id for each in client.evals.list()]
        assert client.evals.delete(eval.id).deleted
        with pytest.raises(openai.NotFoundError):
            client.evals.retrieve(eval.id)


def test_a_grader_grades(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        graders = client.fine_tuning.alpha.graders
        assert graders.run(grader=CHECK, model_sample="please", item={"word": "ease"}).reward == 1
        assert graders.validate(grader=CHECK).grader is not None
        with pytest.raises(openai.BadRequestError):
            graders.validate(grader={**CHECK, "input": "{{nothing}}"})
