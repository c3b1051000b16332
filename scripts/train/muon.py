"""Muon: momentum, orthogonalised by Newton-Schulz iterations (Jordan et al. 2024), for matrices and stacks of them."""

import torch


def orthogonalize(g, steps=5):  # g [..., rows, columns]
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.transpose(-1, -2)
        x = a * x + (b * s + c * s @ s) @ x
    return x.transpose(-1, -2) if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr=0.02, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes: dict[tuple, list] = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                memory = self.state[p]
                if not memory:
                    memory["momentum"] = torch.zeros_like(p)
                memory["momentum"].lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(memory["momentum"], group["momentum"])
                shapes.setdefault(tuple(p.shape[-2:]), []).append((p, update.reshape(-1, *p.shape[-2:])))
            for shape, entries in shapes.items():  # all matrices of one shape in one batched product
                stacked = orthogonalize(torch.cat([u for _, u in entries]))
                scale = max(1, shape[0] / shape[1]) ** 0.5
                for (p, u), part in zip(entries, stacked.split([len(u) for _, u in entries])):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.add_(part.reshape(p.shape).to(p.dtype), alpha=-group["lr"] * scale)
