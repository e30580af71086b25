"""What two have in common: the topics they come back to, the talks they have had.

Both follow from what the summaries of their conversations say, and are told anew whenever one of
them changes, so that nothing forgotten lives on here.
"""

from collections import Counter
from collections.abc import Sequence

from backend.models import Conversation, Owner
from backend.store import Transaction

FAVORITES = 5
EXPERIENCES = 10


async def tell_shared_life(tx: Transaction, owner: Owner) -> None:
    """Bring the relationship's topics and experiences up to date. The caller holds the owner's lock."""
    await tell_of(tx, owner, await tx.conversations.of_owner(owner))


async def tell_of(tx: Transaction, owner: Owner, conversations: Sequence[Conversation]) -> None:
    """The same, of these conversations: all that the owner has, oldest first."""
    conversations = [each for each in conversations if each.status != "deleted"]
    relationship = await tx.relationships.get(owner)
    topics, experiences = favorite_topics(conversations), shared_experiences(conversations)
    if (relationship.favorite_topics, relationship.shared_experiences) != (topics, experiences):
        relationship.favorite_topics, relationship.shared_experiences = topics, experiences
        relationship.sensitive = any(conversation.sensitive for conversation in conversations)
        await tx.relationships.save(relationship)


def favorite_topics(conversations: Sequence[Conversation]) -> list[str]:
    """Up to 5 topics, the one of most conversations first, the latest first among equals. Topics that
    differ in case are one; `conversations` are oldest first."""
    counts: Counter[str] = Counter()
    latest: dict[str, tuple[int, str]] = {}
    for number, conversation in enumerate(conversations):
        topics: list[str] = conversation.details.get("topics", [])
        counts.update({topic.casefold() for topic in topics})
        latest |= {topic.casefold(): (number, topic) for topic in topics}
    keys = sorted(counts, key=lambda key: (-counts[key], -latest[key][0], key))
    return [latest[key][1] for key in keys[:FAVORITES]]


def shared_experiences(conversations: Sequence[Conversation]) -> list[str]:
    """The titles of up to 10 talks that were long enough to be summed up, newest first, each once."""
    titles = [
        conversation.title
        for conversation in reversed(conversations)
        if conversation.title and "topics" in conversation.details
    ]
    return list(dict.fromkeys(titles))[:EXPERIENCES]
