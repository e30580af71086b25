"""The offline provider: a built-in companion and an extractor that finds facts by rules."""

from backend.adapters.llm.offline.companion import OfflineCompanion
from backend.adapters.llm.offline.extractor import OfflineExtractor

__all__ = ["OfflineCompanion", "OfflineExtractor"]
