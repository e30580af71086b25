"""What the candidates of a batch are decided on: read once under the owner's lock, and kept in step with
what is decided on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.memory.changes import Finding, Mentions, mentions_of
from backend.memory.consolidation import Decision, decide
from backend.memory.people import Acquaintances
from backend.models import Memory, Owner
from backend.store import Transaction


@dataclass(slots=True)
class Known:
    """`memories` that candidates may say again or contradict; those that are superseded on the way stay
    among them, by their status. `mentions` says where they were said."""

    memories: dict[UUID, Memory]
    mentions: Mentions

    @property
    def claims(self) -> list[Memory]:
        """The open ones, newest first."""
        return sorted(self._with("unsure"), key=lambda claim: claim.id, reverse=True)

    def decide_on(self, finding: Finding, cosines: Mapping[UUID, float]) -> Decision:
        """What becomes of a candidate; `cosines` are those of the facts near it."""
        candidate, active = finding.candidate, self._with("active")
        same = (
            memory
            for memory in active
            if memory.kind == "fact" and memory.content_hash == finding.draft.content_hash
        )
        near = [(memory, cosines[memory.id]) for memory in active if memory.id in cosines]
        return decide(
            candidate,
            same_content=next(same, None),
            same_attribute=[
                memory
                for memory in active
                if candidate.attribute and memory.attribute == candidate.attribute
            ],
            near=sorted(near, key=lambda pair: -pair[1]),
            claims=self.claims,
            people=Acquaintances.of(memory.content for memory in active),
        )

    def _with(self, status: str) -> list[Memory]:
        return [memory for memory in self.memories.values() if memory.status == status]


async def read_known(
    tx: Transaction,
    owner: Owner,
    findings: Sequence[Finding],
    cosines: Sequence[Mapping[UUID, float]],
) -> Known:
    """What there is to compare these with; `cosines` are those of the facts near each."""
    found = await tx.memories.matching(
        owner,
        list({key for near in cosines for key in near}),
        content_hashes=[finding.draft.content_hash for finding in findings],
        attributes=[each.candidate.attribute for each in findings if each.candidate.attribute],
    )
    drafts = [finding.draft for finding in findings]
    return Known({memory.id: memory for memory in found}, await mentions_of(tx, [*found, *drafts]))
