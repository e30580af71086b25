"""Keeps what the user stated in words that no rule knows, where it is worth remembering."""

from collections.abc import Collection, Sequence

from backend.adapters.llm.offline.worth import worth
from backend.models.candidate import Candidate
from embeddings.base import Encoder, EncoderError


async def worth_keeping(
    candidates: Sequence[Candidate], stated: Collection[str], encoder: Encoder | None
) -> tuple[Candidate, ...]:
    """The candidates that a rule vouches for and, of those whose contents are in `stated`, the
    ones worth keeping; in their order. Denials count only against what is known, and stay.

    None of `stated` is kept without the encoder that the weights were trained for.
    """
    doubtful = [each.content for each in candidates if each.content in stated and not each.denial]
    kept = set(await _worth(doubtful, encoder) if doubtful and encoder else ())
    return tuple(
        each
        for each in candidates
        if each.denial or each.content not in stated or each.content in kept
    )


async def _worth(contents: Sequence[str], encoder: Encoder) -> list[str]:
    judge = worth()
    if encoder.name != judge.encoder:
        return []
    try:
        vectors = await encoder.encode_documents(contents)
    except EncoderError:
        return []  # forming the memories meets it next, and says so
    scores = judge.scores(contents, vectors)
    return [content for content, score in zip(contents, scores, strict=True) if score >= judge.bar]
