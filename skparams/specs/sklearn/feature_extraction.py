"""Features from text, dicts and images: words are structure, inverse frequencies are learned."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._records import Unknown
from skparams.specs import Context, Member, Spec, members, parameter, roles

SPECS: dict[str, Spec] = {}


def _n_words(ctx: Context) -> int | Unknown:
    vocabulary: Any = ctx.params["vocabulary"]
    if isinstance(vocabulary, Sized):
        return len(vocabulary)
    if vocabulary is None:
        return Unknown("depends on the words in the data")
    return Unknown("depends on how many words vocabulary yields")


_WORDS = roles(structure="vocabulary_ fixed_vocabulary_ _stop_words_id stop_words_")
SPECS["text.CountVectorizer"] = Spec(_WORDS, sizes={"n_words": _n_words}, columns_out="n_words")


def _weighting(ctx: Context) -> Iterator[Member]:
    settings = {
        name: ctx.params[name] for name in ("norm", "use_idf", "smooth_idf", "sublinear_tf")
    }
    transformer = members.made("sklearn.feature_extraction.text.TfidfTransformer", settings)
    dtype = "float32" if np.dtype(ctx.params["dtype"]) == np.float32 else "float64"
    counted = replace(ctx.data, columns=_n_words(ctx), dtype=dtype, head=None)
    yield Member("_tfidf", transformer, counted)


SPECS["text.TfidfVectorizer"] = Spec(
    {**_WORDS, "_tfidf": "estimator"},
    members=_weighting,
    sizes={"n_words": _n_words},
    columns_out="n_words",
)
SPECS["text.TfidfTransformer"] = Spec(
    {"idf_": parameter("n_features", when="use_idf")}, columns_out="n_features", float32=True
)
for _name in ("text.HashingVectorizer", "FeatureHasher"):
    SPECS[_name] = Spec(
        {}, columns_out="n_hashes", sizes={"n_hashes": lambda ctx: ctx.params["n_features"]}
    )
SPECS["DictVectorizer"] = Spec(
    roles(structure="feature_names_ vocabulary_"),
    sizes={"n_words": lambda ctx: Unknown("depends on the keys in the data")},
    columns_out="n_words",
)
SPECS["image.PatchExtractor"] = Spec({})
