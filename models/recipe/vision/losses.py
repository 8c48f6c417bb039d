"""What the encoder is asked while it learns: where things and texts are, what each token holds, what the whole scene is."""

import torch
from torch.nn import functional as F

from . import model as eyes
from .model import COLUMNS, NOTHING, SIGNS


def focal(logits, heat):
    """The penalty-reduced focal loss of centre heat maps."""
    found, hit = torch.sigmoid(logits), (heat >= 1.0).float()
    yes = -F.logsigmoid(logits) * (1 - found) ** 2 * hit
    no = -F.logsigmoid(-logits) * found**2 * (1 - heat) ** 4 * (1 - hit)
    return (yes.sum() + no.sum()) / hit.sum().clamp(min=1)


def asked(logits, target):
    """Cross entropy where there is a target (-1: none)."""
    logits = logits.float().reshape(-1, logits.shape[-1])
    target = target.reshape(-1)
    return F.cross_entropy(logits, target, ignore_index=-1, reduction="sum") / (target >= 0).sum().clamp(min=1)


def matched(labels, cells, scores):
    """Which thing (from 1; 0: none) each peak [B, n] is: the label of its cell, the best peak only."""
    who = torch.gather(labels.flatten(1), 1, cells)
    same = (who[:, :, None] == who[:, None, :]) & (who[:, :, None] > 0)
    earlier = torch.tril(torch.ones_like(same[0]), -1)
    return torch.where((same & earlier).any(2) | (scores < eyes.THRESHOLD), torch.zeros_like(who), who)


def chosen(values, who):
    """Rows of values [B, m, ...] for who [B, n] (from 1); 0 takes row 0: mask it."""
    index = (who - 1).clamp(min=0)
    return torch.gather(values, 1, index.view(*index.shape, *[1] * (values.dim() - 2)).expand(*index.shape, *values.shape[2:]))


def proposals(predicted, given, taught):
    """Predicted (scores, who, shapes), or the given ones in the rows [B] that are taught."""
    rows = taught[:, None]
    return [torch.where(rows if a.dim() == 2 else rows[..., None], b, a) for a, b in zip(predicted, given)]


def jittered(shapes, share):
    """Given boxes or lines, a little off as predicted ones are."""
    noise = torch.randn_like(shapes) * share
    size = shapes[..., 2:4]
    moved = torch.cat([shapes[..., :2] + noise[..., :2] * size, size * torch.exp(noise[..., 2:4]), shapes[..., 4:] + noise[..., 4:] * 0.3], -1)
    return moved


def letter_shares(lines, truth, edges, symbols):
    """How much of a letter each column of the strips of `lines` [B, n, 5] holds, and which: ([B, n, 32], [B, n, 32])."""
    width, _ = eyes.strip_size(lines)
    axis = torch.stack([lines[..., 4].cos(), lines[..., 4].sin()], -1)
    off = ((truth[..., :2] - lines[..., :2]) * axis).sum(-1)
    ends = ((off[..., None] + (edges - 0.5) * truth[..., 2:3]) / width[..., None] + 0.5) * COLUMNS
    real = (symbols >= 0) & (symbols < NOTHING)
    columns = torch.arange(COLUMNS + 1, dtype=lines.dtype)
    begin, end = ends[..., :-1, None], ends[..., 1:, None]
    passed = ((columns - begin) / (end - begin).clamp(min=1e-3)).clamp(0, 1) * real[..., None]
    share = passed.sum(2).diff(dim=-1)
    middle = columns[:-1] + 0.5
    inside = ((middle >= begin) & (middle < end) & real[..., None]).float()
    which = (inside * (symbols[..., None] + 1.0)).sum(2).long() - 1
    return share, torch.where(which < 0, torch.full_like(which, NOTHING), which)


