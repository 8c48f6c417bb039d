"""Muon for matrices and AdamW for the rest, in one optimiser with one schedule."""

import torch


def orthogonal(matrices, steps=4):
    """The nearest orthogonal matrices, roughly (Newton-Schulz); matrices [n, rows, columns]."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, for parameters of 2, 3 (a stack of matrices) or 4 dimensions (a convolution, as one matrix); AdamW for groups with `adam=True`."""

    def __init__(self, groups, momentum=0.95, betas=(0.9, 0.98), decay=0.01):
        super().__init__(groups, {"lr": 0.0, "adam": False, "momentum": momentum, "betas": betas, "decay": decay, "steps": 0})

    @torch.no_grad()
    def step(self):
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            group["steps"] += 1
            for parameter in group["params"]:
                if parameter.grad is not None:
                    (self._adam if group["adam"] else self._muon)(parameter, group)

    def _muon(self, parameter, group):
        held = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
        held.lerp_(parameter.grad, 1 - group["momentum"])
        wanted = parameter.grad.lerp(held, group["momentum"])
        stack = wanted if wanted.dim() == 3 else wanted.flatten(1)[None]
        update = orthogonal(stack).view_as(parameter) * max(1.0, parameter.shape[-2] / parameter.shape[-1]) ** 0.5
        parameter.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-group["lr"])

    def _adam(self, parameter, group):
        state, (one, two), count = self.state[parameter], group["betas"], group["steps"]
        first = state.setdefault("first", torch.zeros_like(parameter))
        second = state.setdefault("second", torch.zeros_like(parameter))
        first.lerp_(parameter.grad, 1 - one)
        second.mul_(two).addcmul_(parameter.grad, parameter.grad, value=1 - two)
        scale = (second / (1 - two**count)).sqrt_().add_(1e-8)
        parameter.addcdiv_(first, scale, value=-group["lr"] / (1 - one**count))


def plan(step, total, warm=60, decay=0.4):
    """Share of the peak learning rate: warm-up, plateau, one linear decay over the last `decay` of the steps."""
    return min(1.0, (step + 1) / warm, max(0.02, (total - step) / (total * decay)))
