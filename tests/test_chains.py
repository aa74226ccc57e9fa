"""Chains: who joined whom, in a few bytes a document, and nothing of what is let go of."""

from dedup.duplicates.chains import Chains
from dedup.duplicates.cluster import Anchors


def chained(count):
    chains = Chains()
    for number in range(1, count + 1):
        chains.append(number)
    return chains


def test_documents_leave_in_the_order_they_joined():
    """The oldest first; afterwards the chain is empty, and whoever left may join another."""
    chains = chained(5)
    assert [chains.join(1, number) for number in (2, 4, 5)] == [True] * 3
    assert [chains.take(1) for _ in range(3)] == [2, 4, 5]
    assert (chains.first(1), chains.join(3, 4), chains.first(3)) == (0, True, 4)


def test_what_does_not_fit_a_chain_is_refused():
    """One that is in a chain already, one that is older than the youngest, and a head that was let go of."""
    chains = chained(6)
    chains.join(1, 4)
    assert [chains.join(2, 4), chains.join(1, 3), chains.join(99, 5)] == [False] * 3


def test_chains_go_to_another_head():
    """The old head keeps nothing."""
    chains = chained(4)
    chains.join(1, 3)
    chains.replace(1, 2)
    assert (chains.first(1), chains.first(2)) == (0, 3)


def test_what_is_let_go_of_leaves_its_chain():
    """The younger stay, and nothing of the numbers below is held."""
    chains = chained(5000)
    for number in (100, 200, 4500):
        chains.join(4000, number)
    chains.expire(3000)
    assert (chains.first(4000), len(chains)) == (4500, 1)


def test_members_out_of_order_speak_in_order():
    """Whether a member stands in a chain or not, the lowest rank, then the first to arrive, is elected."""
    anchors, everyone = Anchors(), range(1, 9)
    for number in everyone:
        anchors.append(number, 1)
    for number, rank in ((3, 0), (5, 0), (2, 0), (6, -1), (4, 1)):
        anchors.join(number, rank)
    elected = []
    head = 1
    while head := anchors.elect(head, 8, everyone):
        elected.append(head)
    assert elected == [6, 2, 3, 5, 4]
