"""Help for everybody: articles, their search, the words, and how to reach us."""

from __future__ import annotations

import re

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from support.help_topics import finding
from support.help_topics.kinds import is_translated
from support.help_topics.words import BY_SLUG, WORDS
from tests.accounts.factories import make_user, make_utility

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def utility():
    return make_utility(
        phone="+1 302 555 0100", email="help@example.com", emergency_phone="+1 302 555 0199"
    )


def text_of(client, name, *args, **query):
    response = client.get(reverse(f"support:{name}", args=args, query=query or None))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("is_in", [False, True])
def test_everybody_may_read_all_of_it(client, is_in):
    if is_in:
        client.force_login(make_user())

    listed = text_of(client, "topics")

    for topic in finding.TOPICS:
        assert reverse("support:topic", args=[topic.slug]) in listed
        assert str(topic.parts[0].lines[0]) in text_of(client, "topic", topic.slug)
    assert 'id="estimated"' in text_of(client, "words")
    assert client.get(reverse("support:topic", args=["no-such"])).status_code == 404


@pytest.mark.parametrize("topic", finding.TOPICS, ids=lambda topic: topic.slug)
def test_an_article_leads_to_pages_and_words_that_are_there(topic):
    for door in topic.doors:
        try:
            reverse(door.name)
        except NoReverseMatch:
            pytest.fail(door.name)
    assert set(topic.words) <= set(BY_SLUG)
    assert len(topic.other_words.split()) >= 3


def test_slugs_are_used_once():
    assert len(finding.BY_SLUG) == len(finding.TOPICS)
    assert len(BY_SLUG) == len(WORDS)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("bill too high", "high-bill"),
        ("EXPENSIVE", "high-bill"),
        ("instalments", "cannot-pay"),
        ("no electricity", "emergency"),
        ("smell of gas", "emergency"),
        ("new address", "moving"),
        ("paperless", "e-mails"),
        ("landlord", "my-data"),
        ("estimated reading", "estimated-bill"),
        ("receipt", "paying"),
        ("explain the lines", "understand-the-bill"),
    ],
)
def test_the_search_finds_what_people_ask_for(typed, slug):
    assert finding.find_topics(typed)[0].slug == slug


@pytest.mark.parametrize("typed", ["estimatéd", "ESTIMATED", "estimat"])
def test_capitals_and_accents_do_not_matter(typed):
    assert finding.find_topics(typed)
    assert [word.slug for word in finding.find_words(typed)] == ["estimated"]


def test_what_is_not_found_leads_to_us(client):
    text = text_of(client, "topics", q="zxqv <b>")

    assert "We have no article about this" in text and "zxqv &lt;b&gt;" in text
    assert "mailto:help@example.com?subject=zxqv%20%3Cb%3E" in text
    assert "+1 302 555 0199" in text and "tel:+13025550199" in text


@pytest.mark.parametrize("typed", ["", " ", "a", "\x00", "x" * 5000, "%", "?!"])
def test_odd_questions_do_no_harm(client, typed):
    assert client.get(reverse("support:topics"), {"q": typed}).status_code == 200


def test_a_text_that_is_not_translated_says_so(client):
    client.cookies["django_language"] = "ar"
    topic = finding.TOPICS[0]
    with translation.override("ar"):
        assert not is_translated("A text that nobody translates")
        here = is_translated(topic.title)

    if not here:
        text = text_of(client, "topic", topic.slug)
        assert ('<article lang="en" dir="ltr">' in text) is ('lang="ar"' in text)


def test_the_pages_ask_the_database_for_the_utility_alone(client, django_assert_max_num_queries):
    for name, args in (("topics", []), ("words", []), ("topic", ["paying"])):
        with django_assert_max_num_queries(1):
            client.get(reverse(f"support:{name}", args=args))


def test_no_word_of_ours_is_in_them():
    """Customers read "bill": the words of our books and code stay there."""
    said = " ".join(str(text) for topic in finding.TOPICS for text in (topic.title, *topic.texts))
    said += " ".join(f"{word.word} {word.means}" for word in WORDS)

    assert not re.search(r"\b(statement|invoice|usage point|posting|ledger|null)\b", said, re.I)
