"""What a reader reads: sentences by key, numbers and dates as the language writes them."""

from karier_stats.words.catalogue import Figure, Joined, Phrase, say

__all__ = ["Figure", "Joined", "Phrase", "say"]
