"""The embedded model's image tokenizer: every code from its own 8x8 pixels alone; one painter, a head for each scale.

The encoder is one linear map of 8x8 pixels (principal components); the token is the nearest row of a table made by k-means
(make_codebook.py), which holds the mean picture of a token over white and its cover. The painter makes pictures of rows, and sees their neighbours:
8, 16 or 32 pixels a token (scale 1, 2, 4). Tensor names are those of the exported file.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

CONFIGURATION = {
    "codebook_size": 16384,
    "codebook_dim": 96,
    "quantizer": {"kind": "plain"},
    "latent_channels": 64,
    "patch": 4,
    "norm": "channel",
    "norm_groups": 32,
    "norm_eps": 1e-6,
    "encoder": {"kind": "linear", "patch": 8},
    # Levels from the highest resolution down; scale 1 leaves after the level of 96 channels, the others after that of 64.
    "decoder": {
        "channels": [64, 96, 192], "residual_blocks": [1, 1, 4], "attention": [False, False, False], "middle": True, "middle_attention": False,
        "heads": [{"scale": 1, "level": 1, "patch": 4}, {"scale": 2, "level": 0, "patch": 4}, {"scale": 4, "level": 0, "patch": 8}],
    },
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


COLORS = 64  # of a row's numbers are the components of its colors, the others those of its cover
HINT = 0.1  # of the difference of covers is what counts where only a picture is known: it settles ties, as of white on white


class Encoder(nn.Module):
    """A linear map of a square of pixels; the numbers that stand for the cover are always those of a square all covered."""

    def __init__(self, c):
        super().__init__()
        patch = c["encoder"]["patch"]
        self.conv_in = nn.Conv2d(3, c["codebook_dim"], patch, stride=patch)

    def forward(self, x):
        return self.conv_in(x)


class Upsample(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class _Within(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(0, 1)

    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return grad * (((x >= 0) | (grad < 0)) & ((x <= 1) | (grad > 0)))


def within(x):
    """At least 0 and at most 1; what is beyond still learns to come back."""
    return _Within.apply(x)


def stretched(cover):
    """Below 0 and above 1 for covers that are nearly 0 or 1."""
    return 1.3 * cover - 0.15


class Ground(nn.Module):
    """What shines through in each square: shares, of a softmax, of the 17x17 squares around and of white. A square's logit is how much it
    looks like a ground itself (its key) and where it lies; of the 5x5 nearest, what the lowest level says of the place is added. So the
    tone of a background that fills a square goes on behind a thing as it is painted beside it: numbers of the levels never carry it so
    exactly that no square shows."""

    NEAR, SIDE = 5, 17

    def __init__(self, width: int, eps: float):
        super().__init__()
        self.norm = ChannelNorm(width, eps)
        self.shares = nn.Conv2d(width, self.NEAR**2 + 2, 1)  # the nearest squares, white, key
        nn.init.zeros_(self.shares.weight)
        nn.init.zeros_(self.shares.bias)
        self.shares.bias.data[-2] = -2
        reach = (torch.arange(self.SIDE) - self.SIDE // 2).abs()
        self.distance = nn.Parameter(-0.5 * (reach[:, None] + reach[None, :]).float())

    def forward(self, x):  # -> [batch, squares that give, squares that take]; what is missing to 1 is white's
        height, width = x.shape[2:]
        numbers = self.shares(F.silu(self.norm(x))).float()
        near, white, key = numbers[:, :-2], numbers[:, -2:-1].flatten(2), numbers[:, -1:]
        near = F.pad(near.unflatten(1, (self.NEAR, self.NEAR)), (0, 0, 0, 0) + 4 * ((self.SIDE - self.NEAR) // 2,))
        around = F.unfold(key, self.SIDE, padding=self.SIDE // 2)  # [batch, SIDE squared, squares]
        logits = near.reshape(len(near), self.SIDE**2, -1) + around + self.distance.reshape(1, -1, 1)
        inside = F.unfold(torch.ones_like(key[:1]), self.SIDE, padding=self.SIDE // 2) > 0
        shares = torch.cat([logits.masked_fill(~inside, -1e4), white], 1).softmax(1)
        y, x = torch.meshgrid(torch.arange(height, device=key.device), torch.arange(width, device=key.device), indexing="ij")
        down, right = (p.flatten()[:, None] - p.flatten() + self.SIDE // 2 for p in (y, x))
        near_enough = (down >= 0) & (down < self.SIDE) & (right >= 0) & (right < self.SIDE)
        place = (down * self.SIDE + right).where(near_enough, 0)
        return shares.gather(1, place.expand(len(key), -1, -1)) * near_enough


class Head(nn.Module):
    """Colours of a scale: the mean picture over white of a token's row, enlarged (fixed), and what the levels add and leave out of it,
    where its mean cover, enlarged (fixed), and what the levels add to that say that something is; elsewhere the ground.

    Rows are means, and never quite right: so covers that are nearly 0 or 1 count as such, and of a picture that covers nearly nothing
    nothing is kept."""

    def __init__(self, width: int, patch: int, dims: int, square: int, eps: float):
        super().__init__()
        self.norm_out = ChannelNorm(width, eps)
        self.conv_out = nn.Conv2d(width, 8 * patch * patch, 3, padding=1)  # addition, ground, cover, what is left out
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)
        self.skip = nn.Conv2d(dims, 4 * square * square, 1).requires_grad_(False)
        self.patch, self.square = patch, square

    def mixed(self, picture, ground):
        """What lies behind each pixel: the mean colors of its row of pixels in other squares, in the shares of its square."""
        batch, colors, height, width = picture.shape
        lines = picture.view(batch, colors, height // self.square, self.square, width // self.square, self.square).mean(5).transpose(2, 3)
        behind = (lines.flatten(3).flatten(1, 2) @ ground).view_as(lines)
        return behind.transpose(2, 3).reshape(batch, colors, height, -1).repeat_interleave(self.square, 3)

    def forward(self, x, rows, ground):
        made = F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(x))), self.patch).float()
        with torch.autocast(rows.device.type, enabled=False):
            fixed = F.pixel_shuffle(self.skip(rows), self.square)
            kept = within((8 * stretched(fixed[:, 3:])).clamp(max=1) - made[:, 7:])
            cover = within(stretched(fixed[:, 3:] + made[:, 6:7]))
            picture = kept * (fixed[:, :3] - 1) + cover * made[:, :3]
            return 1 + picture + (1 - cover) * (self.mixed(picture, ground) + made[:, 3:6]), cover


class Decoder(nn.Module):
    """Levels from the lowest resolution up; `heads` says after which one a scale's colours are made."""

    def __init__(self, c):
        super().__init__()
        spec, eps = c["decoder"], c["norm_eps"]
        widths, blocks = spec["channels"][::-1], spec["residual_blocks"][::-1]
        last = len(widths) - 1
        self.conv_in = nn.Conv2d(c["latent_channels"], widths[0], 3, padding=1)
        self.mid = nn.ModuleDict({"0": ResidualBlock(widths[0], widths[0], eps), "2": ResidualBlock(widths[0], widths[0], eps)})
        levels, width = [], widths[0]
        for i, target in enumerate(widths):
            level = nn.ModuleDict({"res": nn.ModuleList(ResidualBlock(width if j == 0 else target, target, eps) for j in range(blocks[i]))})
            if i < last:
                level["upsample"] = Upsample(target)
            levels.append(level)
            width = target
        self.conv_blocks = nn.ModuleList(levels)
        self.ground = Ground(widths[0], eps)
        self.after = {h["scale"]: last - h["level"] for h in spec["heads"]}
        self.heads = nn.ModuleDict({str(h["scale"]): Head(widths[last - h["level"]], h["patch"], c["codebook_dim"], c["encoder"]["patch"] * h["scale"], eps) for h in spec["heads"]})

    def forward(self, x, rows, scale: int = 1):
        x = self.conv_in(x)
        for block in self.mid.values():
            x = block(x)
        for i, level in enumerate(self.conv_blocks):
            for block in level["res"]:
                x = block(x)
            if i == 0:
                ground = self.ground(x)
            if i == self.after[scale]:
                return self.heads[str(scale)](x, rows, ground)
            x = level["upsample"](x)


