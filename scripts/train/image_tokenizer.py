"""The embedded model's image tokenizer: LlamaGen's VQ layout with a patch stem, channel norm and finite-scalar codes.

Tensor names are those of the exported file. Finite-scalar quantization: Mentzer et al., arXiv 2309.15505.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

CONFIGURATION = {
    "codebook_size": 4096,
    "codebook_dim": 4,
    "quantizer": {"kind": "fsq", "levels": [8, 8, 8, 8]},
    "latent_channels": 64,
    "patch": 4,
    "norm": "channel",
    "norm_groups": 32,
    "norm_eps": 1e-6,
    # Every code depends on its own square of pixels alone: the same thing has the same codes wherever it stands.
    "encoder": {"patch": 8, "kernel": 1, "channels": [256], "residual_blocks": [2], "attention": [False], "middle": False, "middle_attention": False},
    "decoder": {"channels": [96, 192], "residual_blocks": [2, 1], "attention": [False, False], "middle": True, "middle_attention": False},
}


class ChannelNorm(nn.Module):
    """RMS over the channels of one pixel: nothing of a code depends on far-away pixels."""

    def __init__(self, channels: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.eps = eps

    def forward(self, x):  # [batch, channels, height, width]
        scale = torch.rsqrt(x.float().pow(2).mean(1, keepdim=True) + self.eps)
        return (x * scale.to(x.dtype)) * self.weight.to(x.dtype)[None, :, None, None]


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, eps: float, kernel: int = 3):
        super().__init__()
        self.norm1 = ChannelNorm(inputs, eps)
        self.conv1 = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        self.norm2 = ChannelNorm(outputs, eps)
        self.conv2 = nn.Conv2d(outputs, outputs, kernel, padding=kernel // 2)
        self.nin_shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None
        nn.init.normal_(self.conv2.weight, std=0.002)

    def forward(self, x):
        h = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return h + (x if self.nin_shortcut is None else self.nin_shortcut(x))


class Resample(nn.Module):
    def __init__(self, channels: int, down: bool):
        super().__init__()
        self.down = down
        self.conv = nn.Conv2d(channels, channels, 3, stride=2 if down else 1, padding=0 if down else 1)

    def forward(self, x):
        if self.down:
            return self.conv(F.pad(x, (0, 1, 0, 1)))
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Level(nn.Module):
    def __init__(self, inputs, outputs, blocks, eps, resample: str | None, kernel: int = 3):
        super().__init__()
        self.res = nn.ModuleList(ResidualBlock(inputs if i == 0 else outputs, outputs, eps, kernel) for i in range(blocks))
        channels = outputs if blocks else inputs
        if resample == "down":
            self.downsample = Resample(channels, True)
        if resample == "up":
            self.upsample = Resample(channels, False)
        self.resample = resample

    def forward(self, x):
        for block in self.res:
            x = block(x)
        if self.resample:
            x = (self.downsample if self.resample == "down" else self.upsample)(x)
        return x


def _middle(spec, channels, eps):
    if not spec["middle"]:
        return nn.ModuleDict()
    return nn.ModuleDict({"0": ResidualBlock(channels, channels, eps), "2": ResidualBlock(channels, channels, eps)})


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        spec, eps = c["encoder"], c["norm_eps"]
        widths, blocks = spec["channels"], spec["residual_blocks"]
        patch, kernel = spec.get("patch", c["patch"]), spec.get("kernel", 3)
        self.conv_in = nn.Conv2d(3, widths[0], patch, stride=patch)
        levels, width = [], widths[0]
        for i, target in enumerate(widths):
            levels.append(Level(width, target, blocks[i], eps, "down" if i + 1 < len(widths) else None, kernel))
            width = target if blocks[i] else width
        self.conv_blocks = nn.ModuleList(levels)
        self.mid = _middle(spec, width, eps)
        self.norm_out = ChannelNorm(width, eps)
        self.conv_out = nn.Conv2d(width, c["latent_channels"], kernel, padding=kernel // 2)

    def forward(self, x):
        x = self.conv_in(x)
        for level in self.conv_blocks:
            x = level(x)
        for block in self.mid.values():
            x = block(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        spec, eps, patch = c["decoder"], c["norm_eps"], c["patch"]
        widths, blocks = spec["channels"][::-1], spec["residual_blocks"][::-1]
        self.conv_in = nn.Conv2d(c["latent_channels"], widths[0], 3, padding=1)
        self.mid = _middle(spec, widths[0], eps)
        levels, width = [], widths[0]
        for i, target in enumerate(widths):
            levels.append(Level(width, target, blocks[i], eps, "up" if i + 1 < len(widths) else None))
            width = target if blocks[i] else width
        self.conv_blocks = nn.ModuleList(levels)
        self.norm_out = ChannelNorm(width, eps)
        self.conv_out = nn.Conv2d(width, 3 * patch * patch, 3, padding=1)
        self.patch = patch

    def forward(self, x):
        x = self.conv_in(x)
        for block in self.mid.values():
            x = block(x)
        for level in self.conv_blocks:
            x = level(x)
        return F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(x))), self.patch)


class ImageTokenizer(nn.Module):
    def __init__(self, c=CONFIGURATION):
        super().__init__()
        self.configuration = c
        self.encoder, self.decoder = Encoder(c), Decoder(c)
        self.quant_conv = nn.Conv2d(c["latent_channels"], c["codebook_dim"], 1)
        self.post_quant_conv = nn.Conv2d(c["codebook_dim"], c["latent_channels"], 1)
        levels = c["quantizer"]["levels"]
        self.register_buffer("levels", torch.tensor(levels), persistent=False)
        bases = [1]
        for level in reversed(levels[1:]):
            bases.append(bases[-1] * level)
        self.register_buffer("bases", torch.tensor(bases[::-1]), persistent=False)

    def squash(self, pixels):  # [batch, 3, height, width] in [-1, 1] -> [batch, dims, rows, columns] in (-1, 1)
        return torch.tanh(self.quant_conv(self.encoder(pixels)).float())

    def indices(self, squashed):  # level numbers, one a dimension
        top = (self.levels - 1).view(1, -1, 1, 1)
        return torch.round((squashed + 1) / 2 * top).long()

    def values(self, indices):
        return indices.float() * 2 / (self.levels - 1).view(1, -1, 1, 1) - 1

    def encode(self, pixels):  # -> [batch, rows, columns] token ids
        return (self.indices(self.squash(pixels)) * self.bases.view(1, -1, 1, 1)).sum(1)

    def codebook(self):  # [codes, dims], the first dimension slowest
        ids = torch.arange(int(self.levels.prod()))
        digits = (ids[:, None] // self.bases) % self.levels
        return digits.float() * 2 / (self.levels - 1) - 1

    def decode(self, ids):  # [batch, rows, columns] -> [batch, 3, height, width]
        return self.decoder(self.post_quant_conv(self.codebook()[ids].permute(0, 3, 1, 2)))

    def forward(self, pixels):
        z = self.squash(pixels)
        q = z + (self.values(self.indices(z)) - z).detach()
        return self.decoder(self.post_quant_conv(q))
