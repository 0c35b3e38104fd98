"""Character n-grams with weights: they know short forms and slips that no encoder has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


def letters(grams: list[str] | None = None, idf: Any = None) -> TfidfVectorizer:
    """Returns scikit-learn's `char_wb` TF-IDF, untrained or with known n-grams and weights."""
    vectorizer = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 4),
        sublinear_tf=True,
        min_df=2,
        vocabulary=grams,
        dtype=np.float32,
    )
    if idf is not None:
        vectorizer.idf_ = idf
    return vectorizer
