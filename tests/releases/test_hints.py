"""Names of a lab's own models in running text, and which of them can be news."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.naming.names import parse
from bot.releases.news.hints import hints_among, identities, may_be_new, unseen_names
from bot.releases.news.names_in_text import Link, Passage, names_in
from tests.support.effort import is_done_within

OWNERS = frozenset(
    {"zai", "z.ai", "zai-org", "qwen", "google", "openai", "anthropic", "deepseek-ai", "stepfun"}
)


def named(text: str, *, counting: tuple[str, ...] = ()) -> list[str]:
    return [one.name.display for one in names_in([Passage("lab", text, "")], OWNERS, counting).found]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("We trained GLM-5.2 on it.", ["GLM-5.2"], id="a name in a sentence"),
        pytest.param("Call `glm-5.2-air` today", ["glm-5.2-air"], id="an id in a code span"),
        pytest.param("**Qwen3.6-35B-A3B**: new", ["Qwen3.6-35B-A3B"], id="a name in bold"),
        pytest.param("Gemini 3.5 Pro and GPT-5.6 differ", ["Gemini 3.5 Pro", "GPT-5.6"], id="two names"),
        pytest.param("基于Qwen3-8B的模型", ["Qwen3-8B"], id="no spaces around it, in Chinese"),
        pytest.param("Qwen 3 32B costs less", ["Qwen 3 32B"], id="version and size, apart"),
        pytest.param("GLM-5.2. GLM-5.2! glm 5.2", ["GLM-5.2"], id="the same name again"),
        pytest.param("a GPT-5.6-powered app", ["GPT-5.6"], id="a word that only describes"),
        pytest.param("Qwen3-0.6B 28 16 / 8 Yes 32K", ["Qwen3-0.6B"], id="the cells of a table behind it"),
        pytest.param("Claude Opus 5.1 Is Here", ["Claude Opus 5.1"], id="words in capitals behind it"),
        pytest.param("Qwen, Gemma and GLM", [], id="families alone"),
        pytest.param("Kimi K3 and Llama 5 and Grok-6", [], id="other labs' families"),
        pytest.param("step 3: install it", [], id="a family's name that is a word"),
        pytest.param("Gemini 2 million users", [], id="a number that counts"),
        pytest.param("MyGLM-5 and xqwen3", [], id="a name inside another word"),
        pytest.param("Qwen2.5-Math-RM-72B scores", [], id="a reward model"),
        pytest.param("GLM-5\n.2", ["GLM-5"], id="no name goes over a line's end"),
        pytest.param("Kestrel 2 flies", [], id="a family that nobody knows"),
    ],
)
def test_the_names_in_a_text(text: str, names: list[str]) -> None:
    assert named(text) == names


def test_a_family_that_counts_versions_is_looked_for_once_it_is_known() -> None:
    assert named("Kestrel 3 flies", counting=("Kestrel",)) == ["Kestrel 3"]
    assert named("Kestrel 3 flies") == []


@pytest.mark.parametrize(
    ("at", "url"),
    [
        pytest.param("<one>GLM-5.2</one> <two>more</two>", "one", id="the one around it"),
        pytest.param("<one>more</one> GLM-5.2, and so on <two>x</two>", "one", id="the nearer one"),
        pytest.param("GLM-5.2", "base", id="the post's own where there is none"),
    ],
)
def test_the_nearest_link_is_its_own(at: str, url: str) -> None:
    text, links = at, []
    for name in ("one", "two"):
        if f"<{name}>" in text:
            start = text.index(f"<{name}>")
            end = text.index(f"</{name}>") - len(f"<{name}>")
            text = text.replace(f"<{name}>", "", 1).replace(f"</{name}>", "", 1)
            links.append(Link(start, end, name))
    [found] = names_in([Passage("lab", text, "base", tuple(links))], OWNERS, ()).found
    assert found.url == url


@given(st.text(alphabet="GLMQwen-. 0123456789b\n*`（于", max_size=200))
def test_whatever_stands_there_each_name_is_of_a_family_with_a_number(text: str) -> None:
    found = names_in([Passage("lab", text, "")], OWNERS, ()).found
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.name.family in ("GLM", "Qwen")
        assert one.name.version or one.name.size or one.name.stamp
        assert len(one.words) <= 280


@pytest.mark.parametrize("piece", ["GLM-", "GLM 5 ", "GLM-5.", "Qwen3-", "glm" * 30, "5" * 90])
def test_a_hostile_text_takes_little_time(piece: str) -> None:
    lengths = count(400_000 // len(piece))  # of no text that was read before is anything remembered
    assert is_done_within(2, lambda: named(piece * next(lengths)))


KNOWN = [
    parse(text, "zai")
    for text in ("GLM-4.5", "GLM-5.1", "GLM-5.1-Air", "GLM-4.6V", "DeepSeek-V3.2", "Grok-4.20", "GLM-ASR")
]


@pytest.mark.parametrize(
    ("text", "new"),
    [
        pytest.param("GLM-5.2", True, id="the next version"),
        pytest.param("GLM-6", True, id="the next whole number"),
        pytest.param("GLM-9.3", True, id="any later one"),
        pytest.param("GLM 6", True, id="the next whole number, apart"),
        pytest.param("GLM 10", False, id="a whole number apart that is far ahead"),
        pytest.param("GLM-5", False, id="behind the newest"),
        pytest.param("GLM-4.7V", True, id="next of its own line"),
        pytest.param("GLM-5-Air", False, id="behind the newest of its line"),
        pytest.param("GLM-4.9-Ultra", False, id="an unknown line, behind the family's newest"),
        pytest.param("GLM-9B", False, id="only a size, where the family counts versions"),
        pytest.param("GLM-ASR-2512", True, id="only a date"),
        pytest.param("DeepSeek-R1", True, id="another series"),
        pytest.param("Grok-4.3", True, id="4.20 is 4.2"),
        pytest.param("Grok-4.1", False, id="and not before 4.20"),
        pytest.param("CogView-4", True, id="a family of which nothing is known"),
    ],
)
def test_a_name_may_be_new(text: str, new: bool) -> None:
    assert may_be_new(parse(text, "zai"), KNOWN) is new


class TestUnseenNames:
    """What was not there at the reading before."""

    def read(self, before: dict[str, str], *posts: tuple[str, str], new: tuple[str, ...] = ()) -> list[str]:
        passages = [Passage("zai", text, "", post=post) for post, text in posts]
        names = names_in(passages, OWNERS, tuple(sorted({name.family for name in KNOWN if name.version})))
        asked = identities(names.found, names.families)
        heard = unseen_names(names.found, names.families, {k: before[k] for k in asked if k in before}, new)
        before.update(heard.remember)
        return [f"{one.post}: {one.name.display}" for one in heard.grown]

    def test_the_first_reading_remembers(self) -> None:
        assert self.read({}, ("a", "GLM-5.1 and GLM-6")) == []

    def test_a_name_that_a_post_did_not_have_is_told_once(self) -> None:
        before: dict[str, str] = {}
        self.read(before, ("a", "GLM-5.1"), ("b", "Nothing"))
        assert self.read(before, ("a", "GLM-5.1, GLM-6"), ("b", "GLM-6")) == ["a: GLM-6", "b: GLM-6"]
        assert self.read(before, ("a", "GLM-6"), ("b", "")) == []
        assert self.read(before, ("a", "GLM-5.1"), ("b", "GLM-6")) == []

    def test_what_a_new_post_names_it_has_not_come_to_name(self) -> None:
        before: dict[str, str] = {}
        self.read(before, ("a", "GLM-5.1"))
        assert self.read(before, ("c", "GLM-6"), new=("c",)) == []

    def test_of_names_that_cover_one_another_one_is_a_hint(self) -> None:
        found = names_in([Passage("zai", "GLM-6 9B, GLM-6 and GLM-6-Flash", "")], OWNERS, ()).found
        assert [one.name.display for one in hints_among(found, KNOWN, [], [])] == ["GLM-6"]
