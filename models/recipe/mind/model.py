"""The core in PyTorch, written for fast training on one thread; equal to transformers' MiMoV2FlashForCausalLM.

Shapes: N rows of all sessions laid flat (see tree.py), H hidden.
"""

from dataclasses import asdict, dataclass, field

import torch
import torch.nn.functional as F
from torch import nn

GLOBAL, WINDOWED = "full_attention", "sliding_attention"


@dataclass
class Shape:
    """Geometry of a checkpoint, in the names of transformers' config."""

    vocab_size: int = 2048
    hidden_size: int = 256
    intermediate_size: int = 640
    moe_intermediate_size: int = 192
    n_routed_experts: int = 8
    num_experts_per_tok: int = 2
    num_attention_heads: int = 8
    num_key_value_heads: int = 2
    head_dim: int = 48
    v_head_dim: int = 32
    sliding_window: int = 64  # keys that a windowed layer sees, its own included
    attention_value_scale: float = 0.707
    partial_rotary_factor: float = 0.334
    rope_theta: float = 5_000_000.0
    swa_rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-5
    max_position_embeddings: int = 2048
    layer_types: list = field(default_factory=lambda: [GLOBAL, WINDOWED, WINDOWED, GLOBAL, WINDOWED, GLOBAL])

    @property
    def rotary_dim(self):
        """How many of a head's first dimensions turn."""
        return int(self.head_dim * self.partial_rotary_factor)

    def kv_heads(self, layer):
        """Key/value heads of a layer; windowed layers have twice as many."""
        return self.num_key_value_heads * (2 if self.layer_types[layer] == WINDOWED else 1)

    def config(self):
        """config.json as transformers reads it."""
        own = asdict(self)
        theta = {GLOBAL: own.pop("rope_theta"), WINDOWED: own.pop("swa_rope_theta")}
        factor = own.pop("partial_rotary_factor")
        rope = {kind: {"rope_type": "default", "rope_theta": value, "partial_rotary_factor": factor} for kind, value in theta.items()}
        layers = len(self.layer_types)
        return {
            "architectures": ["MiMoV2FlashForCausalLM"], "model_type": "mimo_v2_flash", **own, "num_hidden_layers": layers,
            "mlp_layer_types": ["dense"] + ["sparse"] * (layers - 1), "rope_parameters": rope, "hidden_act": "silu", "attention_bias": False,
            "n_group": 1, "topk_group": 1, "norm_topk_prob": True, "routed_scaling_factor": 1.0, "tie_word_embeddings": False,
            "bos_token_id": None, "eos_token_id": 1, "pad_token_id": 0, "dtype": "float32",
        }


class Norm(nn.Module):
    """RMS norm in float32."""

    def __init__(self, width, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(width)), eps

    def forward(self, x):
        """x [..., width]."""
        return F.rms_norm(x.float(), self.weight.shape, self.weight, self.eps)


