"""What a spider's process itself needs of memory, to a crawl that ends when it is more than it may."""

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATUS = Path("/proc/self/status")


class OwnMemoryUsage(MemoryUsage):
    """Scrapy's guard, blind to the process that started the spider.

    Linux keeps the peak of the parent as `ru_maxrss` of the child (getrusage(2), over execve(2)): a run that has
    matched a large registry, and needs more than a spider may, would end every spider as it starts.
    """

    def get_virtual_size(self) -> int:
        """Return the largest resident size this program has had, bytes."""
        if not _STATUS.exists():  # other systems do not hand the peak on
            return super().get_virtual_size()
        (peak,) = (line for line in _STATUS.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
