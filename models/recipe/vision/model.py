"""The encoder: a picture of 256 x 256 -> 32 tokens of 192 numbers: 4 of the scene, 12 things from left to right, 2 x 8 printed signs.

A small convolutional trunk finds the centres of things and texts; a second look samples each thing's box from its features and
each text's strip, straightened, from the picture itself; the strip's columns are added up to one token per letter; two layers
of attention let all tokens see each other and the surroundings.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import words

SIDE, GRID, WIDTH = 256, 32, 192
SCENES, THINGS, TEXTS, SIGNS = 4, 12, 2, 8
TOKENS = SCENES + THINGS + TEXTS * SIGNS
STRIP = (32, 128)
COLUMNS = 32
THRESHOLD = 0.3
KINDS, COLOURS, PLACES = tuple(words.KINDS), words.COLOUR_NAMES, words.PLACES
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0123456789"
NOTHING = len(SYMBOLS)
COUNTS = 7  # 0 to 5, more


def conv(narrow, wide, size, stride=1):
    """Convolution, normalisation, ReLU."""
    padding = size // 2 if size % 2 else 0
    return nn.Sequential(nn.Conv2d(narrow, wide, size, stride, padding, bias=False), nn.BatchNorm2d(wide), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """x + a 3 x 3 convolution between two of 1 x 1."""

    def __init__(self, width, inner):
        super().__init__()
        # One normalisation per block: more of them cost a quarter of the training time and gain little.
        self.layers = nn.Sequential(nn.Conv2d(width, inner, 1), nn.ReLU(inplace=True), nn.Conv2d(inner, inner, 3, padding=1), nn.ReLU(inplace=True),
                                    nn.Conv2d(inner, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        """[B, width, h, w] -> the same."""
        return F.relu(x + self.layers(x))


class Attention(nn.Module):
    """One layer of a transformer over tokens [B, n, width]."""

    def __init__(self, width=WIDTH, heads=6, widen=2):
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mixed, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, widen * width), nn.Linear(widen * width, width)

    def forward(self, x):
        """[B, n, width] -> the same."""
        batch, count, width = x.shape
        query, key, value = self.mixed(self.first(x)).view(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        looked = (query @ key.transpose(2, 3) / math.sqrt(width // self.heads)).softmax(-1) @ value
        x = x + self.out(looked.transpose(1, 2).reshape(batch, count, width))
        return x + self.narrow(F.silu(self.widen(self.second(x))))


class Trunk(nn.Module):
    """Picture [B, 3, 256, 256] -> fine features [B, 64, 32, 32], middle [B, 128, 16, 16], wide [B, 192, 8, 8]."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 32, 4, 4), conv(32, 64, 3, 2), Residual(64, 48), Residual(64, 48))
        self.middle = nn.Sequential(conv(64, 128, 3, 2), Residual(128, 64), Residual(128, 64), Residual(128, 64))
        self.down = conv(128, WIDTH, 3, 2)
        self.place = nn.Parameter(torch.randn(64, WIDTH) * 0.02)
        self.wide = nn.Sequential(Attention(), Attention())
        self.to_middle, self.join_middle = nn.Conv2d(WIDTH, 128, 1), Residual(128, 64)
        self.to_fine, self.join_fine = nn.Conv2d(128, 64, 1), nn.Sequential(Residual(64, 64), Residual(64, 64))

    def forward(self, picture):
        """See above."""
        fine = self.stem(picture)
        middle = self.middle(fine)
        low = self.down(middle)
        wide = self.wide(low.flatten(2).transpose(1, 2) + self.place).transpose(1, 2).reshape(low.shape)
        middle = self.join_middle(middle + F.interpolate(self.to_middle(wide), scale_factor=2.0))
        fine = self.join_fine(fine + F.interpolate(self.to_fine(middle), scale_factor=2.0))
        return fine, middle, wide


