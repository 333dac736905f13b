"""What a model card says: one or two sentences, and its figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Facts
from bot.releases.facts.cards import card_facts, summary
from tests.support.effort import is_done_within

PROSE = "Rocket 2 is a mixture-of-experts model for agents and for code. It reads images as well."
KIMI = """---
license: other
extra_gated_prompt: You agree to all of this and to more, it is long. It is prose as well.
---
<div align="center">
  <picture><img src="logo.png" alt="Rocket 2: the agentic model that is open to all of us"></picture>
</div>

<hr>

<div align="center" style="line-height:1">
  <a href="https://lab.example"><img alt="Chat with it on our homepage today" src="https://badges.example/x"/></a>
  <a href="https://code.example"><img alt="Code" src="https://badges.example/y"/></a>
</div>

<p align="center"><b>📰&nbsp;&nbsp;<a href="https://lab.example/blog">Tech Blog</a></b> &nbsp; | &nbsp;
<b>📄&nbsp;&nbsp;<a href="https://arxiv.example">Paper Link</a></b></p>

## 0. Changelog
### 2026.4.11
- Messages with the `name` field are now supported, which is a thing that agents need.

## 1. Model Introduction

**Rocket 2** is a mixture-of-experts model with 32 billion activated and 1 trillion total parameters.
It is trained with a [new optimizer](https://a.example), e.g. for code. The third sentence is one too many.

## 2. Model Summary

<div align="center">

| | |
|:---:|:---:|
| **Architecture** | Mixture-of-Experts (MoE) |
| **Total Parameters** | 1T |
| **Activated Parameters** | 32B |
| **Number of Layers** (Dense layer included) | 61 |
| **Context Length** | 256K |

</div>
"""


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("---\ntitle: this is the front matter of a card\n---", id="front matter"),
        pytest.param("# Rocket 2 is the name of the model of the year.", id="a heading"),
        pytest.param("Rocket 2 is the name of the model of the year.\n=====", id="an underlined heading"),
        pytest.param("<h1>Rocket 2 is the name of the model of the year.</h1>", id="a heading in HTML"),
        pytest.param(
            "[![The badge of a build that passed](https://b.example)](https://b.example)", id="a badge"
        ),
        pytest.param("![An alternative text that describes an image to us.](a.png)", id="an image"),
        pytest.param("| Model | Size |\n|---|---|\n| This is the name of it. | 7B |", id="a table"),
        pytest.param("```python\nprint('this is a line of the code in a fence.')\n```", id="code"),
        pytest.param("~~~\nthis is a line of the code in another fence.\n~~~", id="code in tildes"),
        pytest.param("<!-- This is a comment that the reader of a card never sees. -->", id="a comment"),
        pytest.param("<style>p { color: red; this is for the browser alone. }</style>", id="a style sheet"),
        pytest.param("- This is an item of the list.\n* And this is one as well, it is long.", id="a list"),
        pytest.param("> [!NOTE]\n> This is a note at the side of the card, not its text.", id="a note"),
        pytest.param(
            "[The homepage of the lab](https://a.example), [the code of it](https://b.example)", id="links"
        ),
        pytest.param("The paper is here: https://a.example/a-long-address-of-the-paper", id="an address"),
        pytest.param("👋 Join our community, where we talk about all of the models.", id="an invitation"),
        pytest.param(
            "This model is released under the Apache 2.0 license, for all to use.", id="the licence"
        ),
        pytest.param("## License\nYou may use the model and the code as you like.\n## It", id="its section"),
        pytest.param("A. Author, B. Writer, C. Editor, D. Reader, E. Speaker, F. Listener.", id="authors"),
        pytest.param("[More Information Needed] is what the template of a card says.", id="a template"),
    ],
)
def test_what_is_no_prose(before: str) -> None:
    assert summary(f"{before}\n\n{PROSE}") == PROSE
    assert summary(before) == ""


@pytest.mark.parametrize(
    ("card", "text"),
    [
        pytest.param(PROSE, PROSE, id="plain text"),
        pytest.param(
            "<p>Rocket 2 is a model for<br/>agents &amp; code, of <em>this</em> lab.</p>",
            "Rocket 2 is a model for agents & code, of this lab.",
            id="HTML, as blogs have it",
        ),
        pytest.param(
            "Rocket 2 has [tools](https://a.example) and `code` and **more**, as you can see.",
            "Rocket 2 has tools and code and more, as you can see.",
            id="inline Markdown",
        ),
        pytest.param(
            "Rocket 2 is a model of the lab, e.g. for code, i.e. for you. It is new.",
            "Rocket 2 is a model of the lab, e.g. for code, i.e. for you. It is new.",
            id="an abbreviation ends no sentence",
        ),
        pytest.param(
            "Rocket 2.5 is the model of the lab for all. It comes with these features:\n\n- one",
            "Rocket 2.5 is the model of the lab for all.",
            id="what leads to a list is left out",
        ),
        pytest.param(
            "Rocket 2 is the model of the lab for all. It is licensed under the MIT license.",
            "Rocket 2 is the model of the lab for all.",
            id="so is the sentence on the licence",
        ),
        pytest.param(
            "火箭二号是实验室研发的大语言模型系列，支持多种语言。它很强大。",
            "火箭二号是实验室研发的大语言模型系列，支持多种语言。它很强大。",
            id="Chinese",
        ),
        pytest.param(
            "Модель понимает изображения и текст, она обучена с нуля для всех.",
            "Модель понимает изображения и текст, она обучена с нуля для всех.",
            id="Russian",
        ),
        pytest.param(
            "Rocket\u202e 2 is a model of\x00 the lab for agents and for code.",
            "Rocket 2 is a model of the lab for agents and for code.",
            id="control and direction marks go",
        ),
        pytest.param(f"{'İ' * 40}<!-- hidden --> {PROSE}", f"{'İ' * 40} {PROSE}", id="letters that grow"),
        pytest.param("---\nlicense: mit\nthis front matter never ends, and is all of it", "", id="no end"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_first_prose(card: str, text: str) -> None:
    assert summary(card) == text


def test_a_card_as_labs_write_them() -> None:
    assert card_facts(KIMI) == Facts(
        parameters=10**12,
        active_parameters=32 * 10**9,
        context_tokens=262_144,
        summary="Rocket 2 is a mixture-of-experts model with 32 billion activated and 1 trillion total "
        "parameters. It is trained with a new optimizer, e.g. for code.",
    )


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [
        pytest.param((100, 100), 2, id="two short sentences"),
        pytest.param((200, 200), 1, id="the first of two long ones"),
        pytest.param((100, 50, 50), 2, id="never three"),
    ],
)
def test_it_is_cut_at_a_sentence(lengths: tuple[int, ...], kept: int) -> None:
    sentences = [f"The model is of the lab {'x' * (length - 25)}." for length in lengths]
    assert summary(" ".join(sentences)) == " ".join(sentences[:kept])


def test_a_sentence_without_end_is_cut_at_a_word() -> None:
    text = summary("The model is of the lab and " * 30)
    assert len(text) <= 300
    assert text.endswith(("the…", "lab…", "model…", "is…", "of…", "and…", "The…"))


B, T = 10**9, 10**12


MODELS = """
| Model | #Total Params | #Activated Params |
|---|---|---|
| V4-Flash | 284B | 13B |
| V4-Pro | 1.6T | 49B |
"""


@pytest.mark.parametrize(
    ("card", "total", "active"),
    [
        pytest.param(
            "671B total parameters with 37B activated for each token", 671 * B, 37 * B, id="figures"
        ),
        pytest.param("32 billion activated and 1 trillion total parameters", T, 32 * B, id="words"),
        pytest.param("(230B total parameters with 10B active parameters)", 230 * B, 10 * B, id="in brackets"),
        pytest.param("10B activated parameters (230B in total)", 230 * B, 10 * B, id="total in brackets"),
        pytest.param("Large (94B active/398B total) is a hybrid.", 398 * B, 94 * B, id="active first"),
        pytest.param("21B parameters with 4B active parameters", 21 * B, 4 * B, id="the word total left out"),
        pytest.param("- Number of Parameters: 31B in total and 3B activated", 31 * B, 3 * B, id="one item"),
        pytest.param(
            "- **Total Parameters:** 80B\n- **Active Parameters:** 3B", 80 * B, 3 * B, id="two items"
        ),
        pytest.param("| Total Parameters | 1T |\n| Activated Parameters | 32B |", T, 32 * B, id="a table"),
        pytest.param(MODELS.replace("284B | 13B", "1.6T | 49B"), 1600 * B, 49 * B, id="models that agree"),
        pytest.param(MODELS, None, None, id="models that do not"),
        pytest.param("A has 355B total parameters, B 106B total parameters.", None, None, id="nor in prose"),
        pytest.param(
            "It scales from 355B parameters (32B active) in 4.5 to 744B parameters (40B active).",
            744 * B,
            40 * B,
            id="the predecessor's do not count",
        ),
        pytest.param("- Parameters: 16x3.8B with 7B active", None, 7 * B, id="experts are not multiplied"),
        pytest.param("It activates 18.6B to 31.3B of 560B total parameters.", 560 * B, None, id="no ranges"),
        pytest.param("Trained on 15T tokens with 8B examples.", None, None, id="tokens are no parameters"),
        pytest.param(
            "- Number of Parameters (Non-Embedding): 29.9B", None, None, id="a part is not the total"
        ),
        pytest.param(
            "5B active parameters of 2B total parameters", 2 * B, None, id="no more active than there are"
        ),
        pytest.param("A strong model for all of us.", None, None, id="nothing"),
    ],
)
def test_parameters_in_a_card(card: str, total: int | None, active: int | None) -> None:
    facts = card_facts(card)
    assert (facts.parameters, facts.active_parameters) == (total, active)


def test_in_a_table_of_models_the_own_row_decides() -> None:
    assert card_facts(MODELS, "lab/V4-Pro").parameters == 1600 * B
    assert card_facts(MODELS, "lab/V4-Flash").active_parameters == 13 * B
    assert card_facts(MODELS, "lab/V4").parameters is None


SIDE_BY_SIDE = """
| Model | Micro Dense | H Tiny MoE | H Small MoE |
|---|---|---|---|
| # Parameters | 3B | 7B | 32B |
| # Active parameters | 3B | 1B | 9B |
"""
ONE_SENTENCE = "V4-Pro has 1.6T parameters (49B activated), V4-Flash has 284B parameters (13B activated)."
ROWS_WITHOUT_OWN = """
The lab has V4-Nano with 30B total parameters and 3B activated.

| Model | Total Params | Activated Params |
|---|---|---|
| V4-Flash | 284B | 13B |
"""


@pytest.mark.parametrize(
    ("card", "name", "counted", "total", "active"),
    [
        pytest.param(SIDE_BY_SIDE, "lab/rocket-h-tiny", None, 7 * B, B, id="the own column"),
        pytest.param(SIDE_BY_SIDE, "lab/rocket-h-tiny-FP8", None, 7 * B, B, id="the own column, packaged"),
        pytest.param(SIDE_BY_SIDE, "lab/rocket", None, None, None, id="no column is its own"),
        pytest.param(
            SIDE_BY_SIDE, "lab/rocket", 32_200_000_000, 32 * B, 9 * B, id="the column near the count"
        ),
        pytest.param(
            MODELS, "lab/Rocket-V4-Flash-0731", None, 284 * B, 13 * B, id="the row without the date"
        ),
        pytest.param(MODELS, "lab/Rocket", 291 * B, 284 * B, 13 * B, id="the row near the count"),
        pytest.param(MODELS, "lab/Rocket", 600 * B, None, None, id="no row near the count"),
        pytest.param(ONE_SENTENCE, "lab/V4-Flash", None, 284 * B, 13 * B, id="what follows the name"),
        pytest.param(ONE_SENTENCE, "lab/V4-Pro", None, 1600 * B, 49 * B, id="and not what follows another"),
        pytest.param(ONE_SENTENCE, "lab/V4", None, None, None, id="the beginning of a name is none"),
        pytest.param(ONE_SENTENCE, "lab/V4", 291 * B, 284 * B, 13 * B, id="the sentence near the count"),
        pytest.param(
            "V4-o 4.5 has 9B total parameters. V4-V has 1.3B total parameters.",
            "lab/V4-o-4_5",
            None,
            9 * B,
            None,
            id="a version that the repository writes with a line",
        ),
        pytest.param(ROWS_WITHOUT_OWN, "lab/V4-Nano", None, 30 * B, 3 * B, id="prose before others' rows"),
    ],
)
def test_of_several_models_the_own_figures_count(
    card: str, name: str, counted: int | None, total: int | None, active: int | None
) -> None:
    facts = card_facts(card, name, counted)
    assert (facts.parameters, facts.active_parameters) == (total, active)


@pytest.mark.parametrize(
    ("card", "total", "active"),
    [
        pytest.param("| Total / Active Parameters | 1T / 32B |", T, 32 * B, id="two answers to one key"),
        pytest.param("| Parameters | 7B / 13B |", None, None, id="two answers and one question"),
        pytest.param("| Model Size | 355B-A32B |", 355 * B, 32 * B, id="an answer like a name"),
        pytest.param("| Parameters | 1T (32B activated) |", T, 32 * B, id="actives in brackets"),
        pytest.param("| Activated Params per Token | 38B |", None, 38 * B, id="actives alone"),
        pytest.param(
            "| Total Parameters | 1T |\n| Parameters of Vision Encoder | 400M |", T, None, id="a part of it"
        ),
        pytest.param("| 总参数量 | 1T |\n| 激活参数 | 32B |", T, 32 * B, id="Chinese keys"),
        pytest.param("- **Size**: 8B", 8 * B, None, id="an item that says size"),
        pytest.param(
            "Rocket has 7B total parameters.\n\n## Evaluation\n\nIts rival has 70B total parameters.",
            7 * B,
            None,
            id="a section on others",
        ),
    ],
)
def test_keys_that_ask_for_parameters(card: str, total: int | None, active: int | None) -> None:
    facts = card_facts(card)
    assert (facts.parameters, facts.active_parameters) == (total, active)


@pytest.mark.parametrize(
    ("card", "tokens"),
    [
        pytest.param("- Context Length: 256K", 262_144, id="an item"),
        pytest.param("| Context Window | 128k tokens |", 131_072, id="a table"),
        pytest.param(
            "- Context Length: 262,144 natively, up to 1,010,000 tokens", 262_144, id="the native one"
        ),
        pytest.param("- Context Length: 32,768 and 131,072 with YaRN", 32_768, id="not the stretched one"),
        pytest.param("It has a 1M-token context window.", 1_048_576, id="prose"),
        pytest.param("A context length of up to 200K tokens", 200_000, id="no power of two: thousands"),
        pytest.param("- Context Length: 4K / 128K", None, id="two of them: neither"),
        pytest.param("It was trained with a context length of 4K.", None, id="that of training is another"),
        pytest.param("It comes in 3 sizes.", None, id="nothing"),
    ],
)
def test_the_context_in_a_card(card: str, tokens: int | None) -> None:
    assert card_facts(card).context_tokens == tokens


HOSTILE = {
    "open tags": "<a ",
    "brackets": "[",
    "images": "![a",
    "links": "[a](b",
    "comments": "<!--",
    "scripts": "<script>",
    "heads": "<head",
    "fences": "```\n",
    "rows": "| a | b | c |\n",
    "items": "- x: 1B total\n",
    "stars": "*",
    "entities": "&amp",
    "sentences": "a. ",
    "counts": "1B ",
    "commas": "1,111",
    "enumerations": "1B, ",
    "activations": "activates 1B of ",
    "comparisons": "than (1B ",
    "a word without end after a number": "activates 1B a",
    "words without end": "1B " + 60 * "a" + "-" + 300 * "b" + " activates " + 300 * "c",
    "Chinese without end": "激活1B" + 300 * "参",
    "contexts": "context length 1 ",
    "from": "from ",
    "lines": "a\n",
    "blanks": " ",
    "rules": "_ ",
}


@pytest.mark.parametrize("piece", [pytest.param(piece, id=name) for name, piece in HOSTILE.items()])
def test_a_hostile_megabyte_is_read_in_no_time(piece: str) -> None:
    card = piece * (10**6 // len(piece))
    assert is_done_within(2, lambda: card_facts(card))  # it takes 0.2 s; quadratic code would take minutes


pieces = st.lists(
    st.sampled_from(
        [
            *HOSTILE.values(),
            "](x)",
            "-->",
            "</a>",
            "\n\n",
            "# ",
            "> ",
            "---\n",
            "The model is of it. ",
            "7B total",
        ]
    )
    | st.text(max_size=20)
).map("".join)


@given(pieces)
def test_no_card_raises(card: str) -> None:
    facts = card_facts(card, "lab/model")
    assert len(facts.summary) <= 300
    assert facts.summary.isprintable()
