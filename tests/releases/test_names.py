"""A name is read by tables where they know a word, and by its shape where they do not."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Name
from bot.releases.naming.names import covers, parse, respelt
from tests.support.effort import is_done_within


def parts(name: Name) -> tuple[str, ...]:
    return name.family, name.version, name.line, name.size, name.stamp, name.stage, name.packaging


@pytest.mark.parametrize(
    ("text", "lab", "expected"),
    [
        pytest.param(
            "Qwen/Qwen3.6-35B-A3B-FP8",
            "qwen",
            ("Qwen", "3.6", "", "35B-A3B", "", "", "FP8"),
            id="total and active parameters, then a packaging",
        ),
        pytest.param(
            "Qwen/Qwen3-235B-A22B-Thinking-2507-FP8",
            "qwen",
            ("Qwen", "3", "Thinking", "235B-A22B", "2507", "", "FP8"),
            id="thinking is a line, a year with a month a stamp",
        ),
        pytest.param(
            "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
            "deepseek",
            ("DeepSeek", "R1", "Distill-Qwen", "1.5B", "", "", ""),
            id="another lab's family behind the lab's own belongs to the line",
        ),
        pytest.param(
            "nvidia/Llama-3_3-Nemotron-Super-49B-v1_5",
            "nvidia",
            ("Llama-3.3-Nemotron", "", "Super", "49B", "v1.5", "", ""),
            id="the lab's own family behind another lab's makes one family of both",
        ),
        pytest.param(
            "google/gemma-3-12b-it-qat-q4_0-gguf",
            "google",
            ("Gemma", "3", "", "12b", "", "it", "qat-q4_0-gguf"),
            id="a packaging of several words",
        ),
        pytest.param(
            "google/gemma-4-E2B-it-qat-mobile-ct",
            "google",
            ("Gemma", "4", "", "E2B", "", "it", "qat-mobile-ct"),
            id="whatever follows a packaging belongs to it",
        ),
        pytest.param(
            "zai-org/GLM-4.6V-Flash",
            "zai",
            ("GLM", "4.6", "V-Flash", "", "", "", ""),
            id="a V glued to the version is a line",
        ),
        pytest.param(
            "google/gemma-3n-E4B-it",
            "google",
            ("Gemma", "3n", "", "E4B", "", "it", ""),
            id="another letter glued to the version is part of it",
        ),
        pytest.param(
            "mistralai/Mixtral-8x22B-Instruct-v0.1",
            "mistral",
            ("Mixtral", "", "", "8x22B", "v0.1", "Instruct", ""),
            id="a version behind the size is a stamp",
        ),
        pytest.param(
            "zai-org/chatglm3-6b-128k",
            "zai",
            ("ChatGLM", "3", "", "6b-128k", "", "", ""),
            id="a context length that separates checkpoints is part of the size",
        ),
        pytest.param(
            "meta-llama/Llama-3.1-8B",
            "meta",
            ("Llama", "3.1", "", "8B", "", "Base", ""),
            id="a family whose tuned models say Instruct has its base under the bare name",
        ),
        pytest.param(
            "openai/whisper-base.en",
            "openai",
            ("Whisper", "", "en", "base", "", "", ""),
            id="base is a size beside small and large",
        ),
        pytest.param(
            "acme/t9-base",
            "acme",
            ("t9", "", "", "base", "", "", ""),
            id="and so it is in an unknown encoder",
        ),
        pytest.param(
            "Zephyrus-2.5-40B-A4B-Coder-NVFP4",
            "aeolus",
            ("Zephyrus", "2.5", "Coder", "40B-A4B", "", "", "NVFP4"),
            id="a family that nobody has seen is read by its shape",
        ),
        pytest.param(
            "gpt-4o-mini-2024-07-18",
            "openai",
            ("GPT", "4o", "mini", "", "2024-07-18", "", ""),
            id="a whole date is one stamp",
        ),
        pytest.param(
            "FLUX.2 [klein]", "bfl", ("FLUX", "2", "klein", "", "", "", ""), id="brackets and a dot"
        ),
    ],
)
def test_the_parts_of_a_name(text: str, lab: str, expected: tuple[str, ...]) -> None:
    assert parts(parse(text, lab)) == expected


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        pytest.param(
            ("Qwen/Qwen3.6-35B-A3B", "qwen3-6-35b-a3b", "Qwen 3.6 35B A3B", "Qwen3.6_35B-A3B-FP8"),
            "lab/qwen-3.6-35b-a3b",
            id="dots, hyphens, spaces and packaging make no difference",
        ),
        pytest.param(
            ("GLM-5.1", "glm5.1", "GLM\u20115.1", "GLM\u00a05.1", "zai-org/GLM-5.1-FP8"),
            "lab/glm-5.1",
            id="nor do hyphens and spaces that do not break lines",
        ),
        pytest.param(
            ("moonshotai/Kimi-K2.6", "kimi-k2.6", "Kimi K2.6"), "lab/kimi-k2.6", id="nor does the source"
        ),
        pytest.param(
            ("Claude Opus 4.7", "claude-opus-4-7", "claude-4-7-opus"),
            "lab/claude-4.7-opus",
            id="nor does the order of line and version",
        ),
        pytest.param(
            ("Kimi-K2-Instruct-0905", "kimi-k2-0905", "Kimi K2 0905"),
            "lab/kimi-k2-0905",
            id="nor does the stage",
        ),
        pytest.param(
            ("Olmo-3-1025-7B", "Olmo-3-7B-Instruct", "Olmo-3-7B-Instruct-DPO"),
            "lab/olmo-3-7b",
            id="nor does a stamp that only the base carries",
        ),
    ],
)
def test_one_model_has_one_key(spellings: tuple[str, ...], key: str) -> None:
    assert {parse(spelling, "lab").release_key for spelling in spellings} == {key}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("GLM-5", "GLM-5.1", id="versions of which one begins with the other"),
        pytest.param("Kimi-K2-Instruct", "Kimi-K2-Instruct-0905", id="a snapshot and the first release"),
        pytest.param("Kimi-K2", "Kimi-K2-Thinking", id="a thinking model and the plain one"),
        pytest.param("glm-4-9b-chat", "glm-4-9b-chat-1m", id="two context lengths"),
        pytest.param("paligemma2-3b-mix-224", "paligemma2-3b-mix-448", id="two resolutions"),
        pytest.param("gemma-4-31B-it", "gemma-4-31B-it-assistant", id="a model and its draft head"),
        pytest.param("QwQ-32B", "QwQ-32B-Preview", id="a preview and what it became"),
        pytest.param("Kimi-K2.6", "Кimi-K2.6", id="a Latin and a Cyrillic K"),
        pytest.param("gpt-oss-120b", "gpt-оss-120b", id="a Latin and a Cyrillic o"),
    ],
)
def test_two_models_have_two_keys(one: str, other: str) -> None:
    assert parse(one, "lab").release_key != parse(other, "lab").release_key


def test_the_family_key_is_the_release_key_without_the_size() -> None:
    assert parse("Qwen3-Coder-30B-A3B-Instruct", "qwen").family_key == "qwen/qwen-3-coder"
    assert parse("Qwen3-Coder-480B-A35B-Instruct-FP8", "qwen").family_key == "qwen/qwen-3-coder"
    assert parse("Qwen3-4B-Instruct-2507", "qwen").family_key == "qwen/qwen-3-2507"


@pytest.mark.parametrize(
    ("text", "display"),
    [
        pytest.param("Qwen/Qwen3.6-35B-A3B-FP8", "Qwen3.6-35B-A3B", id="without owner and packaging"),
        pytest.param("moonshotai/Kimi-K2-Instruct-0905", "Kimi-K2-0905", id="without the stage"),
        pytest.param("Kimi K2.6", "Kimi K2.6", id="a title keeps its spaces"),
        pytest.param("GLM\u20115.1", "GLM-5.1", id="a hyphen that does not break becomes a plain one"),
        pytest.param("FLUX.2 [klein]", "FLUX.2 klein", id="without brackets"),
    ],
)
def test_people_read_the_labs_own_spelling(text: str, display: str) -> None:
    assert parse(text, "lab").display == display


@pytest.mark.parametrize(
    ("general", "specific", "covered"),
    [
        pytest.param("Gemma 4", "gemma-4-31B-it", True, id="a family covers its sizes"),
        pytest.param("Gemma 4 12B", "gemma-4-31B-it", False, id="a size covers no other size"),
        pytest.param(
            "Mistral Small 4", "Mistral-Small-4-119B-2603", True, id="a post leaves out size and stamp"
        ),
        pytest.param("DeepSeek-V4", "DeepSeek-V4-Pro", True, id="a word of size is a size"),
        pytest.param("GLM-4.5", "GLM-4.5-Air-FP8", True, id="in any packaging"),
        pytest.param("DeepSeek-V4-Pro", "DeepSeek-V4", False, id="the special does not cover the general"),
        pytest.param("Qwen3", "Qwen3-Coder-30B-A3B-Instruct", False, id="what it is for makes another model"),
        pytest.param("Kimi K2", "Kimi-K2-Thinking", False, id="and so does how it answers"),
        pytest.param("Kimi K2", "Kimi-K2.6", False, id="and so does the version"),
        pytest.param("Kimi K2 0905", "Kimi-K2-Instruct", False, id="a snapshot is not the first release"),
        pytest.param("Shieldstral", "Shieldstral-1.0-3B", True, id="a first version need not be said"),
        pytest.param("Boreas v1", "Boreas-7B", True, id="by either side"),
        pytest.param("Boreas", "Boreas-2-7B", False, id="a second must be"),
        pytest.param("Boreas 1", "Boreas-1.5-7B", False, id="and so must what follows the first"),
        pytest.param("mistral-small-2603", "Mistral-Small-4-119B-2603", True, id="a stamp says the version"),
        pytest.param("mistral-small-2603", "Mistral-Small-3.2-24B-2506", False, id="another stamp does not"),
        pytest.param("mistral-large-2603", "Mistral-Small-4-119B-2603", False, id="nor for another model"),
        pytest.param("mistral-small-3-2603", "Mistral-Small-4-119B-2603", False, id="nor against a version"),
        pytest.param("Boreas 3.0", "Boreas-3-7B", True, id="a zero is no other version"),
        pytest.param("Boreas 3", "Boreas-v3-7B", True, id="a letter v makes no other version"),
        pytest.param("Command A+", "command-a-plus-05-2026", True, id="a plus sign is a word"),
        pytest.param("Solar Open 2", "upstage/Solar-Open2-250B", True, id="a number glued to a word"),
        pytest.param("Solar Open 1", "upstage/Solar-Open2-250B", False, id="which another one is not"),
        pytest.param("command-a-plus-2605", "command-a-plus-05-2026", True, id="a month in two spellings"),
    ],
)
def test_what_a_general_name_speaks_of(general: str, specific: str, covered: bool) -> None:
    assert covers(parse(general, "lab"), parse(specific, "lab")) is covered


@pytest.mark.parametrize(
    ("one", "other", "lab"),
    [
        pytest.param("Stable Audio 3.0", "stabilityai/stable-audio-3", "stability", id="X.0 and X"),
        pytest.param("claude-opus-6-0", "Claude Opus 6", "anthropic", id="X-0 and X"),
        pytest.param(
            "MiniMax Music 3.0", "MiniMaxAI/MiniMax-Music3", "minimax", id="a number glued to its line"
        ),
        pytest.param("Music 3.0", "MiniMaxAI/MiniMax-Music3", "minimax", id="without the lab's own name"),
        pytest.param("Command A+", "command-a-plus", "cohere", id="a plus sign and the word"),
        pytest.param("Command R+ 08-2024", "CohereLabs/c4ai-command-r-plus-08-2024", "cohere", id="and more"),
        pytest.param("Open 2 34B", "aeolus/Open2-34B", "aeolus", id="a number glued to an unknown family"),
        pytest.param(
            "Solar Open 2 250B",
            "upstage/Solar-Open2-250B",
            "upstage",
            id="or to a word that is no known line",
        ),
        pytest.param(
            "internlm-2-1.8b", "internlm/internlm2-1_8b", "internlm", id="a size with an underscore"
        ),
        pytest.param("deepseek-chat-v3-0324", "deepseek-ai/DeepSeek-V3-0324", "deepseek", id="a stage"),
        pytest.param(
            "command-a-2605", "CohereLabs/command-a-05-2026-bf16", "cohere", id="stamps by the month"
        ),
        pytest.param("Boreas 202606", "aeolus/Boreas-2026-06", "aeolus", id="in three spellings"),
        pytest.param(
            "nemotron-4-nano-9b", "nvidia/NVIDIA-Nemotron-4-Nano-9B", "nvidia", id="the lab in front"
        ),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str, lab: str) -> None:
    assert parse(one, lab).release_key == parse(other, lab).release_key


@pytest.mark.parametrize(
    ("stored", "now"),
    [
        pytest.param("ibm/granite-4.0-small", "ibm/granite-4-small", id="a zero"),
        pytest.param("a/foo-v1.0.0", "a/foo-v1", id="several zeros"),
        pytest.param("a/foo-10-2.0b", "a/foo-10-2.0b", id="but not of a size, nor of ten"),
        pytest.param("cohere/command-a+", "cohere/command-a-plus", id="a plus sign"),
        pytest.param("cohere/command-a-03-2025", "cohere/command-a-2503", id="a month"),
        pytest.param("a/foo-2024-07-18", "a/foo-20240718", id="a day"),
    ],
)
def test_a_key_that_an_older_version_stored_can_be_respelt(stored: str, now: str) -> None:
    assert respelt(stored) == now


_PIECES = [
    "Foo",
    "v",
    "3",
    ".0",
    "3.0",
    "+",
    "-",
    " ",
    "05",
    "20",
    "2024",
    "03-2025",
    "2025-06",
    "2024-07-18",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=9))
def test_what_was_parsed_needs_no_respelling(pieces: list[str]) -> None:
    name = parse("".join(pieces), "lab")
    assert respelt(name.release_key) == name.release_key


def test_a_name_covers_nothing_of_another_lab() -> None:
    assert not covers(parse("Gemma 4", "google"), parse("Gemma 4", "acme"))


@given(st.text(max_size=300))
def test_any_text_has_a_name_that_covers_itself(text: str) -> None:
    name = parse(text, "lab")
    assert covers(name, name)
    assert name.release_key == name.release_key.lower()
    assert not any(ord(letter) < 32 for letter in name.display + name.release_key)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 10_000, id="one endless word"),
        pytest.param("A3B-" * 2_500, id="endless sizes"),
        pytest.param("2024-07-18-" * 900, id="endless dates"),
        pytest.param("1_" * 5_000, id="endless digits apart"),
        pytest.param("\u202eKimi\u202c-K2.6" * 900, id="marks that turn the direction"),
        pytest.param("\x00\x1b[31m" * 2_500, id="control characters"),
        pytest.param("🎉" * 10_000, id="emoji"),
        pytest.param("К" * 10_000, id="Cyrillic"),
        pytest.param("ﷺ" * 10_000, id="ligatures that unfold"),
    ],
)
def test_hostile_names_are_read_at_once(text: str) -> None:
    attempts = count()  # of no name that was read before is anything remembered
    parse("warm-up", "lab")
    assert is_done_within(0.01, lambda: parse(f"{next(attempts)} {text}", "lab"))  # ten times the target


def test_direction_marks_do_not_make_another_key() -> None:
    assert parse("\u202eKimi-K2.6\u202c", "lab").release_key == "lab/kimi-k2.6"