@torch.autocast("cpu", enabled=False)
def ink(strips, wide):
    """Letters against what they are printed on, whatever the two colours: strips [n, 3, 32, 128] -> [n, 1, 32, 128], about -1 to 3.

    `wide` [n]: which share of the strip the text takes. Colours are projected on the direction in which those around the letters
    differ most, and turned so that the rarer side, the ink, is the positive one.
    """
    across = torch.linspace(-0.5, 0.5, strips.shape[3], device=strips.device)
    window = (across[None].abs() <= 0.5 * wide[:, None] + 0.02).to(strips.dtype)[:, None, None, :] * torch.ones_like(strips[:, :1, 6:26])
    weight = window / window.sum((2, 3), keepdim=True)
    middle = strips[:, :, 6:26]
    mean = (middle * weight).sum((2, 3), keepdim=True)
    off = (middle - mean).flatten(2)
    spread = (off * weight.flatten(2)) @ off.transpose(1, 2) + 1e-6 * torch.eye(3, device=strips.device)
    axis = spread @ strips.new_tensor([[0.6], [-0.37], [0.71]])
    for _ in range(4):
        axis = spread @ (axis / (axis.norm(dim=1, keepdim=True) + 1e-9))
    axis = axis / (axis.norm(dim=1, keepdim=True) + 1e-9)
    size = (axis.transpose(1, 2) @ spread @ axis).sqrt()[..., None] + 0.02
    seen = ((strips - mean) * axis[..., None]).sum(1, keepdim=True) / size
    lean = (seen[:, :, 6:26] ** 3 * weight).sum((2, 3), keepdim=True)
    return torch.where(lean >= 0, seen, -seen).clamp(-3, 3)


class Strips(nn.Module):
    """Straightened strips [n, 3, 32, 128] -> column features [n, 32, 192] and the share of a letter each column holds [n, 32]."""

    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(conv(1, 32, 3, 2), conv(32, 64, 3, (2, 1)), conv(64, 96, 3, 2), conv(96, 128, 3, (2, 1)))
        self.columns = nn.Linear(256, WIDTH)
        self.along = nn.ModuleList([nn.Sequential(nn.Conv1d(WIDTH, WIDTH, 5, padding=2), nn.SiLU(), nn.Conv1d(WIDTH, WIDTH, 1)) for _ in range(2)])
        self.even = nn.ModuleList([nn.LayerNorm(WIDTH) for _ in range(3)])
        self.share = nn.Linear(WIDTH, 1)

    def forward(self, strips, wide):
        """See above; `wide` [n]: which share of its strip each text takes."""
        seen = self.look(ink(strips.float(), wide.float())).flatten(1, 2).transpose(1, 2)
        x = self.columns(seen)
        for even, layer in zip(self.even, self.along):
            x = x + layer(even(x).transpose(1, 2)).transpose(1, 2)
        x = self.even[2](x)
        return x, 1.1 * torch.sigmoid(self.share(x)[..., 0].float())


def portions(share):
    """Which column belongs to which letter: shares [n, columns] -> [n, SIGNS, columns]; a letter is one unit of the running sum."""
    after = share.cumsum(1)[:, None]
    before = after - share[:, None]
    letter = torch.arange(SIGNS, dtype=share.dtype, device=share.device)[None, :, None]
    return (torch.minimum(after, letter + 1) - torch.maximum(before, letter)).clamp(min=0.0)


def peaks(heat, count):
    """The best `count` local maxima of a map of scores [B, 32, 32]: (scores, cells), each [B, count]."""
    alone = F.max_pool2d(heat[:, None], 3, 1, 1)[:, 0]
    kept = torch.where(heat >= alone, heat, torch.zeros_like(heat))
    return kept.flatten(1).topk(count, dim=1)


def at_cells(maps, cells):
    """Values of maps [B, C, 32, 32] at cells [B, n] -> [B, n, C]."""
    flat = maps.flatten(2).transpose(1, 2)
    return torch.gather(flat, 1, cells[..., None].expand(-1, -1, flat.shape[2]))


def from_left(scores, *others):
    """Sorts rows [B, n] by x (the first of `others`, [B, n, C]: its column 0); what is below the threshold goes last."""
    last = (scores < THRESHOLD).to(scores.dtype) * 10
    order = (others[0][..., 0] + last).topk(scores.shape[1], dim=1, largest=False).indices
    return [torch.gather(scores, 1, order)] + [torch.gather(one, 1, order[..., None].expand(-1, -1, one.shape[2])) for one in others]


