from __future__ import annotations

import time

import pytest

from core import failpoints


def test_nothing_happens_unless_the_setting_names_the_place(settings):
    settings.FAILPOINTS = "other=raise"

    failpoints.hit("issue.before_commit")


def test_a_tag_chooses_whom_it_hits(settings):
    settings.FAILPOINTS = "rate.item=raise@account:17"

    failpoints.hit("rate.item", account=16)
    with pytest.raises(failpoints.FailpointHit, match=r"rate\.item"):
        failpoints.hit("rate.item", account=17)


def test_a_reason_can_be_given(settings):
    settings.FAILPOINTS = "rate.item=raise:no price@account:3"

    with pytest.raises(failpoints.FailpointHit, match="no price"):
        failpoints.hit("rate.item", account=3)


def test_sleep_waits(settings):
    settings.FAILPOINTS = "a=sleep:0.05"
    started = time.monotonic()

    failpoints.hit("a")

    assert time.monotonic() - started >= 0.05


def test_a_probability_hits_now_and_then(settings):
    settings.FAILPOINTS = "a=raise@p0.5"
    hits = 0
    for _ in range(200):
        try:
            failpoints.hit("a")
        except failpoints.FailpointHit:
            hits += 1

    assert 50 < hits < 150


def test_a_turn_hits_only_then(settings):
    settings.FAILPOINTS = "turned=raise@n3"
    hits = []
    for turn in range(1, 6):
        try:
            failpoints.hit("turned")
        except failpoints.FailpointHit:
            hits.append(turn)

    assert hits == [3]


@pytest.mark.parametrize("text", ["a", "a=explode", "a=raise@sometimes"])
def test_a_mistyped_failpoint_is_refused(text):
    with pytest.raises(failpoints.BadFailpoint):
        failpoints.parse(text)