def things_part(net, heads, features, shapes, batch, scores, cells, taught):
    """(scores, tokens, losses of the second look, who) of things, sorted from the left."""
    kinds, boxes = batch["kind"], batch["box"]
    truth_cells = batch["cell"]
    at_truth = net.thing_boxes(shapes, truth_cells)
    real = (kinds >= 0)[..., None].float()
    off = (at_truth - boxes).abs() * real
    losses = {"box": (off[..., :2].sum() * 16 + off[..., 2:].sum() * 8) / real.sum().clamp(min=1)}
    with torch.no_grad():
        who = matched(batch["labels"][:, 0], cells, scores)
        order = torch.arange(1, kinds.shape[1] + 1).expand_as(kinds)
        given = ((kinds >= 0).float(), order * (kinds >= 0), jittered(boxes, 0.05))
        scores, who, where = proposals((scores, who, net.thing_boxes(shapes, cells)), given, taught)
        scores, where, who = eyes.from_left(scores, where, who[..., None].float())
        who = who[..., 0].long()
    tokens = net.thing_tokens(features, where)
    known, live = who > 0, scores >= eyes.THRESHOLD
    kind = torch.where(known, chosen(kinds, who), torch.full_like(who, len(eyes.KINDS)))
    hidden = torch.full_like(who, -1)
    labels = {"kind": kind, "colour": torch.where(known, chosen(batch["colour"], who), hidden), "lit": torch.where(known, chosen(batch["lit"], who), hidden),
              "box": chosen(batch["seen"], who), "known": known}
    losses["early_kind"] = asked(heads.early_kind(tokens), torch.where(live, kind, hidden))
    losses["early_colour"] = asked(heads.early_colour(tokens), labels["colour"])
    return scores, tokens, losses, labels


def texts_part(net, heads, picture, shapes, batch, scores, cells, taught):
    """Likewise for printed texts."""
    truth, symbols = batch["line"], batch["symbols"]
    real = (symbols[..., 0] >= 0).float()[..., None]
    off = (net.text_lines(shapes, batch["text_cell"]) - truth).abs() * real
    losses = {"line": (off[..., :2].sum() * 24 + off[..., 2:4].sum() * 16 + off[..., 4].sum() * 4) / real.sum().clamp(min=1)}
    with torch.no_grad():
        who = matched(batch["labels"][:, 1], cells, scores)
        order = torch.arange(1, 3).expand_as(who)
        given = (real[..., 0], order * (real[..., 0] > 0), jittered(truth, 0.04))
        scores, who, lines = proposals((scores, who, net.text_lines(shapes, cells)), given, taught)
        scores, lines, who = eyes.from_left(scores, lines, who[..., None].float())
        who = who[..., 0].long()
        known = who > 0
        target = torch.where(known[..., None], chosen(symbols, who), torch.full_like(who, NOTHING)[..., None].expand(-1, -1, SIGNS))
        share, which = letter_shares(lines, chosen(truth, who), chosen(batch["edges"], who), target)
    letters, read = reading(net, heads, picture, lines, (share, which, target, known), taught)
    return scores, letters, losses | read, target


def reading(net, heads, picture, lines, truth, taught):
    """(letter tokens [B, n, 8, 192], losses) of strips whose column shares, columns' symbols, symbols and whether they are real are known."""
    share, which, target, known = truth
    batch_size, count = lines.shape[:2]
    columns, guessed = net.strips(net.cut(picture, lines), eyes.text_share(lines))
    guessed, losses = guessed.view(batch_size, count, COLUMNS), {}
    used = torch.where(taught[:, None, None], share, guessed)
    letters = eyes.portions(used.flatten(0, 1)) @ columns.float()
    where = eyes.waves(lines[..., :4])[:, :, None].expand(-1, -1, SIGNS, -1)
    letters = net.letter(torch.cat([letters.view(batch_size, count, SIGNS, eyes.WIDTH), where], -1))
    live = known[..., None].float()
    total = live.sum().clamp(min=1)
    losses["share"] = ((guessed - share).abs() * live).sum() / total + 0.3 * ((guessed.cumsum(-1) - share.cumsum(-1)).abs() * live).sum() / total / 8
    losses["column"] = asked(heads.column(columns.view(batch_size, count, COLUMNS, -1)), torch.where(known[..., None], which, torch.full_like(which, -1)))
    losses["early_symbol"] = asked(heads.early_symbol(letters), torch.where(known[..., None], target, torch.full_like(target, -1)))
    return letters, losses


