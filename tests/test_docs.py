"""The documents hold: README's examples run against the sample, and relative links lead somewhere."""

import itertools
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("sample")

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHELL = {"|", "||", "&&", ";", ">"}


@pytest.mark.parametrize("code", EXAMPLES, ids=["duckdb", "pandas", "polars"])
def test_an_example_of_the_readme_reads_the_sample(code: str, sample: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(sample)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_to_files(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", document.read_text("utf-8"))
    broken = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_are_written_as_the_command_line_takes_them(document: Path) -> None:
    from flows.cli import app

    blocks = re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    for line in (line for block in blocks for line in block.splitlines() if line.startswith("labs ")):
        words = itertools.takewhile(lambda word: word not in SHELL, shlex.split(line, comments=True)[1:])
        app.parse_args(list(words), exit_on_error=False, print_error=False)


def test_commands_the_readme_names_exist() -> None:
    named = set(re.findall(r"^labs ([a-z-]+)", README, re.MULTILINE))
    from flows.cli import app

    assert named <= set(app._commands)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE)) <= targets
