"""What people are told to do."""

import httpx
import pytest

from bot.errors import Failure
from bot.fetch import Response
from bot.fetch.client import of_exception, of_status

HUB, LISTING, BLOG = (
    "https://huggingface.co/api",
    "https://api.llm-stats.com/stats/v1",
    "https://blog.example/",
)


@pytest.mark.parametrize(
    ("address", "token_sent", "advice"),
    [
        pytest.param(HUB, True, "the token was not accepted, check HF_TOKEN", id="the Hub, with a token"),
        pytest.param(HUB, False, "check HF_TOKEN, which is not set", id="the Hub, without one"),
        pytest.param(LISTING, True, "check LLM_STATS_API_KEY", id="llm-stats"),
        pytest.param("http://127.0.0.1:8000/", True, "check the one for this host", id="our own mirror"),
        pytest.param(BLOG, False, "choose another source for this lab", id="a blog behind a wall"),
        pytest.param("https://xn--a/", False, "choose another source", id="a name that IDNA cannot read"),
    ],
)
def test_a_refusal_names_the_variable_to_check(address: str, token_sent: bool, advice: str) -> None:
    error = of_status(httpx.URL(address), 401, {}, token_sent=token_sent, retry_after=None)
    assert error.failure is Failure.DENIED
    assert advice in str(error)


@pytest.mark.parametrize(
    ("raised", "ended", "failure"),
    [
        pytest.param(httpx.ReadTimeout("slow"), False, Failure.TIMEOUT, id="a slow read"),
        pytest.param(httpx.ConnectTimeout("slow"), False, Failure.TIMEOUT, id="a slow connection"),
        pytest.param(httpx.PoolTimeout("full"), False, Failure.TIMEOUT, id="a full pool"),
        pytest.param(httpx.ConnectError("refused"), False, Failure.UNREACHABLE, id="a refused connection"),
        pytest.param(httpx.ReadError("reset"), False, Failure.UNREACHABLE, id="a reset"),
        pytest.param(httpx.RemoteProtocolError("eof"), True, Failure.UNREACHABLE, id="an early end"),
        pytest.param(httpx.RemoteProtocolError("noise"), False, Failure.BAD_ANSWER, id="noise"),
        pytest.param(httpx.LocalProtocolError("header"), False, Failure.BAD_ANSWER, id="our own mistake"),
    ],
)
def test_an_exception_of_the_network_has_its_class(
    raised: httpx.HTTPError, ended: bool, failure: Failure
) -> None:
    error = of_exception(httpx.URL(BLOG), raised, deadline=30.0, ended=ended)
    assert error.failure is failure
    assert str(error).startswith(BLOG)


def test_a_reason_of_absurd_length_is_cut_and_stays_on_one_line() -> None:
    error = of_exception(httpx.URL(BLOG), httpx.ReadError("x\n" * 10_000), deadline=30.0, ended=False)
    assert len(str(error)) < 300
    assert "\n" not in str(error)


def test_json_that_is_none_is_told_without_the_secrets_of_the_address() -> None:
    with pytest.raises(Exception, match="no JSON") as caught:
        Response("https://api.example/?key=hunter2", 200, body=b"<html>").json()
    assert "hunter2" not in str(caught.value)
