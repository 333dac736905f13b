"""One reader for the Hub's addresses: of which repository one is, if it is of one."""

import pytest

from bot.releases.naming.addresses import repository_in

HUB = "https://huggingface.co"


@pytest.mark.parametrize(
    ("link", "repository"),
    [
        pytest.param(f"{HUB}/moonshotai/Kimi-K2.6", "moonshotai/Kimi-K2.6", id="a repository's page"),
        pytest.param("https://hf.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", id="the short host"),
        pytest.param("http://www.huggingface.co/Qwen/Qwen3-8B/", "Qwen/Qwen3-8B", id="www and a last slash"),
        pytest.param("HTTPS://HuggingFace.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", id="a host in any case"),
        pytest.param(f"{HUB}/x/y/tree/main", "x/y", id="its files"),
        pytest.param(f"{HUB}/x/y/tree/main?page=2", "x/y", id="its files, and a question"),
        pytest.param(f"{HUB}/x/y/blob/main/README.md#usage", "x/y", id="one file, at a heading"),
        pytest.param(f"{HUB}/x/y/resolve/main/model.safetensors", "x/y", id="a file to download"),
        pytest.param(f"{HUB}/x/y/raw/main/LICENSE", "x/y", id="a file as text"),
        pytest.param(f"{HUB}/x/y/discussions/7", "x/y", id="a discussion of it"),
        pytest.param(f"{HUB}/x/y?library=transformers", "x/y", id="a question behind it"),
        pytest.param(f"{HUB}/Qwen", "", id="an organisation alone"),
        pytest.param(f"{HUB}/Qwen/", "", id="an organisation with a slash"),
        pytest.param(f"{HUB}/Qwen/activity/all", "", id="what an organisation did"),
        pytest.param(f"{HUB}/datasets/allenai/dolma", "", id="a dataset"),
        pytest.param(f"{HUB}/spaces/Qwen/Qwen3-Demo", "", id="a space"),
        pytest.param(f"{HUB}/collections/Qwen/qwen3-67dd", "", id="a collection"),
        pytest.param(f"{HUB}/blog/ibm-granite", "", id="a blog post"),
        pytest.param(f"{HUB}/papers/2505.09388", "", id="a paper"),
        pytest.param(f"{HUB}/api/models", "", id="the API"),
        pytest.param("https://github.com/QwenLM/Qwen3", "", id="another host"),
        pytest.param("https://huggingface.co.example/x/y", "", id="a host that only begins so"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_an_address_is_of_a_repository(link: str, repository: str) -> None:
    assert repository_in(link) == repository
