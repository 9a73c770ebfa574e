"""The bound on a crawl's memory (`MEMUSAGE_LIMIT_MB`), held against what this process has used itself."""

from __future__ import annotations

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage


class OwnMemory(MemoryUsage):
    """Extension: Scrapy's bound, blind to the memory of the process that started the crawl.

    Scrapy reads `ru_maxrss`, which on Linux outlives `exec`: a crawl started by a process of more than the limit
    would be ended at once, before its first page. `VmHWM` begins anew with the program.
    """

    def get_virtual_size(self) -> int:
        """The most memory this program has held resident, in bytes; Scrapy's own figure where there is no /proc."""
        try:
            status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return super().get_virtual_size()
        held = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
        kilobytes = next(held, None)
        return super().get_virtual_size() if kilobytes is None else int(kilobytes) * 1024
