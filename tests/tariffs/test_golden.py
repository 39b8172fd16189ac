"""Statements issued under any released engine version come out the same today."""

from __future__ import annotations

import pytest

from tariffs import engine
from tests.tariffs.golden import corpus, make, rating

VERSIONS = {version: corpus.read(version) for version in corpus.released()}
BILLS = [
    pytest.param(made["tariffs"], chain, id=f"v{version}-{chain[0]['name']}")
    for version, made in VERSIONS.items()
    for chain in corpus.chains(made["bills"])
]


@pytest.mark.parametrize(("tariffs", "chain"), BILLS)
def test_released_statements_come_out_the_same(tariffs, chain):
    for bill, rated in zip(chain, rating.rated(tariffs, chain), strict=True):
        pinned = rating.pinned(rated)

        assert {name: pinned[name] for name in bill if name in pinned} == {
            name: bill[name] for name in bill if name in pinned
        }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_is_pinned_by_200_statements(version):
    assert make.count(VERSIONS[version]) == 200


def test_every_version_up_to_this_one_is_pinned():
    assert list(VERSIONS) == [str(n + 1) for n in range(int(engine.ENGINE_VERSION))]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_version_is_not_written_again(version):
    with pytest.raises(SystemExit, match="stays as it is"):
        make.main([f"v{version}"])


def test_a_version_is_pinned_by_its_own_engine():
    with pytest.raises(SystemExit, match="cannot pin 99"):
        make.main(["v99"])


def test_the_rule_of_use_stays_as_it_is():
    rule = {"seed": 7, "span": 1000, "floor": 20}

    assert rating.by_rule(rule, 2, 4).tolist() == [[299, 364, 971, 120], [515, 458, 943, 970]]
