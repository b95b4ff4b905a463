"""Networks that read short texts as rows of word numbers: 0 is nothing, 1 a word that the training part does not have."""

from __future__ import annotations

import torch
from torch import Tensor, nn

NOTHING, UNKNOWN = 0, 1


class BagOfEmbeddings(nn.Module):  # type: ignore[misc]
    """The mean of the embeddings of words and of pairs of neighbours, and a linear layer.

    Joulin et al. 2017, "Bag of tricks for efficient text classification". Pairs share a table by a hash, section 2.2.

    Args:
        words: size of the vocabulary.
        classes: of texts.
        width: of an embedding.
        pairs: rows of the table of pairs; 0 for words alone.
        dropout: share of the mean's numbers that are dropped in training.
    """

    def __init__(self, words: int, classes: int, width: int, pairs: int, dropout: float) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.pairs = nn.Embedding(pairs, width) if pairs else None
        for table in (self.words, *([self.pairs] if self.pairs is not None else [])):
            nn.init.normal_(table.weight, 0, 0.1)
        self.drop = nn.Dropout(dropout)
        self.line = nn.Linear(width, classes)
        nn.init.normal_(self.line.weight, 0, 0.01)
        nn.init.zeros_(self.line.bias)

    def forward(self, texts: Tensor) -> Tensor:
        """float [n, classes] from word numbers int64 [n, length]."""
        there = (texts != NOTHING).unsqueeze(2).float()
        total, count = (self.words(texts) * there).sum(dim=1), there.sum(dim=1)
        if self.pairs is not None:
            first, second = texts[:, :-1], texts[:, 1:]
            # Two large primes spread neighbours over the table; the same in the exported network.
            row = (first * 1_000_003 + second * 7_919) % self.pairs.num_embeddings
            both = there[:, 1:]
            total, count = total + (self.pairs(row) * both).sum(dim=1), count + both.sum(dim=1)
        return self.line(self.drop(total / count.clamp(min=1)))


class TextConvolution(nn.Module):  # type: ignore[misc]
    """Windows of 3, 4 and 5 words, the strongest answer of each map, and a linear layer.

    Kim 2014, "Convolutional neural networks for sentence classification", section 2.

    Args:
        words: size of the vocabulary.
        classes: of texts.
        width: of an embedding.
        maps: of each width of window.
        dropout: share of the answers that are dropped in training.
    """

    def __init__(self, words: int, classes: int, width: int, maps: int, dropout: float) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width, padding_idx=NOTHING)
        nn.init.uniform_(self.words.weight, -0.25, 0.25)  # as the paper's code
        with torch.no_grad():
            self.words.weight[NOTHING] = 0
        self.windows = nn.ModuleList(nn.Conv1d(width, maps, size, padding=size - 1) for size in (3, 4, 5))
        self.drop = nn.Dropout(dropout)
        self.line = nn.Linear(3 * maps, classes)
        nn.init.normal_(self.line.weight, 0, 0.01)
        nn.init.zeros_(self.line.bias)

    def forward(self, texts: Tensor) -> Tensor:
        """float [n, classes] from word numbers int64 [n, length]."""
        rows = self.words(texts).transpose(1, 2)
        strongest = [window(rows).relu().amax(dim=2) for window in self.windows]
        return self.line(self.drop(torch.cat(strongest, dim=1)))