def waves(x, count=4):
    """Sines and cosines of numbers 0..1: [..., C] -> [..., C * (2 count + 1)]."""
    angles = torch.cat([x * (math.pi * 2**n) for n in range(count)], -1)
    return torch.cat([x, angles.sin(), angles.cos()], -1)


class Eyes(nn.Module):
    """The whole encoder."""

    def __init__(self):
        super().__init__()
        self.trunk, self.strips = Trunk(), Strips()
        self.heat = nn.Conv2d(64, 2, 1)  # logits: centre of a thing, centre of a text
        self.thing_shape, self.text_shape = nn.Conv2d(64, 4, 1), nn.Conv2d(64, 6, 1)
        nn.init.constant_(self.heat.bias, -4.0)
        self.thing = nn.Sequential(nn.Linear(25 * 64 + 128 + 36, 256), nn.SiLU(), nn.Linear(256, WIDTH))
        self.letter = nn.Linear(WIDTH + 36, WIDTH)
        self.around = nn.Linear(WIDTH, WIDTH)
        self.slots, self.unused = nn.Parameter(torch.randn(TOKENS, WIDTH) * 0.02), nn.Parameter(torch.randn(2, WIDTH) * 0.02)
        self.mix, self.done = nn.Sequential(Attention(), Attention()), nn.LayerNorm(WIDTH)

    def find(self, picture):
        """Picture [B, 3, 256, 256], 0..1 -> features and maps: (fine, middle, wide, heat logits [B, 2, 32, 32], shapes of things, of texts)."""
        fine, middle, wide = self.trunk((picture - 0.5) * 4)
        maps = self.heat(fine).float(), self.thing_shape(fine).float(), self.text_shape(fine).float()
        return (fine, middle, wide), maps

    def thing_boxes(self, shapes, cells):
        """Boxes (x, y, width, height) in shares of the square, [B, n, 4], of the things whose centres are in `cells`."""
        raw = at_cells(shapes, cells)
        centre = (cell_corner(cells) + torch.sigmoid(raw[..., :2]) * 2 - 0.5) / GRID
        return torch.cat([centre, torch.sigmoid(raw[..., 2:])], -1)

    def text_lines(self, shapes, cells):
        """Lines (x, y, width, height, angle) of texts, [B, n, 5], likewise; angle in radians."""
        raw = at_cells(shapes, cells)
        centre = (cell_corner(cells) + torch.sigmoid(raw[..., :2]) * 2 - 0.5) / GRID
        return torch.cat([centre, torch.sigmoid(raw[..., 2:4]), torch.tanh(raw[..., 4:5]) * 0.5], -1)

    def thing_tokens(self, features, boxes):
        """Second look at boxes [B, n, 4] -> [B, n, 192]."""
        fine, middle, _ = features
        batch, count = boxes.shape[:2]
        steps = torch.linspace(-0.5, 0.5, 5, device=boxes.device)
        x = boxes[..., 0:1] + boxes[..., 2:3] * steps
        y = boxes[..., 1:2] + boxes[..., 3:4] * steps
        points = torch.stack([x[:, :, None, :].expand(-1, -1, 5, -1), y[:, :, :, None].expand(-1, -1, -1, 5)], -1)
        looked = sample(fine, points.reshape(batch, count, 25, 2)).permute(0, 2, 3, 1).reshape(batch, count, 25 * 64)
        context = sample(middle, boxes[:, :, None, :2])[..., 0].transpose(1, 2)
        return self.thing(torch.cat([looked, context, waves(boxes)], -1))

    def cut(self, picture, lines):
        """Straightened strips [B * n, 3, 32, 128] of text lines [B, n, 5]."""
        batch, count = lines.shape[:2]
        width, height = strip_size(lines)
        along = torch.linspace(-0.5, 0.5, STRIP[1], device=lines.device) * width[..., None]
        down = torch.linspace(-0.5, 0.5, STRIP[0], device=lines.device) * height[..., None]
        cos, sin = lines[..., 4].cos()[..., None, None], lines[..., 4].sin()[..., None, None]
        along, down = along[:, :, None, :], down[:, :, :, None]
        points = torch.stack([lines[..., 0, None, None] + along * cos - down * sin, lines[..., 1, None, None] + along * sin + down * cos], -1)
        strips = sample(picture, points.reshape(batch, count * STRIP[0], STRIP[1], 2))
        return strips.reshape(batch, 3, count, *STRIP).transpose(1, 2).reshape(batch * count, 3, *STRIP)

    def read(self, picture, lines):
        """Letter tokens [B, n, 8, 192] of text lines [B, n, 5], with columns [B, n, 32, 192] and shares [B, n, 32]."""
        batch, count = lines.shape[:2]
        columns, share = self.strips(self.cut(picture, lines), text_share(lines))
        letters = portions(share) @ columns.float()
        where = waves(lines[..., :4])[:, :, None].expand(-1, -1, SIGNS, -1)
        letters = self.letter(torch.cat([letters.view(batch, count, SIGNS, WIDTH), where], -1))
        return letters, columns.view(batch, count, COLUMNS, WIDTH), share.view(batch, count, COLUMNS)

    def together(self, wide, things, thing_scores, letters, text_scores):
        """All tokens after they saw each other: [B, 32, 192]."""
        batch = wide.shape[0]
        known = (thing_scores >= THRESHOLD)[..., None]
        things = torch.where(known, things, self.unused[0].to(things.dtype))
        written = (text_scores >= THRESHOLD)[..., None, None]
        letters = torch.where(written, letters, self.unused[1].to(letters.dtype)).flatten(1, 2)
        around = self.around(F.avg_pool2d(wide, 2).flatten(2).transpose(1, 2))
        scene = around.mean(1, keepdim=True).expand(-1, SCENES, -1)
        tokens = torch.cat([scene, things, letters], 1) + self.slots
        return self.done(self.mix(torch.cat([tokens, around], 1))[:, :TOKENS])

    def forward(self, picture: Tensor):
        """Picture f32 [B, 3, 256, 256], 0..1 -> tokens f32 [B, 32, 192]."""
        features, (heat, thing_shapes, text_shapes) = self.find(picture)
        scores, cells = peaks(torch.sigmoid(heat[:, 0]), THINGS)
        scores, boxes = from_left(scores, self.thing_boxes(thing_shapes, cells))
        text_scores, text_cells = peaks(torch.sigmoid(heat[:, 1]), TEXTS)
        text_scores, lines = from_left(text_scores, self.text_lines(text_shapes, text_cells))
        letters, _, _ = self.read(picture, lines)
        return self.together(features[2], self.thing_tokens(features, boxes), scores, letters, text_scores)


