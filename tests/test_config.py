"""feeds.yaml and the environment: what is wrong is said with file, path and value, and no secret is."""

import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.releases.facts.filters import make_filters
from bot.settings.environment import read_environment
from bot.settings.feeds import Config, parse_duration
from bot.sources.build import load_config
from bot.sources.specs import FeedSpec, HubSpec, LlmStatsSpec, PageSpec
from tests.support.effort import is_done_within

SECRET = "xoxb-1234-do-not-tell"
SIGNS = "signs-what-slack-posts"
TWO_LABS = """
labs:
  - {id: qwen, name: Qwen, sources: [{hub: Qwen}]}
  - {id: zai, name: Z.ai, sources: [{hub: zai-org}]}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint_about(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(written(folder, text))
    return str(caught.value)


def one_lab(fields: str) -> str:
    return f"labs: [{{id: qwen, name: Qwen, {fields}}}]"


def one_source(fields: str) -> str:
    return one_lab(f"sources: [{{hub: Qwen}}, {{{fields}}}]")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", ["should be a mapping", "nothing"], id="an empty file"),
        pytest.param("# nothing yet\n", ["should be a mapping", "nothing"], id="a file of comments"),
        pytest.param("- {id: qwen}\n", ["should be a mapping", "'id': 'qwen'"], id="a list at the top"),
        pytest.param("labs: []", ["labs: names no lab"], id="no labs"),
        pytest.param("labs:\n", ["labs: should be a list", "nothing"], id="labs without entries"),
        pytest.param("labs: {qwen: {}}", ["labs: should be a list", "'qwen'"], id="labs as a mapping"),
        pytest.param(TWO_LABS + "lab: x", ["lab: there is no such key", "'x'"], id="a wrong key at the top"),
        pytest.param(
            one_lab("feed: x"),
            ["labs[0] (qwen).feed: there is no such key", "'x'"],
            id="a wrong key of a lab",
        ),
        pytest.param("labs: [{name: Qwen}]", ["labs[0].id: is missing"], id="a lab without id"),
        pytest.param("labs: [{id: qwen}]", ["labs[0] (qwen).name: is missing"], id="a lab without name"),
        pytest.param("labs: [{id: Q w, name: Q}]", ["labs[0] (Q w).id", "'Q w'"], id="an id with a space"),
        pytest.param(
            one_lab("country: china"), ["labs[0] (qwen).country", "'china'"], id="a country by name"
        ),
        pytest.param(
            one_lab("country: NO"),
            ["labs[0] (qwen).country: should be text; put it in quotes", "False"],
            id="Norway, which YAML reads as false",
        ),
        pytest.param(
            one_lab("aliases: kimi"), ["(qwen).aliases: should be a list", "'kimi'"], id="one alias bare"
        ),
        pytest.param(
            one_lab("aliases: [4]"), ["(qwen).aliases[0]: should be text", "4"], id="a number as alias"
        ),
        pytest.param(
            one_source("hubb: Wan-AI"),
            ["labs[0] (qwen).sources[1]: a source is a mapping with one of hub, feed", "'hubb': 'Wan-AI'"],
            id="a source of no kind",
        ),
        pytest.param(
            one_source("hub: Wan-AI, feed: https://a.example"),
            ["labs[0] (qwen).sources[1]: a source is a mapping with one of hub, feed", "https://a.example"],
            id="a source of two kinds",
        ),
        pytest.param(
            one_lab("sources: [Wan-AI]"),
            ["labs[0] (qwen).sources[0]: a source is a mapping", "'Wan-AI'"],
            id="a source that is a bare word",
        ),
        pytest.param(
            one_source("hub: a/b"), ["(qwen).sources[1].hub", "'a/b'"], id="a repository as organisation"
        ),
        pytest.param(
            one_source("hub: Wan-AI, item: .card"),
            ["(qwen).sources[1].item: there is no such key", "'.card'"],
            id="a page's key at an organisation",
        ),
        pytest.param(
            one_source("feed: a.example/rss"),
            ["(qwen).sources[1].feed: write a whole address", "'a.example/rss'"],
            id="an address without scheme",
        ),
        pytest.param(
            one_source("feed: 'file:///etc/passwd'"),
            ["(qwen).sources[1].feed: write a whole address", "file:///etc/passwd"],
            id="an address of a local file",
        ),
        pytest.param(
            one_source("page: 'https://a.example'"),
            ["(qwen).sources[1]: a page of format html needs `item`", "https://a.example"],
            id="a page without selector",
        ),
        pytest.param(
            one_source("page: 'https://a.example', format: xml, item: a"),
            ["(qwen).sources[1].format", "'xml'"],
            id="a page of an unknown format",
        ),
        pytest.param(
            one_source("hub: Wan-AI, every: soon"),
            ["(qwen).sources[1].every: write a length of time as 90s, 10m, 6h or 7d", "'soon'"],
            id="a length of time in words",
        ),
        pytest.param(
            one_source("hub: Wan-AI, every: 10"), ["sources[1].every", "10"], id="a time without unit"
        ),
        pytest.param(one_source("hub: Wan-AI, every: 0m"), ["sources[1].every", "'0m'"], id="no time at all"),
        pytest.param("defaults: {hold: -1h}\n" + TWO_LABS, ["defaults.hold", "'-1h'"], id="a negative time"),
        pytest.param(
            "llm_stats: {enabled: maybe}\n" + TWO_LABS,
            ["llm_stats.enabled", "'maybe'"],
            id="neither yes nor no",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: [qwen, kimi]}]",
            ["subscriptions[0].labs: no lab has the id 'kimi'"],
            id="a subscription to an unknown lab",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: kimi}]",
            ["subscriptions[0].labs: no lab has the id 'kimi'"],
            id="a subscription to one unknown lab, written bare",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: general, labs: all}]",
            ["subscriptions[0].channel: “general” is no id of Slack", "click its name"],
            id="a channel by its name",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: 7, labs: all}]",
            ["subscriptions[0].channel: should be text"],
            id="a number for a channel",
        ),
        pytest.param(
            TWO_LABS + "admins: [ana]", ["admins[0]: “ana” is no id of Slack"], id="an admin by name"
        ),
        pytest.param(
            TWO_LABS + "admins: [C0123456789]",
            ["admins[0]: write the person's id, as U0123456789"],
            id="a channel for an admin",
        ),
        pytest.param(
            TWO_LABS + "webhooks: [{id: Teams, labs: all}]",
            ["webhooks[0] (Teams).id", "'Teams'"],
            id="a webhook's id that names no variable",
        ),
        pytest.param(
            TWO_LABS + "webhooks: [{id: a, labs: all}, {id: a, labs: all}]",
            ["the webhook 'a' stands in webhooks[0] and in webhooks[1]"],
            id="two webhooks of one id",
        ),
        pytest.param(
            TWO_LABS + "webhooks: [{id: a, labs: [kimi]}]",
            ["webhooks[0].labs: no lab has the id 'kimi'"],
            id="a webhook for a lab that there is not",
        ),
        pytest.param(
            TWO_LABS + "webhooks: [{id: a, labs: all, secret: hunter2hunter2hunter2}]",
            ["webhooks[0] (a).secret: there is no such key"],
            id="a webhook's secret in the file",
        ),
        pytest.param(
            TWO_LABS + "webhooks: [{id: a, labs: all, kinds: variants}]",
            ["webhooks[0] (a).kinds: there is no such key"],
            id="a webhook for variants alone",
        ),
        pytest.param(
            TWO_LABS + "changes: admins",
            ["changes: admins, and nobody is named under admins"],
            id="admins alone may change, and there are none",
        ),
        pytest.param(TWO_LABS + "changes: owners", ["changes"], id="changes by nobody knows whom"),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1}]",
            ["subscriptions[0].labs: is missing"],
            id="a subscription to nothing",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: 7}]",
            ["subscriptions[0].labs: should be a list", "7"],
            id="a subscription to a number",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: all, max: large}]",
            ["subscriptions[0].max", "'large'"],
            id="a size in words",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: all, fits: 80}]",
            ["subscriptions[0].fits", "80"],
            id="memory without its unit",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: all, kinds: some}]",
            ["subscriptions[0].kinds", "'some'"],
            id="kinds that there are not",
        ),
        pytest.param(
            "labs: [{id: qwen, name: A}, {id: qwen, name: B}]",
            ["the lab id 'qwen' stands in labs[0] and in labs[1]"],
            id="two labs with one id",
        ),
        pytest.param(
            one_source("hub: Qwen"),
            ["the source 'hub:qwen' stands in qwen and in qwen"],
            id="the same organisation twice",
        ),
        pytest.param(
            "labs: [{id: a, name: A, sources: [feed: 'http://x.example/rss']},"
            " {id: b, name: B, sources: [feed: 'https://x.example/rss']}]",
            ["the source 'feed:x.example/rss' stands in a and in b"],
            id="the same feed in two labs, once without encryption",
        ),
        pytest.param(
            "labs: [{id: a, name: A, sources: [llm_stats: q]}, {id: b, name: B, sources: [llm_stats: q]}]",
            ["the source 'llm_stats:q' stands in a and in b"],
            id="one organisation of the listing in two labs",
        ),
        pytest.param(
            "labs: [{id: a, name: A, aliases: [kimi]}, {id: b, name: B, aliases: [Kimi]}]",
            ["the name 'kimi' stands in a and in b"],
            id="an alias that two labs share, whatever the case",
        ),
        pytest.param(
            "labs: [{id: a, name: A, aliases: [b]}, {id: b, name: B}]",
            ["the name 'b' stands in a and in b"],
            id="an alias that is another lab's id",
        ),
        pytest.param(
            "labs: [{id: a, name: A, aliases: [google]}, {id: b, name: B, sources: [hub: google]}]",
            ["the name 'google' stands in a and in b"],
            id="an alias that is another lab's organisation",
        ),
        pytest.param(
            "labs: [{id: qwen, name: Qwen}]", ["labs[0] (qwen): has no sources"], id="a lab without sources"
        ),
        pytest.param(
            "labs: [{id: all, name: A, sources: [hub: a]}]",
            ["labs[0]: 'all' means something else"],
            id="a lab of a name that commands read otherwise",
        ),
        pytest.param(
            "labs: [{id: a, name: Cadence, sources: [hub: a]}]",
            ["labs[0]: 'cadence' means something else"],
            id="the same as what it is called",
        ),
        pytest.param(
            "labs: [{id: qwen, name: Qwen, sorces: [hub: Qwen]}]",
            ["labs[0] (qwen).sorces: there is no such key; did you mean sources?"],
            id="a key of a lab with a slip",
        ),
        pytest.param(
            "labs: [{id: qwen, name: Qwen, sources: [{hub: Qwen, inculde: [a]}]}]",
            ["sources[0].inculde: there is no such key; did you mean include?"],
            id="a key of a source with a slip",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: all, licence: any}]",
            ["licence: there is no such key; did you mean license?"],
            id="a key of a subscription, spelt as the British do",
        ),
        pytest.param("lab: []", ["lab: there is no such key; did you mean labs?"], id="no labs at all"),
        pytest.param("admins: []", ["labs: is missing"], id="no labs, and nothing like them"),
        pytest.param(
            one_source("hbu: Qwen"), ["sources[1]: a source is", "did you mean hub?"], id="a kind with a slip"
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: qwne}]",
            ["no lab has the id 'qwne'; did you mean qwen?"],
            id="a subscription to a lab with a slip",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{chanel: C1, labs: all}]",
            ["chanel: there is no such key; did you mean channel?"],
            id="what is missing since it has a slip is told once",
        ),
        pytest.param(one_source("hub: "), ["sources[1].hub: says nothing"], id="a key without a value"),
        pytest.param(
            one_source("feed: 'https://lab.example/a b'"), ["feed: an address has no blanks"], id="a blank"
        ),
        pytest.param(
            one_source("feed: 'https://lab.example:99999/'"), ["sources[1].feed: Port out of"], id="a port"
        ),
        pytest.param(
            "labs: [{id: qwen, name: Qwen, sources: [{hub: 'https://huggingface.co/Qwen'}]}]",
            ["sources[0].hub: write the organisation alone", "'https://huggingface.co/Qwen'"],
            id="an organisation as its address",
        ),
        pytest.param(
            TWO_LABS + "subscriptions: [{channel: C1, labs: []}]",
            ["subscriptions[0]: its `labs` names none"],
            id="a subscription to an empty list",
        ),
        pytest.param("labs: [{id: qwen, name: [}]", ["line 1: is not valid YAML"], id="a syntax error"),
        pytest.param(
            "labs:\n  - {id: qwen\n\tname: Q}", ["line 3: is not valid YAML"], id="a tab as indentation"
        ),
        pytest.param(
            "labs: [{id: qwen, name: Q, id: zai}]",
            ["line 1: is not valid YAML: the key 'id' stands twice"],
            id="a key that stands twice in one mapping",
        ),
        pytest.param(
            TWO_LABS + "labs: []",
            ["line 5: is not valid YAML: the key 'labs' stands twice"],
            id="a second block of labs, which YAML would take for the only one",
        ),
        pytest.param(
            "a: &a {id: qwen}\nlabs: [{<<: *a, name: Q}]",
            ["line 2: is not valid YAML", "<<"],
            id="a merge key, which can multiply without bound",
        ),
        pytest.param(
            "labs: !!python/object/apply:os.getcwd []",
            ["line 1: is not valid YAML", "python/object"],
            id="a tag that would run code",
        ),
        pytest.param("labs: \x07", ["is not valid YAML", "#x0007"], id="a control character"),
        pytest.param("? [labs]\n: []\n", ["is not valid YAML"], id="a list as key"),
        pytest.param("1: 2\n" + TWO_LABS, ["[1]: Keys should be strings"], id="a number as key"),
    ],
)
def test_a_wrong_file_is_refused_with_file_path_and_value(
    tmp_path: Path, text: str, parts: list[str]
) -> None:
    complaint = complaint_about(tmp_path, text)
    first = complaint.splitlines()[0]
    assert first.startswith(f"{tmp_path / 'feeds.yaml'}: ")
    assert [part for part in parts if part not in first] == []
    assert all(len(line) < 400 for line in complaint.splitlines())


def test_all_mistakes_of_a_file_are_told_at_once_but_not_a_thousand(tmp_path: Path) -> None:
    two = complaint_about(tmp_path, "labs: [{id: A, name: Qwen}, {id: zai, name: ''}]")
    assert [line.split(": ")[1] for line in two.splitlines()] == ["labs[0] (A).id", "labs[1] (zai).name"]
    many = complaint_about(tmp_path, "labs: [" + "{}," * 1000 + "]")
    assert many.splitlines()[-1].endswith("feeds.yaml: and 1990 more")


@pytest.mark.parametrize(
    ("make", "part"),
    [
        pytest.param(lambda path: None, "is not there; set CADENCEBOT_CONFIG", id="missing"),
        pytest.param(lambda path: path.mkdir(), "cannot be read (Is a directory)", id="a folder"),
        pytest.param(lambda path: path.write_bytes(b"labs: \xff"), "save it as UTF-8", id="not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, make: Callable[[Path], object], part: str
) -> None:
    path = tmp_path / "feeds.yaml"
    make(path)
    with pytest.raises(ConfigError, match=r"feeds\.yaml") as caught:
        load_config(path)
    assert part in str(caught.value)


def ladder(levels: int, step: str) -> str:
    """Return YAML whose every line holds nine times the line before it."""
    lines = [step.format(this=n, last=", ".join([f"*a{n - 1}"] * 9)) for n in range(1, levels)]
    return "a0: &a0 [laugh]\n" + "\n".join(lines)


BILLION = ladder(10, "a{this}: &a{this} [{last}]")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param(f"{BILLION}\nlabs: *a9", "labs[0]: should be a mapping", id="a billion labs"),
        pytest.param(
            f"{BILLION}\nlabs: [{{id: q, name: Q, aliases: *a9}}]", "(q).aliases[0]", id="a billion aliases"
        ),
        pytest.param(
            ladder(10, "a{this}: &a{this} {{<<: [{last}]}}") + "\nlabs: []", "not valid YAML", id="merges"
        ),
        pytest.param("[" * 100_000, "nest", id="deep lists"),
        pytest.param("{a: " * 50_000, "nest", id="deep mappings"),
        pytest.param("- " * 100_000, "nest", id="deep block lists"),
        pytest.param("[" * 10_000_000, "larger than 600,000 bytes", id="10 MB of nesting"),
        pytest.param(
            "labs: [" + "*a, " * 2_500_000 + "]", "larger than 600,000 bytes", id="10 MB of aliases"
        ),
    ],
)
def test_a_file_made_to_exhaust_is_refused_quickly(tmp_path: Path, text: str, part: str) -> None:
    path = written(tmp_path, text)

    def refuse() -> None:
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert part in str(caught.value).splitlines()[0]

    assert is_done_within(10, refuse)  # they take up to two seconds; a runaway takes for ever


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | scalars, inner, max_size=3)
    ),
    max_leaves=8,
)
known_keys = st.sampled_from(["id", "name", "aliases", "country", "sources"])
lab_like = st.dictionaries(known_keys | st.text(max_size=5), values, max_size=5)
file_like = values | st.fixed_dictionaries({"labs": st.lists(lab_like, max_size=3) | values})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=file_like)
def test_whatever_yaml_holds_it_is_a_config_or_a_config_error(tmp_path: Path, content: object) -> None:
    try:
        assert isinstance(load_config(written(tmp_path, yaml.safe_dump(content))), Config)
    except ConfigError as error:
        assert str(error).startswith(str(tmp_path))  # noqa: PT017 - both outcomes are right


def test_a_good_file_is_read_into_frozen_settings(tmp_path: Path) -> None:
    config = load_config(
        written(
            tmp_path,
            """
            defaults: {every: 15m, group: 2d}
            llm_stats: {enabled: false}
            labs:
              - id: moonshot
                name: Moonshot AI
                aliases: [kimi]
                country: CN
                sources:
                  - {hub: moonshotai, include: [Kimi], every: 2m, hold: 90s}
                  - feed: https://a.example/rss.xml
                  - page: https://a.example/blog
                    item: .card
                    headers: {Referer: https://a.example/}
                  - {page: https://a.example/notes.md, format: markdown}
                  - llm_stats: moonshotai
            subscriptions:
              - {channel: C1, labs: moonshot, license: permissive, max: 70b}
              - {channel: C2, labs: all, fits: 8x80gb, type: text, weights: open, match: [vl, k2]}
            """,
        )
    )
    lab = config.labs[0]
    assert [type(source) for source in lab.sources] == [HubSpec, FeedSpec, PageSpec, PageSpec, LlmStatsSpec]
    assert [source.id for source in lab.sources] == [
        "hub:moonshotai",
        "feed:a.example/rss.xml",
        "page:a.example/blog",
        "page:a.example/notes.md",
        "llm_stats",
    ]
    assert (lab.lab.owners, lab.lab.aliases, lab.lab.country) == (("moonshotai",), ("kimi",), "CN")
    assert lab.called == {"moonshot", "moonshot ai", "kimi", "moonshotai"}
    assert (config.defaults.every, config.defaults.group) == (timedelta(minutes=15), timedelta(days=2))
    assert config.defaults.hold == timedelta(hours=6)
    assert not config.llm_stats.enabled
    assert [subscription.labs for subscription in config.subscriptions] == [("moonshot",), "all"]
    assert [str(make_filters(**subscription.filters)) for subscription in config.subscriptions] == [
        "license:permissive max:70b",
        "fits:640gb type:text weights:open match:vl,k2",
    ]
    with pytest.raises(ValueError, match="frozen"):
        config.labs[0].name = "other"


@given(
    number=st.integers(1, 999_999),
    unit=st.sampled_from(["s", "m", "h", "d"]),
    gap=st.sampled_from(["", " ", "  "]),
    upper=st.booleans(),
)
def test_a_duration_is_a_number_and_a_unit(number: int, unit: str, gap: str, upper: bool) -> None:
    text = f" {number}{gap}{unit.upper() if upper else unit} "
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86_400}[unit]
    assert parse_duration(text).total_seconds() == number * seconds


@given(value=values)
def test_a_duration_of_any_other_shape_is_refused(value: object) -> None:
    try:
        assert parse_duration(value) > timedelta()
    except ValueError as error:
        assert "90s, 10m, 6h or 7d" in str(error)  # noqa: PT017 - both outcomes are right


@pytest.mark.parametrize("text", ["10", "m", "1.5h", "-1h", "1h30m", "0d", "1000000s", "1w", "tomorrow", ""])
def test_no_duration_is_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="90s, 10m, 6h or 7d"):
        parse_duration(text)


def test_an_empty_environment_gives_the_defaults() -> None:
    environment = read_environment({})
    assert environment.hf_endpoint == "https://huggingface.co"
    assert environment.cadencebot_config == Path("feeds.yaml")
    assert environment.slack_bot_token.get_secret_value() == ""
    assert environment.allowed_hosts == frozenset()
    assert environment.health_address == "127.0.0.1:9464"
    assert environment.secrets == ()


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("0.0.0.0:80", "0.0.0.0:80"),
        ("[::1]:9464", "[::1]:9464"),
        ("bot-host:9464", "bot-host:9464"),
        ("off", ""),
    ],
)
def test_the_health_server_is_where_the_environment_says(said: str, address: str) -> None:
    assert read_environment({"CADENCEBOT_HEALTH": said}).health_address == address


@pytest.mark.parametrize(
    ("variables", "token"),
    [
        pytest.param(
            {"SLACK_BOT_TOKEN": f" {SECRET}\n"}, SECRET, id="the variable, without the spaces around it"
        ),
        pytest.param({"SLACK_BOT_TOKEN_FILE": "FILE"}, SECRET, id="the file that the variable names"),
        pytest.param(
            {"SLACK_BOT_TOKEN": "old", "SLACK_BOT_TOKEN_FILE": "FILE"}, SECRET, id="the file goes first"
        ),
        pytest.param(
            {"SLACK_BOT_TOKEN": SECRET, "SLACK_BOT_TOKEN_FILE": ""}, SECRET, id="no file goes to the variable"
        ),
        pytest.param({"SLACK_BOT_TOKEN": "  "}, "", id="spaces are no token"),
    ],
)
def test_a_token_comes_from_a_variable_or_a_file(
    tmp_path: Path, variables: dict[str, str], token: str
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    named = {name: str(file) if value == "FILE" else value for name, value in variables.items()}
    assert read_environment(named).slack_bot_token.get_secret_value() == token


def test_any_setting_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("127.0.0.1:8080, localhost:4620,\n")
    environment = read_environment({"CADENCEBOT_ALLOW_HOSTS_FILE": str(file)})
    assert environment.allowed_hosts == {"127.0.0.1:8080", "localhost:4620"}


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param(
            {"HF_ENDPOINT": "http://["},
            "environment variable HF_ENDPOINT: ",
            id="an address that is none",
        ),
        pytest.param(
            {"SLACK_API_URL": "https://slack.example:99999/api/"},
            "environment variable SLACK_API_URL: ",
            id="a port that cannot be",
        ),
        pytest.param(
            {"HF_ENDPOINT": "huggingface.co"},
            "environment variable HF_ENDPOINT: write a whole address",
            id="an address without scheme",
        ),
        pytest.param(
            {"CADENCEBOT_HEALTH": "9464"},
            "environment variable CADENCEBOT_HEALTH: write a host with its port",
            id="a port without its host",
        ),
        pytest.param(
            {"CADENCEBOT_HEALTH": "127.0.0.1:70000"},
            "environment variable CADENCEBOT_HEALTH: write a host with its port",
            id="a port beyond the last",
        ),
        pytest.param(
            {"CADENCEBOT_PING_URL": SECRET},
            "environment variable CADENCEBOT_PING_URL: write a whole address",
            id="a token where an address to ping belongs",
        ),
        pytest.param(
            {"CADENCEBOT_PUSH_SECRET": f"{SECRET} {SECRET}"},
            "environment variable CADENCEBOT_PUSH_SECRET: write 16 to 200 ASCII",
            id="a secret with a space",
        ),
        pytest.param(
            {"CADENCEBOT_PUSH_SECRET": "15-characters-é"},
            "environment variable CADENCEBOT_PUSH_SECRET: write 16 to 200 ASCII",
            id="a secret that the Hub takes in no header, and a short one",
        ),
        pytest.param(
            {"CADENCEBOT_PUBLIC_URL": "bot.example"},
            "environment variable CADENCEBOT_PUBLIC_URL: write a whole address",
            id="a public address without scheme",
        ),
        pytest.param(
            {"SLACK_API_URL": SECRET},
            "environment variable SLACK_API_URL: write a whole address",
            id="a token in the wrong variable",
        ),
        pytest.param(
            {"DATABASE_URL": f"mysql://{SECRET}", "CADENCEBOT_BACKUPS": "3"},
            "environment variable DATABASE_URL: write an address of PostgreSQL",
            id="a database that is none, which copies would be asked about",
        ),
        pytest.param(
            {"HF_TOKEN_FILE": "/nowhere/token"},
            "environment variable HF_TOKEN_FILE: cannot read /nowhere/token (No such file or directory)",
            id="a file that is not there",
        ),
        pytest.param(
            {"CADENCEBOT_WEBHOOK_TEAMS_SECRET_FILE": "BINARY"},
            "environment variable CADENCEBOT_WEBHOOK_TEAMS_SECRET_FILE: BINARY is not text",
            id="a webhook's secret that is no text",
        ),
        pytest.param(
            {"HF_TOKEN_FILE": "BINARY"},
            "environment variable HF_TOKEN_FILE: BINARY is not text",
            id="a file that is no text",
        ),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_kept_secret(
    tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(SECRET.encode() + b"\xff")
    named = {name: str(binary) if value == "BINARY" else value for name, value in variables.items()}
    with pytest.raises(ConfigError) as caught:
        read_environment(named)
    assert str(caught.value).replace(str(binary), "BINARY").startswith(message)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("variables", "only_pushes"),
    [
        pytest.param({}, False, id="nothing is said: Slack's address lacks its signing secret"),
        pytest.param({"CADENCEBOT_PUSH_SECRET": SECRET}, True, id="pushes alone, beside Socket Mode"),
        pytest.param(
            {"CADENCEBOT_PUSH_SECRET": SECRET, "SLACK_SIGNING_SECRET": SIGNS}, False, id="Slack and pushes"
        ),
    ],
)
def test_what_an_http_address_is_for(variables: dict[str, str], only_pushes: bool) -> None:
    assert read_environment(variables).takes_only_pushes == only_pushes


def test_secrets_are_shown_nowhere() -> None:
    bare = SECRET.removeprefix("xoxb-")
    secrets = {"SLACK_BOT_TOKEN": SECRET, "HF_TOKEN": bare, "LLM_STATS_API_KEY": bare}
    secrets["CADENCEBOT_PUSH_SECRET"] = SECRET
    secrets["CADENCEBOT_WEBHOOK_TEAMS_SECRET"] = SECRET
    environment = read_environment(secrets)
    shown = f"{environment!r} {environment} {environment.model_dump()} {environment.model_dump_json()}"
    assert bare not in shown
    assert environment.llm_stats_api_key.get_secret_value() == bare