class ImageTokenizer(nn.Module):
    def __init__(self, c=CONFIGURATION):
        super().__init__()
        self.configuration = c
        self.encoder, self.decoder = Encoder(c), Decoder(c)
        self.post_quant_conv = nn.Conv2d(c["codebook_dim"], c["latent_channels"], 1)
        self.quantize = nn.ModuleDict({"embedding": nn.Embedding(c["codebook_size"], c["codebook_dim"])})
        self.quantize.requires_grad_(False)
        # What brings rows to the same spread in all dimensions before the painter; the export folds it into post_quant_conv.
        self.register_buffer("row_mean", torch.zeros(c["codebook_dim"]))
        self.register_buffer("row_gain", torch.ones(c["codebook_dim"]))
        # From a square's cover to the numbers that stand for it; only for training, as a picture alone does not say it.
        self.register_buffer("cover_map", torch.zeros(c["codebook_dim"] - COLORS, 64))
        self.register_buffer("cover_bias", torch.zeros(c["codebook_dim"] - COLORS))
        self.encoder.conv_in.requires_grad_(False)

    def load_codebook(self, state: dict):
        """What make_codebook.py wrote: an affine map of pixels to colors and one of covers, and the rows."""
        dims, rows = self.configuration["codebook_dim"], state["rows"]
        with torch.no_grad():
            self.encoder.conv_in.weight.zero_()
            self.encoder.conv_in.weight[:COLORS] = state["weight"]
            self.encoder.conv_in.bias[:COLORS] = state["bias"]
            self.cover_map.copy_(state["cover_weight"])
            self.cover_bias.copy_(state["cover_bias"])
            self.encoder.conv_in.bias[COLORS:] = state["cover_weight"].sum(1) + state["cover_bias"]
            self.quantize["embedding"].weight.copy_(rows)
            self.row_mean.copy_(rows.mean(0))
            spread = rows.std(0).clamp(min=1e-4)
            gain = spread**-0.7
            old = spread[:COLORS].pow(0.6).mean().sqrt()  # (std * gain) squared, of the colors alone
            self.row_gain.copy_(gain / old)
            # Rows to pixels: the inverse of the maps, which have orthogonal rows.
            colors, covers = state["weight"].view(COLORS, 192), state["cover_weight"]
            inverse = torch.zeros(dims + 1, 256)
            inverse[:COLORS, :192] = colors / colors.pow(2).sum(1, keepdim=True)
            inverse[COLORS:dims, 192:] = covers / covers.pow(2).sum(1, keepdim=True)
            inverse[dims, :192], inverse[dims, 192:] = state["mean"], state["cover_mean"]
            pictures = inverse.view(dims + 1, 4, 8, 8)
            for scale, head in self.decoder.heads.items():
                large = F.interpolate(pictures, scale_factor=float(scale), mode="bilinear")
                head.skip.weight.copy_(large[:-1].flatten(1).T[..., None, None])
                head.skip.bias.copy_(large[-1].flatten())

    def nearest(self, z, cover: float = 1.0):  # [batch, rows, columns, dims] -> ids
        weight = torch.ones_like(z[0, 0, 0])
        weight[COLORS:] = cover**2
        rows = self.quantize["embedding"].weight
        # Most squares of scenes are alike: each different one, by a sum with random weights, is looked up once.
        flat = z.reshape(-1, z.shape[-1])
        random = torch.rand(z.shape[-1], generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(z.device)
        keys, which = torch.unique((flat.double() * random).sum(1), return_inverse=True)
        first = torch.empty(len(keys), dtype=torch.long, device=z.device).scatter_(0, which, torch.arange(len(flat), device=z.device))
        ids = ((rows.pow(2) @ weight) - 2 * (flat[first] @ (rows * weight).T)).argmin(1)
        return ids[which].view(z.shape[:3])

    @torch.no_grad()
    def encode(self, pixels):
        """The tokens of pictures, 8 pixels a token, float32 -> [batch, rows, columns]: all of it counts as covered."""
        return self.nearest(self.encoder(pixels).permute(0, 2, 3, 1), HINT)

    @torch.no_grad()
    def encode_layers(self, picture, over, cover, cells):
        """The tokens of world.layers: float32 pictures and covers, and cells [batch, rows, columns] -> [batch, rows, columns]."""
        z = torch.where(cells[:, None], self.encoder(over), self.encoder(picture))
        patches = F.pixel_unshuffle(cover, 8)  # [batch, 64, rows, columns]
        seen = torch.einsum("dk,bkyx->bdyx", self.cover_map, patches) + self.cover_bias.view(1, -1, 1, 1)
        z[:, COLORS:] = torch.where(cells[:, None], seen, z[:, COLORS:])
        return self.nearest(z.permute(0, 2, 3, 1))

    def paint(self, rows, scale: int = 1):  # [batch, dims, rows, columns] -> colors and covers [batch, 3 or 1, rows * 8 * scale, columns * 8 * scale]
        even = (rows - self.row_mean.view(1, -1, 1, 1)) * self.row_gain.view(1, -1, 1, 1)
        return self.decoder(self.post_quant_conv(even), rows, scale)

    def decode_layers(self, ids, scale: int = 1):  # [batch, rows, columns]
        """Pictures, and how much of each pixel is a thing's."""
        return self.paint(self.quantize["embedding"](ids).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last), scale)

    def decode(self, ids, scale: int = 1):
        return self.decode_layers(ids, scale)[0]