def cell_corner(cells):
    """Column and row of cells [B, n] as floats [B, n, 2]."""
    row = torch.div(cells, GRID, rounding_mode="floor")
    return torch.stack([cells - row * GRID, row], -1).float()


def strip_size(lines):
    """Width and height of the strips around text lines [..., 5], in shares of the square."""
    width, height = lines[..., 2], lines[..., 3]
    return torch.maximum(width + 0.7 * height, 3.2 * height).clamp(min=0.02), 1.45 * height


def text_share(lines):
    """Which share of its strip the text of each line [B, n, 5] takes, [B * n]."""
    return (lines[..., 2] / strip_size(lines)[0]).flatten()


def sample(maps, points):
    """Bilinear values of maps [B, C, h, w] at points [B, n, m, 2] in shares of the picture -> [B, C, n, m]."""
    return F.grid_sample(maps.float(), points.float() * 2 - 1, mode="bilinear", padding_mode="border", align_corners=False)


class Heads(nn.Module):
    """What the tokens are asked during training, each by one linear layer: so what they know is easy to read."""

    def __init__(self):
        super().__init__()
        self.kind, self.colour, self.lit, self.box = (nn.Linear(WIDTH, n) for n in (len(KINDS) + 1, len(COLOURS), 2, 4))
        self.symbol, self.column = nn.Linear(WIDTH, NOTHING + 1), nn.Linear(WIDTH, NOTHING + 1)
        self.place, self.time, self.tells, self.lamp = (nn.Linear(WIDTH, n) for n in (len(PLACES), 2, 2, 3))
        self.counts, self.colours = nn.Linear(WIDTH, len(KINDS) * COUNTS), nn.Linear(WIDTH, len(COLOURS) * COUNTS)
        self.early_kind, self.early_colour, self.early_symbol = (nn.Linear(WIDTH, n) for n in (len(KINDS) + 1, len(COLOURS), NOTHING + 1))
