"""At most one request per host and delay; a slow or a shy host (Crawl-delay) gets more time, never less (ETH-17)."""

from __future__ import annotations

import ipaddress

from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

LEAST_SECONDS = 3.0


def delay_for(host: str, *seconds: float) -> float:
    """The longest of the delays asked for, and never less than three seconds except on this very machine."""
    asked = max((0.0, *seconds))
    return asked if is_loopback(host) else max(LEAST_SECONDS, asked)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, where the demo and the tests may go faster."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def slow_down(crawler: Crawler, host: str, seconds: float) -> None:
    """Keep at least `seconds` between requests to `host` for the rest of the run."""
    downloader = crawler.engine.downloader
    earlier = downloader.per_slot_settings.get(host, {})
    floor = delay_for(host, seconds, float(earlier.get("delay", 0.0)), downloader._delay)
    downloader.per_slot_settings[host] = {**earlier, "delay": floor}
    slot = downloader.slots.get(host)
    if slot is not None:
        slot.delay = max(slot.delay, floor)


class Throttle(AutoThrottle):
    """Scrapy's AutoThrottle, which by itself would sink below a host's Crawl-delay and above its own maximum."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        downloader = self.crawler.engine.downloader
        host = next((name for name, own in downloader.slots.items() if own is slot), "")
        floor = downloader.per_slot_settings.get(host, {}).get("delay", 0.0)
        slot.delay = max(slot.delay, float(floor))
