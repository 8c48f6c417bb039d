"""First weights that already copy: an induction circuit written by hand, so that a small budget is spent on language, not on finding it.

The residual stream starts in parts: a constant, a code of the token (S), the code of the token before (U), and what shall be said
next (C). Layer 1 writes S of the row before into U by its rotary dimensions alone; layer 3 looks for rows whose U equals the own S
(what followed last time?) and writes their S into C, where the head reads. Everything stays trainable.
"""

import torch

PREVIOUS, FOLLOWING = 1, 3  # layers
CONSTANT, S, U, C = slice(0, 4), slice(4, 88), slice(88, 172), slice(172, 256)
WIDTH = 84


@torch.no_grad()
def prime(core, tokenizer, seed=4):
    """Overwrites a fresh Core of hidden width 256."""
    draw = torch.Generator().manual_seed(seed)
    _quiet(core)
    code = _codes(tokenizer, draw)
    core.embed_tokens.weight.mul_(0.1)
    core.embed_tokens.weight[:, CONSTANT], core.embed_tokens.weight[:, S] = 4.0, code
    core.lm_head.weight[:, C] = 0.07 * code
    _previous(core.layers[PREVIOUS].self_attn, core.shape)
    _following(core.layers[FOLLOWING].self_attn, core.shape, draw)


def _quiet(core):
    """Blocks begin by saying little."""
    for layer in core.layers:
        layer.self_attn.o_proj.weight.mul_(0.3)
        down = layer.mlp.down if hasattr(layer.mlp, "down") else layer.mlp.down_proj.weight
        down.mul_(0.3)


def _codes(tokenizer, draw):
    """A random code per token [V, WIDTH]; a piece with a leading space is close to the one without."""
    count = tokenizer.get_vocab_size()
    code = torch.randn(count, WIDTH, generator=draw)
    ids = tokenizer.get_vocab()
    for piece, token in ids.items():
        if piece.startswith("Ġ") and piece[1:] in ids:
            code[token] = 0.9 * code[ids[piece[1:]]] + 0.44 * code[token]
    return code / code.norm(dim=-1, keepdim=True) * 16


def _previous(attention, shape):
    """All heads look one row back; values carry S into U."""
    half, head = shape.rotary_dim // 2, shape.head_dim
    speed = shape.swa_rope_theta ** -(torch.arange(half) / half)
    sharp = 90**0.5 / (4 * 3.3)
    for weight, heads, shift in ((attention.q_proj.weight, shape.num_attention_heads, 1.0), (attention.k_proj.weight, attention.kv, 0.0)):
        weight.mul_(0.1)
        for index in range(heads):
            for f in range(3):
                weight[index * head + f, CONSTANT] = sharp * torch.cos(shift * speed[f])
                weight[index * head + half + f, CONSTANT] = -sharp * torch.sin(shift * speed[f])
    attention.v_proj.weight.mul_(0.1)
    attention.o_proj.weight.mul_(0.1)
    repeat, wide = shape.num_attention_heads // attention.kv, shape.v_head_dim
    for dim in range(WIDTH):
        group, place = divmod(dim, wide)
        attention.v_proj.weight[group * wide + place, S.start + dim] = 1.0
        for one in range(repeat):
            attention.o_proj.weight[U.start + dim, (group * repeat + one) * wide + place] = 1 / (repeat * shape.attention_value_scale)


def _following(attention, shape, draw):
    """Queries read S, keys read U, values carry S into C."""
    head, turned, wide = shape.head_dim, shape.rotary_dim, shape.v_head_dim
    still, repeat = head - turned, shape.num_attention_heads // attention.kv
    for weight in (attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight, attention.o_proj.weight):
        weight.mul_(0.1)
    basis = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=draw)).Q
    for group in range(attention.kv):
        match = 1.41 * torch.randn(still, WIDTH, generator=draw) / WIDTH**0.5
        attention.k_proj.weight[group * head + turned:(group + 1) * head, U] = match
        carry = basis[group * wide:(group + 1) * wide]
        attention.v_proj.weight[group * wide:(group + 1) * wide, S] = carry
        for one in range(group * repeat, (group + 1) * repeat):
            attention.q_proj.weight[one * head + turned:(one + 1) * head, S] = match
            attention.o_proj.weight[C, one * wide:(one + 1) * wide] = 1.5 / (repeat * shape.attention_value_scale) * carry.T
