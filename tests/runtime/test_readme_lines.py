"""Endpoints of FakeAI 0.3 that OpenAI's document does not have."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from fakeai.runtime.options import Options
from fakeai.settings.sources import resolve
from fakeai.settings.table import SettingError
from tests.inprocess import ROOT, Client, run


def schema(file: str, name: str) -> Any:
    components = yaml.safe_load((ROOT / "specs" / file).read_text())["components"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


# The README's examples, as they stand there.
RANKED = {
    "model": "nvidia/nv-rerank-qa-mistral-4b",
    "query": "What is machine learning?",
    "documents": [
        {"text": "Machine learning is a subset of AI..."},
        {"text": "Deep learning uses neural networks..."},
        {"text": "Python is a programming language..."},
    ],
    "top_n": 2,
}
PROMPTED = {
    "query": "What is PVTMC?",
    "filters": {"family": "Solido", "tool": "SDE"},
    "inference_model": "meta-llama/Llama-3.1-70B-Instruct",
    "top_k": 5,
}


def passages(query: str, *texts: str, **fields: Any) -> dict[str, Any]:
    """A request in the form of NVIDIA NIM."""
    return {
        "model": RANKED["model"],
        "query": {"text": query},
        "passages": [{"text": text} for text in texts],
        **fields,
    }


def logits(answer: Any) -> dict[int, float]:
    return {ranking["index"]: ranking["logit"] for ranking in answer["rankings"]}


def test_the_example_of_ranking_gives_the_two_documents_that_fit_best() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/ranking", RANKED)
        assert answer.status == 200
        schema("nim/ranking.yaml", "Rankings").validate(answer.json)
        said = answer.json["rankings"]
        assert [(one["index"], one["document"]["text"]) for one in said] == [
            (0, "Machine learning is a subset of AI..."),
            (1, "Deep learning uses neural networks..."),
        ]
        assert said[0]["logit"] > said[1]["logit"]
        assert answer.json["usage"] == {"prompt_tokens": 35, "total_tokens": 35}
        assert answer.body == (await client.post("/v1/ranking", RANKED)).body
        everything = (await client.post("/v1/ranking", {**RANKED, "top_n": 9})).json["rankings"]
        assert [one["index"] for one in everything] == [0, 1, 2]

    run(scenario)


def test_passages_are_ranked_by_what_each_says_whatever_the_others_say() -> None:
    async def scenario(client: Client) -> None:
        texts = [one["text"] for one in RANKED["documents"]]  # type: ignore[attr-defined]
        query = str(RANKED["query"])
        answer = await client.post("/v1/ranking", passages(query, *reversed(texts)))
        schema("nim/ranking.yaml", "Rankings").validate(answer.json)
        assert [sorted(one) for one in answer.json["rankings"]] == [["index", "logit"]] * 3
        assert list(logits(answer.json)) == [2, 1, 0]
        assert list(logits(answer.json).values()) == sorted(logits(answer.json).values(), reverse=True)
        for index, text in enumerate(reversed(texts)):
            alone = (await client.post("/v1/ranking", passages(query, text))).json
            assert logits(alone) == {0: logits(answer.json)[index]}
        assert logits(answer.json)[0] < 0 < logits(answer.json)[2]

    run(scenario)


def test_a_passage_that_is_too_long_is_refused_or_loses_its_end() -> None:
    async def scenario(client: Client) -> None:
        long = "river " * 9000
        refused = await client.post("/v1/ranking", passages("volcano", "short", long))
        assert (refused.status, refused.error["param"]) == (400, "passages[1].text")
        assert refused.error["code"] == "context_length_exceeded"
        assert "at most 8192 tokens" in refused.error["message"]
        cut = (await client.post("/v1/ranking", passages("volcano", long + "volcano", truncate="END"))).json
        assert cut["usage"] == {"prompt_tokens": 8192, "total_tokens": 8192}
        assert logits(cut)[0] < 0
        refused = await client.post("/v1/ranking", passages(long, "short", truncate="END"))
        assert (refused.status, refused.error["param"]) == (400, "query.text")

    run(scenario)


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/v1/ranking", passages("why"), "passages"),
        ("/v1/ranking", passages("", "text"), "query.text"),
        ("/v1/ranking", passages("why", *["text"] * 513), "passages"),
        ("/v1/ranking", passages("why", "text", truncate="START"), "truncate"),
        ("/v1/ranking", {**RANKED, "documents": ["text"]}, "documents[0]"),
        ("/v1/ranking", {**RANKED, "top_n": 0}, "top_n"),
        ("/v1/ranking", {"query": "why", "documents": [{"text": "text"}]}, "model"),
        ("/v1/text/generation", {"model": "gpt-4o"}, "input"),
        ("/v1/text/generation", {"model": "gpt-4o", "input": "why", "max_output_tokens": 0}, "max_output_tokens"),
        ("/v1/text/generation", {"model": "gpt-4o", "input": "why", "temperature": 3}, "temperature"),
        ("/rag/api/prompt", {"filters": {}}, "query"),
        ("/rag/api/prompt", {"query": []}, "query"),
        ("/rag/api/prompt", {**PROMPTED, "top_k": 21}, "top_k"),
        ("/rag/api/prompt", {**PROMPTED, "filters": ["Solido"]}, "filters"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(path: str, body: dict[str, Any], param: str) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post(path, body)
        assert (refused.status, refused.error["param"]) == (400, param), refused.body

    run(scenario)


def test_text_is_generated_within_its_limit() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "openai/gpt-oss-120b", "input": "Tell me about volcanoes"}
        answer = await client.post("/v1/text/generation", body)
        assert answer.status == 200
        schema("fakeai/generation.yaml", "TextGeneration").validate(answer.json)
        whole = answer.json
        assert (whole["created"], whole["model"]) == (1_767_225_600, "openai/gpt-oss-120b")
        assert "volcanoes" in whole["output"]
        tokens = client.app.world.tokens
        assert whole["usage"]["completion_tokens"] == tokens.count(whole["output"]) <= 100
        assert whole["usage"]["prompt_tokens"] == tokens.count(body["input"])
        short = (await client.post("/v1/text/generation", {**body, "max_output_tokens": 7})).json
        assert short["usage"]["completion_tokens"] == 7
        assert whole["output"].startswith(short["output"])
        stopped = (await client.post("/v1/text/generation", {**body, "stop": ["."]})).json
        assert stopped["output"] == whole["output"].partition(".")[0]

    run(scenario)


def test_the_example_of_retrieval_is_answered_from_the_documents_that_the_filters_let_pass() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/rag/api/prompt", PROMPTED)
        assert answer.status == 200
        schema("fakeai/retrieval.yaml", "RagAnswer").validate(answer.json)
        found = answer.json["retrieved_docs"]
        assert len({document["id"] for document in found}) == 5
        scores = [document["score"] for document in found]
        assert scores == sorted(scores, reverse=True)
        assert {(document["metadata"]["family"], document["metadata"]["tool"]) for document in found} == {
            ("Solido", "SDE")
        }
        assert [document["metadata"]["section"] for document in found[:3]] == [
            "PVTMC",
            "Reading the results of PVTMC",
            "Setting up a PVTMC run",
        ]
        content = answer.json["content"]
        assert content.startswith("PVTMC is a verification that combines PVT corners with Monte Carlo sampling (Solido")
        texts = {document["source"]: document["content"] for document in found}
        for said in re.findall(r"(?:^|\. )(.*?) \(([^()]+)\)", content):
            assert said[0] in texts[said[1]]
        assert answer.json["usage"]["completion_tokens"] == client.app.world.tokens.count(content)
        assert answer.body == (await client.post("/rag/api/prompt", PROMPTED)).body
        assert answer.sends[0][0] == pytest.approx(0.2 + 0.01 * (answer.json["usage"]["completion_tokens"] - 1))
        more = (await client.post("/rag/api/prompt", {**PROMPTED, "top_k": 20})).json["retrieved_docs"]
        assert more[:5] == found
        assert len(more) == 14  # all sections of that guide

    run(scenario)


def test_retrieval_answers_each_query_of_a_list_without_filters() -> None:
    async def scenario(client: Client) -> None:
        said = (
            await client.post(
                "/rag/api/prompt", {"query": ["What is a volcano?", "What does a router do?"], "top_k": 3}
            )
        ).json
        schema("fakeai/retrieval.yaml", "RagAnswer").validate(said)
        assert len(said["retrieved_docs"]) == 3
        assert said["retrieved_docs"][0]["source"] == "Inference_Routing_Handbook_p1"
        volcanoes, routers = said["content"].split("\n\n")
        assert volcanoes == "The documents say nothing about a volcano."
        assert routers.startswith("A router decides which worker answers a request (Inference_Routing_Handbook_p1).")

    run(scenario)


def test_filters_take_one_of_a_list_in_any_case_and_may_leave_nothing() -> None:
    async def scenario(client: Client) -> None:
        async def found(**filters: Any) -> Any:
            return (await client.post("/rag/api/prompt", {"query": "yield", "filters": filters, "top_k": 20})).json

        both = await found(tool=["sde", "Characterization"], family="SOLIDO")
        assert {document["metadata"]["tool"] for document in both["retrieved_docs"]} == {"SDE", "Characterization"}
        nothing = await found(family="Nothing", tool=["SDE"])
        assert nothing["retrieved_docs"] == []
        assert nothing["content"] == 'There is no document with family "Nothing", tool ["SDE"].'
        assert (await found(edition=3))["retrieved_docs"] == []

    run(scenario)


def test_a_folder_of_documents_takes_the_place_of_those_that_come_with_the_server(tmp_path: Path) -> None:
    (tmp_path / "Garden" / "Shed").mkdir(parents=True)
    (tmp_path / "Garden" / "Shed" / "tools.md").write_text(
        "Before.\n\n# Spades\nA spade digs.\n\n# Rakes\nA rake rakes."
    )
    (tmp_path / "Garden" / "notes.txt").write_text("Water the roses at dawn.\n\nPrune them in March.")
    line = {
        "content": "Moss likes shade.",
        "metadata": {"family": "Wood", "depth": 2, "tags": ["green"]},
        "source": "moss",
    }
    (tmp_path / "facts.jsonl").write_text(json.dumps(line) + "\n\n" + '{"text": "Ferns have spores."}\n')

    async def scenario(client: Client) -> None:
        async def found(query: str, **filters: Any) -> list[tuple[str, Any]]:
            answer = (await client.post("/rag/api/prompt", {"query": query, "filters": filters})).json
            return [(document["source"], document["metadata"]) for document in answer["retrieved_docs"]]

        shed = {"family": "Garden", "tool": "Shed"}
        first, *others = await found("rake", tool="Shed")
        assert first == ("tools_p3", {**shed, "section": "Rakes"})
        assert sorted(source for source, _ in others) == ["tools_p1", "tools_p2"]
        assert await found("roses", family="Garden") == [
            ("notes.txt", {"family": "Garden"}),
            *await found("roses", tool="Shed"),
        ]
        assert await found("moss", depth=2, tags="green") == [("moss", line["metadata"])]
        assert (await found("ferns"))[0] == ("facts.jsonl:3", {})

    run(scenario, Options(rag_documents=str(tmp_path)))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", "{", "a.jsonl:1: is not JSON"),
        ("a.jsonl", '{"text": ""}', "a.jsonl:1: is no object with a text"),
        ("a.pdf", "x", "has no documents"),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_mistake_at_start(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    settings = resolve({"rag_documents": str(tmp_path)}, {}, tmp_path)
    with pytest.raises(SettingError, match=message):
        settings.runtime()
    with pytest.raises(SettingError, match="there is no folder"):
        resolve({"rag_documents": str(tmp_path / "none")}, {}, tmp_path).runtime()