class Attention(nn.Module):
    """Grouped-query attention, partial rotary, narrow values, a sink per head in windowed layers."""

    def __init__(self, shape, layer):
        super().__init__()
        self.shape, self.kv = shape, shape.kv_heads(layer)
        width, heads = shape.hidden_size, shape.num_attention_heads
        self.q_proj = nn.Linear(width, heads * shape.head_dim, bias=False)
        self.k_proj = nn.Linear(width, self.kv * shape.head_dim, bias=False)
        self.v_proj = nn.Linear(width, self.kv * shape.v_head_dim, bias=False)
        self.o_proj = nn.Linear(heads * shape.v_head_dim, width, bias=False)
        self.windowed = shape.layer_types[layer] == WINDOWED
        self.attention_sink_bias = nn.Parameter(torch.zeros(heads)) if self.windowed else None

    def forward(self, x, turn, groups, back):
        """x [N, H], turn (cos, sin) [N, 1, rotary/2]; groups and back of a Tree for this layer's type."""
        shape, count = self.shape, len(x)
        # One product for all three: the input is read and cast once.
        weight = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight])
        q, k, v = F.linear(x, weight).split([self.q_proj.out_features, self.k_proj.out_features, self.v_proj.out_features], -1)
        q = rotate(q.view(count, -1, shape.head_dim), turn).flatten(1)
        k = rotate(k.view(count, -1, shape.head_dim), turn).flatten(1)
        parts = [self._group(group, q, k, v * shape.attention_value_scale) for group in groups]
        return self.o_proj(F.embedding(back, torch.cat(parts)))

    def _group(self, group, q, k, v):
        """Heads that share keys lie in one block [B, kv, heads / kv * L, D], so that keys are never copied per head."""
        blocks, repeat = group.blocks, self.shape.num_attention_heads // self.kv
        q = F.embedding(group.queries, q).view(blocks, -1, self.kv, repeat, self.shape.head_dim).permute(0, 2, 3, 1, 4).flatten(2, 3)
        k, v = (F.embedding(group.keys, part).view(blocks, -1, self.kv, part.shape[-1] // self.kv).transpose(1, 2) for part in (k, v))
        out = attend(q, k, v, group.bias, self.attention_sink_bias, self.shape.head_dim**-0.5)
        return out.unflatten(2, (repeat, -1)).permute(0, 3, 1, 2, 4).flatten(0, 1).flatten(1)


def attend(q, k, v, bias, sinks, scale):
    """Softmax attention; q [B, kv, r * L, Dk], k [B, kv, M, Dk], v [B, kv, M, Dv], bias [B, 1, L, M + 1] (last column = the sink's)."""
    repeat = q.shape[2] // bias.shape[2]
    if sinks is None:
        scores = torch.matmul(q * scale, k.mT).float().unflatten(2, (repeat, -1)).add_(bias[..., :-1].unsqueeze(1))
        return torch.matmul(scores.softmax(-1).type_as(v).flatten(2, 3), v)
    scores = torch.matmul(q * scale, F.pad(k, (0, 0, 0, 1)).mT).float().unflatten(2, (repeat, -1)).add_(bias.unsqueeze(1))
    scores[..., -1] = sinks.view(1, k.shape[1], repeat, 1)
    return torch.matmul(scores.softmax(-1).type_as(v).flatten(2, 3), F.pad(v, (0, 0, 0, 1)))


def rotate(x, turn):
    """Half-split rotary on the first dimensions of x [N, h, D]."""
    cos, sin = turn
    half = cos.shape[-1]
    a, b, rest = x[..., :half], x[..., half:2 * half], x[..., 2 * half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin, rest], -1).type_as(x)


class Dense(nn.Module):
    """SwiGLU feed-forward of layer 0."""

    def __init__(self, shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x):
        """x [N, H]."""
        gate, up = F.linear(x, torch.cat([self.gate_proj.weight, self.up_proj.weight])).chunk(2, -1)
        return self.down_proj(F.silu(gate) * up)


class Experts(nn.Module):
    """Sigmoid-routed top-k experts (noaux_tc): the bias chooses, the plain scores mix."""

    def __init__(self, shape):
        super().__init__()
        experts, width, inner = shape.n_routed_experts, shape.hidden_size, shape.moe_intermediate_size
        self.top_k = shape.num_experts_per_tok
        self.gate = nn.Parameter(torch.empty(experts, width))
        self.gate_up = nn.Parameter(torch.empty(experts, 2 * inner, width))
        self.down = nn.Parameter(torch.empty(experts, width, inner))
        self.register_buffer("bias", torch.zeros(experts))
        self.register_buffer("load", torch.zeros(experts), persistent=False)

    def forward(self, x):
        """x [N, H]."""
        flat = x.reshape(-1, x.shape[-1])
        with torch.autocast("cpu", enabled=False):
            scores = torch.sigmoid(flat.float() @ self.gate.T)
        chosen = torch.topk(scores + self.bias, self.top_k, -1, sorted=False).indices
        mix = scores.gather(1, chosen)
        mix = mix / (mix.sum(-1, keepdim=True) + 1e-20)
        expert, order = chosen.flatten().sort(stable=True)
        counts = torch.bincount(expert, minlength=len(self.gate))
        if self.training:
            self.load += counts
        half = torch.bfloat16 if torch.is_autocast_enabled("cpu") else flat.dtype
        parts = F.embedding(order // self.top_k, flat.to(half)).split(counts.tolist())
        weights = zip(parts, self.gate_up.to(half).unbind(), self.down.to(half).unbind())
        done = torch.cat([_expert(*one) for one in weights])
        back = torch.empty_like(order)
        back[order] = torch.arange(len(order))
        both = F.embedding(back, done).view(-1, self.top_k, flat.shape[-1])
        return (both.float() * mix.unsqueeze(-1)).sum(1).view(x.shape)

    @torch.no_grad()
    def balance(self, rate):
        """Lift the bias of experts that got few rows since the last call."""
        self.bias += rate * torch.sign(self.load.mean() - self.load)
        self.load.zero_()


def _expert(x, gate_up, down):
    gate, up = F.linear(x, gate_up).chunk(2, -1)
    return F.linear(F.silu(gate) * up, down)


class Layer(nn.Module):
    """One block: attention, then feed-forward, both pre-norm."""

    def __init__(self, shape, index):
        super().__init__()
        self.input_layernorm = Norm(shape.hidden_size, shape.rms_norm_eps)
        self.post_attention_layernorm = Norm(shape.hidden_size, shape.rms_norm_eps)
        self.self_attn = Attention(shape, index)
        self.mlp = Experts(shape) if index else Dense(shape)

    def forward(self, x, turn, groups, back):
        """x [N, H] in float32 (the residual stream)."""
        x = x + self.self_attn(self.input_layernorm(x), turn, groups, back)
        return x + self.mlp(self.post_attention_layernorm(x))


class Core(nn.Module):
    """The whole model; `forward` returns normed hidden states, `logits` reads chosen rows."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape, index) for index in range(len(shape.layer_types)))
        self.norm = Norm(shape.hidden_size, shape.rms_norm_eps)
        self.lm_head = nn.Linear(shape.hidden_size, shape.vocab_size, bias=False)
        self.reset()

    def reset(self):
        """Random weights."""
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=parameter.shape[-1] ** -0.5 * (0.5 if name.endswith(("o_proj.weight", "down_proj.weight", "down")) else 1.0))
        nn.init.normal_(self.embed_tokens.weight, std=0.5)
        nn.init.normal_(self.lm_head.weight, std=0.02)

    def forward(self, tree, *placed, ahead=None):
        """Normed hidden states [N, H] of a Tree; each of `placed` = (rows [A], vectors [A, H]) stands in for token embeddings.

        With `ahead` (an Ahead) also its hidden states, which foresee the token after the next.
        """
        x = self.embed_tokens(tree.ids)
        for rows, vectors in filter(None, placed):
            x = x.index_copy(0, rows, vectors.type_as(x))
        inputs = x
        turns = {kind: self._turn(tree.positions, theta) for kind, theta in ((GLOBAL, self.shape.rope_theta), (WINDOWED, self.shape.swa_rope_theta))}
        for kind, layer in zip(self.shape.layer_types, self.layers):
            x = layer(x, turns[kind], tree.groups[kind], tree.back[kind])
        hidden = self.norm(x)
        if ahead is None:
            return hidden
        return hidden, ahead(F.embedding(tree.following, inputs), hidden, turns[WINDOWED], tree.groups[WINDOWED], tree.back[WINDOWED])

    def logits(self, hidden):
        """hidden [..., H] -> [..., vocabulary]."""
        return self.lm_head(hidden)

    def _turn(self, positions, theta):
        dim = self.shape.rotary_dim
        speed = theta ** -(torch.arange(0, dim, 2, dtype=torch.float32) / dim)
        angle = positions[:, None, None].float() * speed
        return angle.cos(), angle.sin()


class Ahead(nn.Module):
    """Multi-token prediction as MiMo-V2-Flash has it: from a row's hidden state and the next token, foresee the one after.

    concat(enorm(embedding of the next token), hnorm(hidden)) -> eh_proj -> windowed attention with sinks -> dense feed-forward ->
    final_layernorm; the core's own head reads it. Names are those of the hub's `model.mtp.layers.0`.
    """

    def __init__(self, shape):
        super().__init__()
        width = shape.hidden_size
        self.enorm, self.hnorm = Norm(width, shape.rms_norm_eps), Norm(width, shape.rms_norm_eps)
        self.eh_proj = nn.Linear(2 * width, width, bias=False)
        self.input_layernorm, self.pre_mlp_layernorm = Norm(width, shape.rms_norm_eps), Norm(width, shape.rms_norm_eps)
        self.self_attn, self.mlp = Attention(shape, shape.layer_types.index(WINDOWED)), Dense(shape)
        self.final_layernorm = Norm(width, shape.rms_norm_eps)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=parameter.shape[-1] ** -0.5 * (0.3 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0))
        with torch.no_grad():
            self.eh_proj.weight[:, width:] += torch.eye(width)

    def forward(self, following, hidden, turn, groups, back):
        """following [N, H]: the next token's embedding; hidden [N, H]: the core's normed states."""
        x = self.eh_proj(torch.cat([self.enorm(following), self.hnorm(hidden)], -1)).float()
        x = x + self.self_attn(self.input_layernorm(x), turn, groups, back)
        return self.final_layernorm(x + self.mlp(self.pre_mlp_layernorm(x)))


def ahead_state(ahead):
    """Weights of the layer under the hub's names."""
    return {f"model.mtp.layers.0.{name}": value.detach().float().contiguous().clone() for name, value in ahead.state_dict().items()}


def hub_state(core):
    """Weights under the names of MiMo-V2-Flash checkpoints, one tensor per expert."""
    found = {}
    for name, value in core.state_dict().items():
        if name.endswith("mlp.gate_up"):
            for index, both in enumerate(value):
                gate, up = both.chunk(2)
                stem = name.replace("gate_up", f"experts.{index}.")
                found[f"model.{stem}gate_proj.weight"], found[f"model.{stem}up_proj.weight"] = gate, up
        elif name.endswith("mlp.down"):
            for index, down in enumerate(value):
                found["model." + name.replace("down", f"experts.{index}.down_proj.weight")] = down
        elif name.endswith("mlp.gate"):
            found[f"model.{name}.weight"] = value
        elif name.endswith("mlp.bias"):
            found["model." + name.replace("bias", "gate.e_score_correction_bias")] = value
        else:
            found[name if name.startswith("lm_head") else f"model.{name}"] = value
    return {name: value.detach().float().contiguous().clone() for name, value in found.items()}
