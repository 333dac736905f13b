"""Say in one line why an address could not be read, and what to do about it."""

from collections.abc import Mapping

import httpx

from bot.errors import Failure, SourceError
from bot.fetch.address import short, shown

_VARIABLES = {"huggingface.co": "HF_TOKEN", "api.llm-stats.com": "LLM_STATS_API_KEY"}
_AGAIN = "it is asked again at the next poll"


def of_status(
    url: httpx.URL, status: int, headers: Mapping[str, str], *, token_sent: bool, retry_after: float | None
) -> SourceError:
    """Return the error for an answer that cannot be used, with what its status asks people to do."""
    failure, advice = Failure.BAD_ANSWER, "only 200 can be read; see in a browser what it is"
    match status:
        case 304:
            advice = f"not modified since what? Nothing was said; {_AGAIN}"
        case 401 | 403:
            failure = Failure.DENIED
            advice = _denied(url.raw_host.decode("ascii"), headers, token_sent=token_sent)
        case 404 | 410:
            failure, advice = Failure.GONE, "nothing is there (any more); correct the address in feeds.yaml"
        case 429:
            rest = "until the next poll" if retry_after is None else f"for {retry_after:.0f} s"
            failure, advice = Failure.RATE_LIMITED, f"too many requests; it is left alone {rest}"
        case _ if status >= 500:
            failure, advice = Failure.SERVER_ERROR, f"the fault is theirs; {_AGAIN}"
    return SourceError(failure, f"{shown(url)} answered {status}: {advice}", retry_after=retry_after)


def _denied(host: str, headers: Mapping[str, str], *, token_sent: bool) -> str:
    said = short(headers.get("x-error-message", ""), 100)  # the Hub's; docs/reference/hub.md#errors
    quoted = f"{said!r}; " if said else ""
    if token_sent:
        return f"{quoted}the token was not accepted, check {_VARIABLES.get(host, 'the one for this host')}"
    if host in _VARIABLES:
        return f"{quoted}private, gone, or in need of a token: check {_VARIABLES[host]}, which is not set"
    return f"{quoted}it wants a login or keeps robots out; choose another source for this lab"


def of_exception(url: httpx.URL, error: httpx.HTTPError, *, deadline: float, ended: bool) -> SourceError:
    """Return the error for a request that got no whole answer.

    `deadline` is the number of seconds that it had, `ended` tells that the server closed the connection.
    """
    why, failure = short(str(error), 120), Failure.BAD_ANSWER
    match error:
        case httpx.TimeoutException():
            failure, what = Failure.TIMEOUT, f"took longer than {deadline:g} s ({why})"
        case httpx.NetworkError():
            failure, what = Failure.UNREACHABLE, f"cannot be reached ({why})"
        case httpx.RemoteProtocolError() if ended:
            failure, what = Failure.UNREACHABLE, "closed the connection before the answer ended"
        case httpx.LocalProtocolError():  # its reason quotes the header, which may be a token
            what = (
                "takes no request with such headers: correct its token or `headers`, they hold odd characters"
            )
        case _:
            what = f"does not speak HTTP as it should ({why})"
    return SourceError(failure, f"{shown(url)} {what}; {_AGAIN}")