def read_boards(net, heads, batch, taught):
    """Losses of walls full of signs (`targets.Boards`), their lines told a little wrong; and the share of symbols and of texts read right."""
    picture, symbols = batch["picture"].permute(0, 3, 1, 2).float() / 255, batch["symbols"]
    known = symbols[..., 0] >= 0
    lines = jittered(batch["line"], 0.05)
    target = torch.where(known[..., None], symbols, torch.full_like(symbols, NOTHING))
    share, which = letter_shares(lines, batch["line"], batch["edges"], target)
    with torch.autocast("cpu", torch.bfloat16):
        letters, losses = reading(net, heads, picture, lines, (share, which, target, known), taught)
        said = heads.early_symbol(letters).argmax(-1)
    right = (said == target)[known]
    return losses, float(right.float().mean()), float(right.all(-1).float().mean())


def tokens_part(heads, tokens, labels, symbols, scores, batch):
    """What the finished tokens are asked."""
    scene, things = tokens[:, : eyes.SCENES], tokens[:, eyes.SCENES : eyes.SCENES + eyes.THINGS]
    letters = tokens[:, eyes.SCENES + eyes.THINGS :]
    known = labels["known"]
    losses = {"kind": asked(heads.kind(things), labels["kind"]), "colour": asked(heads.colour(things), labels["colour"]),
              "lit": asked(heads.lit(things), labels["lit"])}
    off = (torch.sigmoid(heads.box(things).float()) - labels["box"]).abs() * known[..., None]
    losses["token_box"] = off.sum() * 6 / known.sum().clamp(min=1)
    losses["symbol"] = asked(heads.symbol(letters), symbols.flatten(1))
    for name, row in (("place", 0), ("time", 0), ("tells", 0), ("lamp", 0)):
        losses[name] = asked(getattr(heads, name)(scene[:, row]), batch[name])
    losses["counts"] = asked(heads.counts(scene[:, 1]).view(len(scene), len(eyes.KINDS), -1), batch["counts"])
    losses["colours"] = asked(heads.colours(scene[:, 2]).view(len(scene), len(eyes.COLOURS), -1), batch["colours"])
    return losses


WEIGHTS = {"heat": 1.0, "box": 1.0, "line": 1.0, "early_kind": 0.5, "early_colour": 0.5, "share": 0.3, "column": 0.5, "early_symbol": 1.0, "kind": 1.0,
           "colour": 1.0, "lit": 0.3, "token_box": 1.0, "symbol": 2.0, "place": 0.2, "time": 0.4, "tells": 0.1, "lamp": 0.3, "counts": 1.0, "colours": 0.4}


def all_of(net, heads, batch, taught):
    """Every loss of a batch; in the rows [B] that are `taught` the second look is told where to look."""
    picture = batch["picture"].permute(0, 3, 1, 2).float() / 255
    picture = picture.contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        features, (heat, thing_shapes, text_shapes) = net.find(picture)
        losses = {"heat": focal(heat[:, 0], batch["heat"][:, 0]) + focal(heat[:, 1], batch["heat"][:, 1])}
        scores, cells = eyes.peaks(torch.sigmoid(heat[:, 0].detach()), eyes.THINGS)
        scores, things, found, labels = things_part(net, heads, features, thing_shapes, batch, scores, cells, taught)
        text_scores, text_cells = eyes.peaks(torch.sigmoid(heat[:, 1].detach()), eyes.TEXTS)
        text_scores, letters, read, symbols = texts_part(net, heads, picture, text_shapes, batch, text_scores, text_cells, taught)
        tokens = net.together(features[2], things, scores, letters, text_scores)
        losses |= found | read | tokens_part(heads, tokens.float(), labels, symbols, scores, batch)
    return losses
