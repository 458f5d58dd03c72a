"""Kinds of items: all that is particular about an item of a type, a row each."""

from collections.abc import Mapping
from typing import Any, NamedTuple

NOTHING: Mapping[str, Any] = {}


class ItemKind(NamedTuple):
    """What is particular about the items of one type.

    *prefix* begins their ids. An answer must say *fills* where a request does not; at its beginning an item says
    *empty*, and all else as in the end. The tokens of its field *told* are told one by one by events called *delta*.
    Items that the server works on tell that they are in progress, what they do (*does*, if that has an event), and that
    they are completed. *result* is what OpenAI calls an item that says what came of a call. Some have no state.
    """

    prefix: str
    fills: Mapping[str, Any] = NOTHING
    empty: Mapping[str, Any] = NOTHING
    told: str = ""
    delta: str = ""
    is_hosted: bool = False
    does: str = ""
    result: str = ""
    is_stateless: bool = False


KINDS: dict[str, ItemKind] = {
    "message": ItemKind("msg_", empty={"content": []}),
    "reasoning": ItemKind("rs_", empty={"summary": []}),
    "function_call": ItemKind("fc_", empty={"arguments": ""}, told="arguments", delta="function_call_arguments"),
    "function_call_output": ItemKind("fco_", result="function call output"),
    "custom_tool_call": ItemKind("ctc_", empty={"input": ""}, told="input", delta="custom_tool_call_input"),
    "custom_tool_call_output": ItemKind("ctco_", result="custom tool call output"),
    "file_search_call": ItemKind("fs_", empty={"queries": [], "results": None}, is_hosted=True, does="searching"),
    "web_search_call": ItemKind("ws_", is_hosted=True, does="searching"),
    "code_interpreter_call": ItemKind(
        "ci_",
        fills={"code": None, "outputs": None},
        empty={"code": "", "outputs": None},
        told="code",
        delta="code_interpreter_call_code",
        is_hosted=True,
        does="interpreting",
    ),
    "image_generation_call": ItemKind(
        "ig_", fills={"result": None}, empty={"result": None}, is_hosted=True, does="generating"
    ),
    "mcp_list_tools": ItemKind("mcpl_", empty={"tools": []}, is_hosted=True, is_stateless=True),
    "mcp_call": ItemKind(
        "mcp_", empty={"arguments": "", "output": None}, told="arguments", delta="mcp_call_arguments", is_hosted=True
    ),
    "mcp_approval_request": ItemKind("mcpr_", is_stateless=True),
    "mcp_approval_response": ItemKind("mcpa_", is_stateless=True),
    "computer_call": ItemKind("cu_"),
    "computer_call_output": ItemKind("cuo_", result="computer call output"),
    "local_shell_call": ItemKind("lsh_"),
    "local_shell_call_output": ItemKind("lsho_", result="local shell call output"),
    "shell_call": ItemKind("sh_", fills={"environment": None}),
    "shell_call_output": ItemKind("sho_", fills={"max_output_length": None}, result="shell call output"),
    "apply_patch_call": ItemKind("apc_"),
    "apply_patch_call_output": ItemKind("apco_", result="apply patch call output"),
    "tool_search_call": ItemKind("tsc_", fills={"call_id": None, "execution": "server"}),
    "tool_search_output": ItemKind("tso_", fills={"call_id": None, "execution": "server"}),
    "additional_tools": ItemKind("at_", is_stateless=True),
    "program": ItemKind("prg_", is_stateless=True),
    "program_output": ItemKind("prgo_"),
    "compaction": ItemKind("cmp_", is_stateless=True),
    "compaction_trigger": ItemKind("cmpt_", is_stateless=True),
    "agent_message": ItemKind("amsg_", is_stateless=True),
    "multi_agent_call": ItemKind("mac_", is_stateless=True),
    "multi_agent_call_output": ItemKind("maco_", is_stateless=True),
}
OTHER = ItemKind("item_")  # of a type that is not known


def kind_of(type: str) -> ItemKind:
    """What is particular about items of this *type*."""
    return KINDS.get(type, OTHER)
