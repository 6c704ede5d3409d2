"""Questions to labels, learned from examples alone: `train` on texts and labels, then `judge` one question."""

from knowledge.classify.classifier import OOS, Classifier, Judgement, train

__all__ = ["OOS", "Classifier", "Judgement", "train"]
