"""A spider that needs too much memory ends; one whose run needs it does not."""

import resource
import subprocess
import sys

import pytest

PROBE = """
import resource
from scrapy.utils.test import get_crawler
from crawlers.process.memory import OwnMemoryUsage
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, OwnMemoryUsage(get_crawler()).get_virtual_size())
held = bytearray(200 * 2**20)
print(OwnMemoryUsage(get_crawler()).get_virtual_size())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands the peak of a process on to its children")
def test_memory_is_that_of_the_spider_not_of_the_run_that_started_it() -> None:
    held = bytearray(700 * 2**20)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True).stdout.split()
    del held
    inherited, own, own_later = map(int, told)
    assert inherited >= peak >= 700 * 2**20, "what Scrapy would have read"
    assert own < 400 * 2**20
    assert own_later >= own + 150 * 2**20
