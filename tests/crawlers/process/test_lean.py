"""The start of a spider is what a week pays once a source: it loads what spiders need and no more."""

import re
import subprocess
import sys
from pathlib import Path

from tests.running import ROOT


def test_a_spider_loads_neither_pandas_nor_a_web_server(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "crawlers", "maplabbzh", "--week", "2026-W40", "--replay"]
    places = ["--archive", "crawlers/sample/archive", "--out", str(tmp_path)]
    done = subprocess.run([*command, *places], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(re.findall(r"^import time: .*\| +(\S+)$", done.stderr, re.MULTILINE))
    assert {"scrapy", "pyarrow"} <= loaded
    assert not {"pandas.core", "aiohttp.web", "scrapy.extensions.telnet", "duckdb", "prefect"} & loaded
