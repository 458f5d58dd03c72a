"""Read an exposition of metrics with the parsers of prometheus_client, and hold it to the rules of promtool."""

import re
from collections import defaultdict

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

Samples = dict[str, dict[str, float]]

WITHOUT_TOTAL = {"dynamo_component_kv_cache_events_applied"}  # a counter that Dynamo calls so
HISTOGRAM_TOTAL = {"vllm:iteration_tokens_total"}


def samples(text: str) -> Samples:
    """{name: {labels as they are written, without braces: value}}, after a look at every rule."""
    families = list(
        openmetrics.text_string_to_metric_families(text)
        if text.endswith("# EOF\n")
        else parser.text_string_to_metric_families(text)
    )
    _check_heads(text)
    found: Samples = defaultdict(dict)
    for family in families:
        assert family.documentation, family.name
        assert family.samples, family.name
        for sample in family.samples:
            said = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
            assert said not in found[sample.name], f"{sample.name}{{{said}}} twice"
            found[sample.name][said] = sample.value
            assert family.type != "counter" or sample.value >= 0
        if family.type == "histogram":
            _check_histogram(family.name, found)
    return dict(found)


def _check_heads(text: str) -> None:
    """HELP and TYPE stand once and before the samples of their family; counters end in _total."""
    heads = re.findall(r"^# (HELP|TYPE) (\S+) (.*)$", text, re.MULTILINE)
    assert [kind for kind, _, _ in heads] == ["HELP", "TYPE"] * (len(heads) // 2)
    names = [name for kind, name, _ in heads if kind == "TYPE"]
    assert len(names) == len(set(names))
    for kind, name, said in heads:
        if kind == "TYPE" and not text.endswith("# EOF\n"):
            ends = name.endswith("_total")
            assert ends == (said == "counter") or name in WITHOUT_TOTAL | HISTOGRAM_TOTAL, name


def _check_histogram(name: str, found: Samples) -> None:
    """Buckets rise, the last one is +Inf and has all."""
    series: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for said, value in found[f"{name}_bucket"].items():
        labels, _, edge = said.rpartition('le="')
        series[labels.removesuffix(",")].append((float(edge[:-1]), value))
    for labels, buckets in series.items():
        assert buckets == sorted(buckets), (name, labels)
        assert [count for _, count in buckets] == sorted(count for _, count in buckets), (name, labels)
        assert buckets[-1] == (float("inf"), found[f"{name}_count"][labels]), (name, labels)
        assert f"{name}_sum" in found, name
