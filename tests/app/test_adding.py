"""Labs that are added in a conversation: shown first, asked once, baselined in silence, and the way back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk import labs
from bot.records import AddedLab, Begun, Content
from tests.crash.world import START, repository
from tests.support.clock import FakeClock
from tests.support.conversation import ANA, BOSS, Conversation, commands, talking
from tests.support.life import ZAI


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Conversation]:
    with talking(tmp_path) as talk:
        yield talk


class TestAdding:
    def test_it_shows_what_try_shows_and_asks(self, talk: Conversation) -> None:
        begun = talk.answer("add zai-org")
        assert isinstance(begun, Begun)
        assert begun.text == "I am reading zai-org …"
        shown = begun.rest()
        assert "hub:zai-org is an organisation on the Hub: 1 item, judged as zai-org's" in shown.text
        assert "Watch it as the lab zai-org" in shown.text
        assert "GLM-5" in str(shown.blocks)
        assert commands(shown)[0] == "add zai-org yes"
        assert talk.life.app.store.added.all() == []

    def test_what_it_shows_is_remembered_in_silence_and_what_comes_after_is_told_once(
        self, talk: Conversation
    ) -> None:
        assert "Added: Z.ai is watched through hub:zai-org" in talk.say("add zai-org as Z.ai yes")
        talk.work()
        talk.life.hub.put(repository("zai-org/GLM-5.1"))
        talk.work()
        talk.work()
        assert ["Z.ai released GLM-5.1" in text for text in talk.life.told("C0ONE")] == [True]

    def test_it_is_offered_to_be_followed_and_can_be_a_tick_later(self, talk: Conversation) -> None:
        added = talk.answer("add zai-org yes")
        assert isinstance(added, Begun)
        assert commands(added.rest()) == ["subscribe zai-org"]
        talk.life.tick()
        assert "now follows zai-org" in talk.say("subscribe zai-org")

    def test_the_same_request_twice_adds_it_once(self, talk: Conversation) -> None:
        talk.say("add zai-org yes")
        assert "added already" in talk.say("add zai-org yes")
        talk.work()
        assert "Zai-org is watched already" in talk.say("add zai-org yes")
        assert "is watched already" in talk.say("add https://huggingface.co/zai-org yes")

    def test_a_second_source_of_a_lab_that_was_added_is_its_own(self, talk: Conversation) -> None:
        talk.life.hub.put(repository("zai-labs/GLM-Air-2"))
        talk.say("add zai-org as Z.ai yes")
        talk.work()
        assert "as one more source of Z.ai" in talk.say("add zai-labs as z.ai")
        talk.say("add zai-labs as z.ai yes")
        talk.work()
        talk.life.hub.put(repository("zai-labs/GLM-Air-3"))
        talk.work()
        assert talk.life.sources == ["hub:moonshotai", "hub:zai-org", "hub:zai-labs"]
        assert ["Z.ai released GLM-Air-3" in text for text in talk.life.told("C0ONE")] == [True]

    def test_what_is_known_under_a_lab_that_is_gone_goes_on_under_its_id(self, talk: Conversation) -> None:
        """Under another id the bot would not start again: all that is known would be news."""
        talk.life.write(lambda file: file["labs"].append(ZAI))
        talk.work()
        talk.life.write(lambda file: file["labs"].pop())
        talk.work()
        talk.say("add zai-org as Zhipu yes")
        talk.work()
        assert [(lab.id, lab.name) for lab in talk.life.app.config.labs][1:] == [("zai", "Zhipu")]

    @pytest.mark.logs("feeds_yaml_wrong")
    def test_admins_read_in_status_what_is_wrong_with_the_file(self, talk: Conversation) -> None:
        talk.life.file.write_text("labs: [", encoding="utf-8")
        talk.life.tick()
        assert "what it said before goes on" in talk.say("status")
        assert "what it said before goes on" not in talk.say("status", ANA)

    @pytest.mark.logs("feeds_yaml_wrong")
    def test_nothing_is_added_while_the_file_is_wrong(self, talk: Conversation) -> None:
        talk.life.file.write_text("labs: [", encoding="utf-8")
        talk.life.tick()
        assert "Mend feeds.yaml first" in talk.say("add zai-org yes")

    def test_one_address_is_read_at_a_time(self, talk: Conversation) -> None:
        with talk.busy:
            assert "I am reading another address" in talk.say("add zai-org")
        assert "1 item" in talk.say("add zai-org")

    def test_there_is_an_end_to_it(self, talk: Conversation) -> None:
        store = talk.life.app.store
        with store.transaction():
            for number in range(100):
                store.added.set(AddedLab(f"lab{number}", {"name": f"{number}"}, "ana", START))
        assert "the most that may be" in talk.say("add zai-org yes")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("add", "needs an organisation on the Hub or an address", id="nothing"),
        pytest.param("add moonshot", "Moonshot is watched already", id="a lab that is watched"),
        pytest.param("add moonshotai", "is watched already", id="an organisation that is watched"),
        pytest.param("add zai-org as moonshot", "stands in feeds.yaml", id="a source of a lab of the file"),
        pytest.param("add zai-org as all", "another name", id="the word for all labs"),
        pytest.param("add zai-org as " + "x" * 81, "cannot be called so", id="a name that is too long"),
        pytest.param("add zai-org too", "a name behind `as`", id="a word too many"),
        pytest.param("add nobody", "'nobody' does not exist", id="an organisation that nobody has"),
        pytest.param("add http://10.1.2.3/", "private address 10.1.2.3", id="a private address"),
        pytest.param("add http://[::1]/", "private address", id="loopback"),
        pytest.param("add file:///etc/passwd", "only http:// and https://", id="a file"),
        pytest.param("add https://me:pw@x.example/", "no user name", id="an address with a password"),
        pytest.param("add <!channel>", "I cannot watch that", id="a mark of Slack's"),
        pytest.param("add x" + "y" * 400, "too long", id="an endless name"),
    ],
)
def test_what_cannot_be_added_is_answered_in_words_and_adds_nothing(
    talk: Conversation, text: str, words: str
) -> None:
    said = talk.say(f"{text} yes" if text != "add" else text)
    assert words in said
    assert "Nothing was changed" in said
    assert "<!channel>" not in said
    assert talk.life.app.store.added.all() == []


class TestAskingTheAdmins:
    def test_who_is_no_admin_is_offered_to_ask_them_and_nothing_is_read(self, talk: Conversation) -> None:
        for text in ("add zai-org", "add zai-org yes"):
            answer = talk.answer(text, ANA)
            assert not isinstance(answer, Begun)
            assert "Shall I ask them to add zai-org?" in answer.text
        assert commands(talk.answer("add zai-org as Z.ai", ANA)) == ["add zai-org as Z.ai ask"]

    def test_the_admins_read_it_once_with_a_button_that_reads_it(self, talk: Conversation) -> None:
        assert "The admins were asked" in talk.say("add zai-org as Z.ai ask", ANA)
        talk.life.poll()
        [post] = talk.life.slack.posts("U0BOSS")
        assert post.text.startswith("<@U0ANA> asks you to have zai-org watched.")
        assert commands(Content("", post.blocks)) == ["add zai-org as Z.ai"]

    def test_ten_an_hour_are_the_most(self, talk: Conversation) -> None:
        for number in range(10):
            assert "were asked" in talk.say(f"add lab{number} ask", ANA)
        assert "You made 10 reports within an hour" in talk.say("add one-more ask", ANA)
        assert isinstance(talk.life.app.clock, FakeClock)
        talk.life.app.clock.advance(timedelta(hours=1))
        assert "were asked" in talk.say("add one-more ask", ANA)

    def test_without_admins_it_says_who_can(self, talk: Conversation) -> None:
        talk.life.write(lambda file: file.update(admins=[]))
        talk.life.tick()
        for text in ("add zai-org", "add zai-org ask"):
            assert "whoever runs the bot adds labs there" in talk.say(text, ANA)

    def test_people_of_other_companies_are_refused(self, talk: Conversation) -> None:
        for text in ("add zai-org", "add zai-org ask", "add zai-org yes", "remove zai-org yes"):
            assert "another workspace" in talk.say(text, replace(BOSS, is_member=False))


class TestRemoving:
    def test_it_asks_first_and_keeps_what_is_known(self, talk: Conversation) -> None:
        talk.say("add zai-org as Z.ai yes")
        talk.work()
        question = talk.answer("remove z.ai")
        assert "Watch Z.ai no more?" in question.text
        assert commands(question)[0] == "remove z.ai yes"
        assert "watched no more" in talk.say("remove z.ai yes")
        talk.life.hub.put(repository("zai-org/GLM-5.1"))
        talk.work()
        assert talk.life.sources == ["hub:moonshotai"]
        assert talk.life.told("C0ONE") == []
        assert "GLM-5" in talk.say("show GLM-5")

    def test_added_again_it_is_baselined_again(self, talk: Conversation) -> None:
        talk.say("add zai-org as Z.ai yes")
        talk.work()
        talk.say("remove z.ai yes")
        talk.work()
        talk.life.hub.put(repository("zai-org/GLM-5.1"))
        talk.say("add Zai-Org as Z.ai yes")
        talk.work()
        talk.life.hub.put(repository("zai-org/GLM-5.2"))
        talk.work()
        assert ["GLM-5.2" in text for text in talk.life.told("C0ONE")] == [True]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            pytest.param("remove moonshot", "Moonshot stands in feeds.yaml", id="a lab of the file"),
            pytest.param("remove zai-or", "zai-org", id="nearly a lab that was added"),
            pytest.param("remove <!channel>", "No lab “@channel” was added", id="a mark of Slack's"),
        ],
    )
    def test_what_cannot_be_removed_is_answered_in_words(
        self, talk: Conversation, text: str, words: str
    ) -> None:
        talk.say("add zai-org yes")
        assert words in talk.say(f"{text} yes")
        assert len(talk.life.app.store.added.all()) == 1

    def test_a_lab_of_the_file_may_be_unsubscribed_from_instead(self, talk: Conversation) -> None:
        assert "unsubscribe moonshot" in commands(talk.answer("remove moonshot"))

    def test_only_admins_do_it(self, talk: Conversation) -> None:
        talk.say("add zai-org yes")
        assert "for those to say" in talk.say("remove zai-org yes", ANA)
        assert "for those to say" in talk.say("remove", ANA)
        assert len(talk.life.app.store.added.all()) == 1

    def test_alone_it_lists_what_was_added_and_by_whom(self, talk: Conversation) -> None:
        assert "No lab was added" in talk.say("remove")
        talk.say("add zai-org as Z.ai yes")
        assert "Z.ai `z-ai` · hub: zai-org · by <@U0BOSS>, 0 s ago" in talk.say("remove").replace("*", "")


@pytest.mark.parametrize(
    ("address", "name", "lab_id"),
    [
        pytest.param("feed:blog.acme.ai/rss", "acme", "acme", id="a host"),
        pytest.param("page:www.acme.co.uk/news", "acme", "acme", id="a host in a country"),
        pytest.param("page:acme.github.io/blog", "github", "github", id="a host of many"),
        pytest.param("hub:Step_Fun-AI", "Step_Fun-AI", "step-fun-ai", id="an organisation"),
    ],
)
def test_a_lab_without_a_name_has_that_of_its_address(address: str, name: str, lab_id: str) -> None:
    class Spec:
        id = address

    assert labs._name_of(Spec()) == name  # type: ignore[arg-type]
    assert labs._id_of(name) == lab_id
