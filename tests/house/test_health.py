"""The addresses a monitor asks."""

from __future__ import annotations

import pytest

from billing_site import health
from core.models import Job


def test_alive_needs_no_database(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_when_database_migrations_and_cache_are(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failures": {}})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "redis", "status"),
    [("migrations", "redis://away", 503), ("cache", "", 503), ("cache", "redis://away", 200)],
)
def test_not_ready_says_why_and_no_more(client, monkeypatch, settings, part, redis, status):
    def broken():
        raise ConnectionError("password=secret")

    monkeypatch.setitem(health.CHECKS, part, broken)
    settings.REDIS_URL = redis

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["ready"]) == (status, status == 200)
    assert answer.json()["failures"] == {part: "ConnectionError"}


@pytest.mark.django_db
def test_metrics_ask_who_stands_before_the_proxy(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


@pytest.mark.django_db
def test_metrics_count_jobs_for_those_who_may_ask(client, settings):
    Job.objects.create(kind="test", key="a")

    allowed = client.get("/metrics")
    settings.METRICS_ALLOWED = []
    refused = client.get("/metrics")

    assert 'meterbook_jobs{state="pending"} 1' in allowed.content.decode()
    assert refused.status_code == 404
