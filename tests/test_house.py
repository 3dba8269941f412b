"""The house stands as agreed: rooms, imports, names, and a lock that names no index."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("crawlers", "flows", "dedupe", "warehouse")


def _tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: tracked files cannot be listed")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_only_the_agreed_names_stand_at_the_top() -> None:
    agreed = {*ROOMS, "tests", "docs", "prefect.yaml", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"}
    agreed |= {"Makefile", "requirements.lock", ".ci", ".gitignore", ".gitattributes", ".github"}
    assert {path.partition("/")[0] for path in _tracked()} <= agreed


def test_no_file_is_called_by_a_word_that_says_nothing() -> None:
    assert not [path for path in _tracked() if re.search(r"(^|/)(utils|helpers|misc|common)(\.py|/)", path)]


def test_the_lock_has_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_every_module_opens_with_a_sentence() -> None:
    silent = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text("utf-8").lstrip()
            if not text.startswith(('"""', 'r"""')):
                silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_labs_help_answers_without_loading_prefect_or_scrapy() -> None:
    code = "import sys, flows.cli; sys.exit(any(m in sys.modules for m in ('prefect', 'scrapy', 'pandas')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.xdist_group("house")
def test_tests_of_a_group_run_in_one_process(request: pytest.FixtureRequest) -> None:
    """Otherwise each process would make the sample for itself, and tests of one server would meet two."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("all tests run in one process")
    assert request.node.nodeid.endswith("@house")
