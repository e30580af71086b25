"""What each part of recall is worth: the same questions with one part left out."""

from dataclasses import replace

from backend.memory.recall import DEFAULT_POLICY
from backend.memory.scoring import RecallPolicy

_WHOLE = DEFAULT_POLICY
_NEVER = 2.0  # an overlap that no two texts have

VARIANTS: dict[str, RecallPolicy] = {
    "meaning alone": replace(
        _WHOLE,
        keyword=0,
        speaker=0,
        speaker_dense=0,
        same_talk=0,
        same_talk_dense=0,
        time=0,
        name=0,
        brevity=0,
        question_penalty=0,
        update_overlap=_NEVER,
    ),
    "without meaning": replace(_WHOLE, dense=0, speaker_dense=0, same_talk_dense=0),
    "without keywords": replace(_WHOLE, keyword=0, same_talk=0),
    "without speaker": replace(_WHOLE, speaker=0, speaker_dense=0),
    "without talk": replace(_WHOLE, same_talk=0, same_talk_dense=0),
    "without time": replace(_WHOLE, time=0),
    "without name": replace(_WHOLE, name=0),
    "without brevity": replace(_WHOLE, brevity=0),
    "without question": replace(_WHOLE, question_penalty=0),
    "without updates": replace(_WHOLE, update_overlap=_NEVER),
}
