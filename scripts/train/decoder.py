"""The embedded model's decoder: mixture of experts in every second layer, rotary embedding by grid row and column.

Tensor names are those of the exported file, but for the tables of visual tokens: a code's row is a linear map of its row
in the image tokenizer's codebook and a remainder of its own; the export writes the sums as plain tables.
"""

from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F

CONFIGURATION = {
    "hidden_size": 256, "layers": 8, "heads": 4, "kv_heads": 2, "head_dim": 64, "rms_norm_eps": 1e-6,
    "qk_norm": True, "attention_bias": False,
    "rope": {"kind": "2d", "theta": 100.0, "pairs": "half", "prefix": "negative"},
    "feed_forward": {"activation": "silu", "hidden_size": 512},
    "moe": {
        "layers": [1, 3, 5, 7], "experts": 8, "top_k": 2, "hidden_size": 256, "router": "softmax", "renormalize": True,
        "shared_experts": 0, "shared_hidden_size": 0, "selection_bias": False, "scaling": 1.0,
    },
    "text_vocabulary": 2048, "visual_vocabulary": 16384, "tie_visual_embeddings": False,
}


class RMSNorm(nn.Module):
    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x.float(), x.shape[-1:], self.weight, self.eps).to(x.dtype)


def rotary_table(prefix: int, rows: int, columns: int, c) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin [prefix + rows * columns, head_dim / 2]; prefix token j stands at row = column = j - prefix."""
    half = c["head_dim"] // 2
    frequency = c["rope"]["theta"] ** (-2 * torch.arange(half // 2, dtype=torch.float32) / half)
    text = torch.arange(-prefix, 0, dtype=torch.float32)
    row = torch.cat([text, torch.arange(rows, dtype=torch.float32).repeat_interleave(columns)])
    column = torch.cat([text, torch.arange(columns, dtype=torch.float32).repeat(rows)])
    angle = torch.cat([row[:, None] * frequency, column[:, None] * frequency], 1)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):  # x [batch, heads, length, head_dim], pairs (i, i + half)
    a, b = x.chunk(2, -1)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.kv_heads, self.dim = c["heads"], c["kv_heads"], c["head_dim"]
        d = c["hidden_size"]
        self.query = nn.Linear(d, self.heads * self.dim, bias=False)
        self.key = nn.Linear(d, self.kv_heads * self.dim, bias=False)
        self.value = nn.Linear(d, self.kv_heads * self.dim, bias=False)
        self.output = nn.Linear(self.heads * self.dim, d, bias=False)
        self.query_norm = RMSNorm(self.dim, c["rms_norm_eps"])
        self.key_norm = RMSNorm(self.dim, c["rms_norm_eps"])

    def forward(self, x, cos, sin, mask, cache=None):
        b, n, _ = x.shape
        q = rotate(self.query_norm(self.query(x).view(b, n, self.heads, self.dim)).transpose(1, 2), cos, sin)
        k = rotate(self.key_norm(self.key(x).view(b, n, self.kv_heads, self.dim)).transpose(1, 2), cos, sin)
        v = self.value(x).view(b, n, self.kv_heads, self.dim).transpose(1, 2)
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        # The heads that share keys are more query rows of one product: [b, kv_heads, group * n, dim].
        group = self.heads // self.kv_heads
        q = q.reshape(b, self.kv_heads, group * n, self.dim) * self.dim**-0.5
        scores = q @ k.transpose(-1, -2)
        if mask is not None:
            scores = (scores.view(b, self.kv_heads, group, n, -1) + mask.to(scores.dtype)).view(scores.shape)
        y = torch.softmax(scores, -1, dtype=torch.float32).to(v.dtype) @ v
        y = y.view(b, self.heads, n, self.dim).transpose(1, 2).reshape(b, n, -1)
        return self.output(y)


class FeedForward(nn.Module):
    def __init__(self, d, hidden):
        super().__init__()
        self.gate, self.up, self.down = (nn.Linear(a, b, bias=False) for a, b in ((d, hidden), (d, hidden), (hidden, d)))

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class MixtureOfExperts(nn.Module):
    """Softmax router, top-k, renormalised; every expert's rows in one padded batched product, none dropped."""

    def __init__(self, c):
        super().__init__()
        m, d = c["moe"], c["hidden_size"]
        self.count, self.top, self.hidden = m["experts"], m["top_k"], m["hidden_size"]
        self.router = nn.Linear(d, self.count, bias=False)
        self.gate_up = nn.Parameter(torch.empty(self.count, 2 * self.hidden, d))
        self.down = nn.Parameter(torch.empty(self.count, d, self.hidden))
        nn.init.normal_(self.gate_up, std=d**-0.5)
        nn.init.normal_(self.down, std=self.hidden**-0.5)
        self.losses = (0.0, 0.0)
        self.load = None

    def forward(self, x):
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        logits = F.linear(x.float(), self.router.weight)
        probabilities = logits.softmax(-1)
        weight, chosen = probabilities.topk(self.top)
        weight = weight / weight.sum(-1, keepdim=True)
        flat = chosen.reshape(-1)
        load = torch.bincount(flat, minlength=self.count)
        capacity = -(-int(load.max()) // 32) * 32
        order = flat.argsort(stable=True)
        starts = load.cumsum(0) - load
        place = torch.empty_like(flat)
        place[order] = torch.arange(len(flat), device=x.device)
        slot = flat * capacity + place - starts[flat]
        dtype = torch.get_autocast_dtype(x.device.type) if torch.is_autocast_enabled(x.device.type) else x.dtype
        token = torch.arange(len(flat), device=x.device) // self.top
        source = torch.zeros(self.count * capacity, dtype=torch.long, device=x.device)
        source[slot] = token
        rows = x.to(dtype)[source].view(self.count, capacity, -1)  # padding rows repeat row 0; nobody reads them back
        gate, up = torch.bmm(rows, self.gate_up.to(dtype).transpose(1, 2)).chunk(2, -1)
        out = torch.bmm(F.silu(gate) * up, self.down.to(dtype).transpose(1, 2))
        y = (out.reshape(self.count * capacity, -1)[slot].view(-1, self.top, shape[-1]) * weight[..., None].to(dtype)).sum(1)
        if self.training:
            share = load.float() / len(flat)
            self.load = share.detach()
            self.losses = (self.count * (share * probabilities.mean(0)).sum(), logits.logsumexp(-1).pow(2).mean())
        return y.view(shape)


class Layer(nn.Module):
    def __init__(self, c, index):
        super().__init__()
        self.attention_norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        self.attention = Attention(c)
        self.feed_forward_norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        if index in c["moe"]["layers"]:
            self.moe = MixtureOfExperts(c)
        else:
            self.feed_forward = FeedForward(c["hidden_size"], c["feed_forward"]["hidden_size"])

    def forward(self, x, cos, sin, mask, cache=None):
        x = x + self.attention(self.attention_norm(x), cos, sin, mask, cache)
        block = self.moe if hasattr(self, "moe") else self.feed_forward
        return x + block(self.feed_forward_norm(x))


class Even(NamedTuple):
    """Rows of a codebook with means of 0 and like spreads: (row - mean) / scale."""

    rows: torch.Tensor
    mean: torch.Tensor
    scale: torch.Tensor


class CodeTable(nn.Module):
    """[codes, size] as a linear map of the image tokenizer's codebook and a remainder of its own: like codes start alike."""

    def __init__(self, rows: torch.Tensor, size: int, std: float):
        super().__init__()
        self.register_buffer("rows", self.even(rows).rows)
        self.map = nn.Parameter(torch.randn(rows.shape[1], size) * std)
        self.rest = nn.Parameter(torch.randn(rows.shape[0], size) * std * 0.4)

    @staticmethod
    def even(rows: torch.Tensor) -> Even:
        mean = rows.mean(0)
        # The first components hold most of the variance: the root lets the others have their say.
        root = rows.std(0).sqrt()
        scale = root * ((rows - mean) / root).std(0).pow(2).sum().sqrt()
        return Even((rows - mean) / scale, mean, scale)

    def table(self):
        return self.rows @ self.map + self.rest


class Decoder(nn.Module):
    def __init__(self, rows, c=CONFIGURATION):  # rows: the codebook [codes, dims]
        super().__init__()
        self.configuration = c
        d = c["hidden_size"]
        self.text_embedding = nn.Embedding(c["text_vocabulary"], d)
        nn.init.normal_(self.text_embedding.weight, std=0.5)
        self.visual_embedding = CodeTable(rows, d, 0.3)
        self.layers = nn.ModuleList(Layer(c, i) for i in range(c["layers"]))
        self.norm = RMSNorm(d, c["rms_norm_eps"])
        self.head = CodeTable(rows, d, 0.02)
        scale = (2 * c["layers"]) ** -0.5
        for layer in self.layers:
            layer.attention.output.weight.data *= scale
            if hasattr(layer, "moe"):
                layer.moe.down.data *= scale
            else:
                layer.feed_forward.down.weight.data *= scale

    def run(self, x, cos, sin, mask, caches=None):
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin, mask, None if caches is None else caches[i])
        return self.norm(x)

    def forward(self, text, visual, columns, kept=None):
        """Logits [batch, visual tokens, codes] for text [batch, T] and visual [batch, rows * columns]; or [places, codes] of
        the places that are true in `kept` [batch, rows * columns]."""
        t, n = text.shape[1], visual.shape[1]
        x = torch.cat([self.text_embedding(text), F.embedding(visual[:, :-1], self.visual_embedding.table())], 1)
        length = t + n - 1
        cos, sin = (a[:length].to(x.device) for a in rotary_table(t, n // columns, columns, self.configuration))
        mask = torch.full((length, length), float("-inf"), device=x.device).triu(1)
        h = self.run(x, cos, sin, mask)[:, t - 1 :]
        if kept is not None:
            h = h[kept]
        return F.linear(h, self.head.table())

    @torch.no_grad()
    def generate(self, text, null, rows, columns, guidance, temperature, generator):
        """Sampled tokens [batch, rows * columns]; text and null [batch, T] have the same length."""
        table, head = self.visual_embedding.table(), self.head.table()
        both = torch.cat([text, null])
        t = both.shape[1]
        cos, sin = (a.to(text.device) for a in rotary_table(t, rows, columns, self.configuration))
        caches = [[] for _ in self.layers]
        mask = torch.full((t, t), float("-inf"), device=text.device).triu(1)
        h = self.run(self.text_embedding(both), cos[:t], sin[:t], mask, caches)[:, -1]
        out = []
        for i in range(rows * columns):
            c, u = F.linear(h, head).float().chunk(2)
            logits = u + (c - u) * guidance
            token = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)
            out.append(token)
            x = F.embedding(torch.cat([token, token]), table)
            p = t + i
            h = self.run(x, cos[p : p + 1], sin[p : p + 1], None, caches)[:, -1]
        return torch.cat(out, 1)
