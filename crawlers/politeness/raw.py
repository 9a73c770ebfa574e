"""Keeps the bytes and headers as they came over the wire, before Scrapy decompresses them: they are the evidence."""

from __future__ import annotations

from scrapy.http import Request, Response


class Raw:
    """Downloader middleware that stands between decompression and the network."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Pass the answer on unchanged."""
        request.meta["raw"] = (response.body, header_pairs(response.headers))
        request.meta["sent"] = header_pairs(request.headers)
        return response


def header_pairs(headers: object) -> tuple[tuple[str, str], ...]:
    """Scrapy's headers as pairs of text, every value of a repeated name."""
    items = headers.items()  # type: ignore[attr-defined]
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, values in items for value in values)
