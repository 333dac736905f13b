"""Bodies within their caps: so many bytes on the wire, so many unpacked, one layer of compression."""

import zlib
from collections.abc import Iterable, Iterator

import httpx

from bot.errors import Failure, SourceError
from bot.fetch.address import shown

ACCEPT_ENCODING = "gzip"  # zlib can stop at a cap; what we do not ask for we need not defuse
_MAX_CHUNKS = 50_000  # about a second of CPU; a body of 20 MB in full reads has 320
_LARGEST_PART = 250_000  # bytes
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # zlib looks at the header and takes either


def read_body(chunks: Iterable[bytes], encoding: str, *, url: httpx.URL, raw_cap: int, cap: int) -> bytes:
    """Return the whole body, unpacked.

    `chunks` are as they came over the wire and `encoding` is the Content-Encoding; both caps are in bytes.
    Raises SourceError for a body that is too large, damaged or packed in a way that was not asked for.
    """
    layer = encoding.strip().lower()
    if layer not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise SourceError(
            Failure.BAD_ANSWER,
            f"{shown(url)} sent a body packed as {encoding[:60]!r} where plain or gzip was asked for; "
            "choose another address of this source",
        )
    body, is_packed = bytearray(), layer not in ("", "identity")
    received = _capped(chunks, url, raw_cap)
    for part in _unpacked(received, url) if is_packed else received:
        body += part
        if len(body) > cap:
            raise _too_large(url, cap, " when unpacked" if is_packed else "")
    return bytes(body)


def _capped(chunks: Iterable[bytes], url: httpx.URL, raw_cap: int) -> Iterable[bytes]:
    received = 0
    for number, chunk in enumerate(chunks):
        received += len(chunk)
        if received > raw_cap:
            raise _too_large(url, raw_cap)
        if number >= _MAX_CHUNKS:
            raise SourceError(
                Failure.BAD_ANSWER,
                f"{shown(url)} came in more than {_MAX_CHUNKS} pieces: not read; choose another address",
            )
        yield chunk


def _unpacked(chunks: Iterable[bytes], url: httpx.URL) -> Iterator[bytes]:
    """Yield what chunks unpack to in small parts: 64 KB may hold 64 MB."""
    unpacker, started = zlib.decompressobj(_GZIP_OR_ZLIB), False
    for chunk in chunks:
        packed, part = chunk, None
        try:
            while part is None or packed or len(part) == _LARGEST_PART:
                part = unpacker.decompress(packed, _LARGEST_PART)
                packed = unpacker.unconsumed_tail
                yield part
        except zlib.error as error:
            raise _damaged(url, str(error)) from error
        if unpacker.unused_data:
            raise _damaged(url, "it goes on after its end")
        started = True
    if started and not unpacker.eof:
        raise _damaged(url, "it breaks off")


def _too_large(url: httpx.URL, cap: int, how: str = "") -> SourceError:
    return SourceError(
        Failure.TOO_LARGE,
        f"{shown(url)} is larger than {cap / 1e6:g} MB{how} and was not read; choose a shorter listing",
    )


def _damaged(url: httpx.URL, why: str) -> SourceError:
    return SourceError(
        Failure.BAD_ANSWER,
        f"{shown(url)} sent a damaged compressed body ({why}); it may pass by itself",
    )
