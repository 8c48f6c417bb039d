"""Fit the gate: a linear readout of the encoder's embedding that says which 80 ms frames carry anything.

A frame whose piece head is sure of the blank has nothing to tell; dropping such frames makes sound about as long as its text.
The engine applies the same rule: keep a frame when dot(weight, embedding) + bias >= 0.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SURE, MISSED_MAX = 0.8, 0.01


def fit(embeddings, blank):
    """(weight [E], bias) that keeps all but MISSED_MAX of the frames with blank share < SURE; embeddings [n, E], blank [n]."""
    x, wanted = torch.from_numpy(embeddings).float(), torch.from_numpy(blank < SURE).float()
    weight, bias = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def loss():
        solver.zero_grad()
        value = F.binary_cross_entropy_with_logits(x @ weight + bias, wanted) + 1e-4 * weight.square().sum()
        value.backward()
        return value

    solver.step(loss)
    scores = (x @ weight + bias).detach()
    shift = torch.quantile(scores[wanted > 0][:1_000_000], MISSED_MAX)
    return weight.detach().numpy(), float(bias.detach() - shift)


def blank_share(head, embeddings):
    """Probability of the blank under the encoder's piece head, per frame."""
    logits = torch.from_numpy(embeddings).float() @ head["pieces.weight"].float().T + head["pieces.bias"].float()
    return logits.softmax(-1)[:, 0].numpy()


def keep(gate, embedding):
    """Rows of one utterance's embedding that pass; the last one when none does."""
    passed = embedding.astype(np.float32) @ np.asarray(gate["weight"], np.float32) + gate["bias"] >= 0
    return embedding[passed] if passed.any() else embedding[-1:]


def main(argv=None):
    """Entry of `run.py mind.gate`."""
    options = argparse.ArgumentParser(prog="run.py mind.gate", description=__doc__)
    options.add_argument("--encoder", type=Path, required=True)
    options.add_argument("--embeddings", type=Path, nargs="+", required=True)
    options.add_argument("--out", type=Path, default=Path("build/mind/gate.json"))
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    embeddings = np.concatenate([np.load(path)["embedding"] for path in args.embeddings])
    embeddings = embeddings[np.random.default_rng(0).permutation(len(embeddings))[:60_000]]
    blank = blank_share(torch.load(args.encoder, weights_only=False)["average"], embeddings)
    weight, bias = fit(embeddings, blank)
    kept = embeddings.astype(np.float32) @ weight + bias >= 0
    print(f"frames {len(kept)}, not surely blank {np.mean(blank < SURE):.3f}, kept {kept.mean():.3f}, of those below a half {kept[blank < 0.5].mean():.4f}")
    args.out.write_text(json.dumps({"weight": [round(float(w), 5) for w in weight], "bias": round(bias, 5)}))


if __name__ == "__main__":
    main()
