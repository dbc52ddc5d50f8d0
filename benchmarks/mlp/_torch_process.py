"""The process that times PyTorch or skorch beside scikit-learn or us: prints one row as JSON."""

import argparse
import json
import time
import warnings
from itertools import pairwise

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier
from torch import nn

from benchmarks._alternate import Run, alternate, ratio, typical
from benchmarks._machine import THREADS, blas_threads
from benchmarks.mlp.works import WORKS, Work
from skparams import MLPClassifier as Ours

_DTYPE = "float32"  # PyTorch's own

# What scikit-learn has not: our arguments for it.
FEATURES = {
    "dropout 0.2": {"dropout": 0.2},
    "batch normalization": {"normalization": "batch"},
    "adamw": {"solver": "adamw", "weight_decay": 0.01},
}


def _network(work: Work, feature: str = "") -> nn.Sequential:
    widths = [work.features, *work.hidden]
    layers: list[nn.Module] = []
    for a, b in pairwise(widths):
        layers += [nn.Linear(a, b)]
        layers += [nn.BatchNorm1d(b)] if feature == "batch normalization" else []
        layers += [nn.ReLU()]
        layers += [nn.Dropout(0.2)] if feature == "dropout 0.2" else []
    return nn.Sequential(*layers, nn.Linear(widths[-1], work.classes))


class TorchModel:
    """A plain training loop over index batches, which is quicker than a DataLoader."""

    def __init__(self, work: Work, feature: str = "") -> None:
        self.work, self.feature = work, feature

    def fit(self, X: np.ndarray, y: np.ndarray) -> "TorchModel":
        torch.manual_seed(0)
        inputs, targets = torch.from_numpy(X), torch.from_numpy(y)
        self.net = _network(self.work, self.feature)
        optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3, weight_decay=1e-4)
        if self.feature == "adamw":
            optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-3, weight_decay=0.01)
        loss = nn.CrossEntropyLoss()
        for _ in range(self.work.epochs):
            for rows in torch.randperm(len(X)).split(self.work.batch):
                optimizer.zero_grad()
                loss(self.net(inputs[rows]), targets[rows]).backward()
                optimizer.step()
        return self

    def score(self, X: np.ndarray, y: np.ndarray) -> float:
        self.net.eval()
        with torch.no_grad():
            return float((self.net(torch.from_numpy(X)).argmax(1).numpy() == y).mean())


def _skorch_model(work: Work):
    from skorch import NeuralNetClassifier

    torch.manual_seed(0)
    return NeuralNetClassifier(
        _network(work),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        optimizer__weight_decay=1e-4,
        lr=1e-3,
        batch_size=work.batch,
        max_epochs=work.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )


def _timed(make, data: tuple, threads: int, scores: dict, side: tuple) -> float:
    model = make()
    torch.set_num_threads(threads)
    with blas_threads(threads):
        start = time.perf_counter()
        model.fit(data[0], data[1])
        taken = time.perf_counter() - start
    scores[side] = float(model.score(data[2], data[3]))
    return taken


def _best(runs: list[Run], library: str) -> tuple[str, int]:
    return min(((library, n) for n in THREADS), key=lambda side: typical(runs, side))


def measure(library: str, work: Work, quick: bool, feature: str = "") -> dict:
    """Return the row of the table: the library beside scikit-learn or, with a feature, us."""
    data, scores = work.data(_DTYPE), {}
    if feature:
        peer, peer_model = "skparams", lambda: Ours(**{**work.arguments(), **FEATURES[feature]})
        model = lambda: TorchModel(work, feature)  # noqa: E731
    else:
        peer, peer_model = "scikit-learn", lambda: MLPClassifier(**work.arguments())
        model = lambda: {"torch": TorchModel, "skorch": _skorch_model}[library](work)  # noqa: E731
    makes = {library: model, peer: peer_model}
    sides = {
        (name, n): lambda name=name, n=n: _timed(makes[name], data, n, scores, (name, n))
        for n in THREADS
        for name in makes
    }
    for side in sides.values():
        side()
    seconds = 1 if quick else 3 if feature else 6
    runs = alternate(sides, seconds=seconds, least=1 if quick else 2, most=5)
    mine, theirs = _best(runs, library), _best(runs, peer)
    slow, fast = (mine, theirs) if feature else (theirs, mine)
    compared = ratio(runs, slow, fast, "other")
    times = {slow: compared["slow_s"], fast: compared["fast_s"]}
    return {
        "library": library,
        "feature": feature,
        "work": work.label,
        "dtype": _DTYPE,
        "theirs_s": times[theirs],
        "theirs_threads": theirs[1],
        "seconds": times[mine],
        "threads": mine[1],
        "ratio": compared,
        "ratio_after_itself": ratio(runs, slow, fast, "self"),
        "score": scores[mine],
        "theirs_score": scores[theirs],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=("torch", "skorch"))
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("--feature", choices=FEATURES, default="")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print(json.dumps(measure(args.library, WORKS[args.work], args.quick, args.feature)))
