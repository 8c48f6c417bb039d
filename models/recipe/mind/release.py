"""Write a package folder `mind/` from a training checkpoint: Hugging Face files, exported graphs, geometry, reference logits."""

import argparse
import json
import random
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from . import dialogue, export, pictures, tokens
from .model import Ahead, Core, Shape, ahead_state, hub_state
from .projector import Projector, Sight

# Packed batches of the fixture: each entry is (slot, first row, end row); prefills of one slot run beside decode steps of another.
SCHEDULE = [[(0, 0, 48), (1, 0, 16)], [(0, 48, 96), (1, 16, 17)], [(1, 17, 18), (2, 0, 40), (0, 96, 97)], [(2, 40, 41), (1, 18, 80), (0, 97, 110)],
            [(2, 41, 90), (0, 110, 111)]]
LENGTHS = {0: 111, 1: 80, 2: 90}


def write(core, projector, tokenizer_path, out, gate=None, ahead=None, sight=None):
    """All files of the package's `mind/` folder; with the multi-token prediction layer and the pictures' projector where they are given."""
    out.mkdir(parents=True, exist_ok=True)
    config = core.shape.config()
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    state = {**hub_state(core), **(ahead_state(ahead) if ahead else {})}
    save_file(_halved(state), str(out / "model.safetensors"), {"format": "pt"})
    if sight:
        save_file(_halved({f"sight.{n}": v.detach().float().contiguous() for n, v in sight.state_dict().items()}), str(out / "sight.safetensors"), {"format": "pt"})
    save_file(_halved({n: v.detach().float().contiguous() for n, v in projector.state_dict().items()}), str(out / "projector.safetensors"), {"format": "pt"})
    if tokenizer_path.resolve() != (out / "tokenizer.json").resolve():
        shutil.copy(tokenizer_path, out / "tokenizer.json")
    shutil.copy(Path(__file__).with_name("chat_template.jinja"), out)
    (out / "generation_config.json").write_text(json.dumps({"do_sample": False, "eos_token_id": 1, "pad_token_id": 0, "max_new_tokens": 160}, indent=1) + "\n")
    (out / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}, indent=1) + "\n")
    told = geometry(core.shape, tokenizer_path, projector, gate)
    if sight:
        told |= {"image_embedding": sight.norm.normalized_shape[0], "image_tokens": pictures.POSITIONS}
    (out / "core.json").write_text(json.dumps(told, indent=1) + "\n")
    export.main(["--folder", str(out)])
    reference(out)


def _halved(state):
    """Matrices in bfloat16; norms, sinks, routers and their biases stay float32."""
    return {n: v if v.dim() < 2 or n.endswith("mlp.gate.weight") else v.bfloat16() for n, v in state.items()}


def geometry(shape, tokenizer_path, projector, gate):
    """core.json: what an engine must know beside the graph."""
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    layers = [{"kv_heads": shape.kv_heads(i), "window": shape.sliding_window if kind == "sliding_attention" else 0} for i, kind in enumerate(shape.layer_types)]
    names = ("endoftext", "im_end", "system", "tools", "user", "assistant", "tool", "heard", "/heard", "tool_call", "/tool_call", "audio_start", "audio_pad", "audio_end")
    return {
        "graph": "core.onnx", "graph_fp32": "core.fp32.onnx", "vocabulary": shape.vocab_size, "hidden": shape.hidden_size, "layers": layers,
        "num_heads": shape.num_attention_heads, "head_dim": shape.head_dim, "v_head_dim": shape.v_head_dim, "positions_max": shape.max_position_embeddings,
        "audio_stack": 1, "audio_embedding": projector.norm.normalized_shape[0], "audio_gate": gate,
        "tokens": {name: tokenizer.token_to_id(f"<|{name}|>") for name in names}, "stop": [1],
    }


@torch.no_grad()
def reference(folder, seed=3):
    """reference.safetensors: transformers' logits on this very checkpoint for three sequences, one of them with audio positions."""
    from transformers import MiMoV2FlashForCausalLM
    model = MiMoV2FlashForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    projector = load_projector(folder)
    generator, found = torch.Generator().manual_seed(seed), {}
    for slot, length in LENGTHS.items():
        ids = _conversation(folder, slot, length)
        vectors = model.model.embed_tokens(ids)
        if slot == 2:
            rows = torch.arange(5, 33)
            ids[rows] = 12
            sounds = torch.randn(len(rows), projector.norm.normalized_shape[0], generator=generator)
            vectors[rows] = projector(sounds)
            found |= {"audio_rows_2": rows, "audio_embeddings_2": sounds}
        kept = torch.unique(torch.cat([torch.arange(0, length, 9), torch.tensor([length - 1])]))
        logits = model(inputs_embeds=vectors[None]).logits[0, kept]
        found |= {f"ids_{slot}": ids, f"rows_{slot}": kept, f"logits_{slot}": logits.contiguous()}
    save_file(found, str(folder / "reference.safetensors"), {"schedule": json.dumps(SCHEDULE)})


def _conversation(folder, seed, length):
    """The first `length` ids of made-up sessions: what the core really reads."""
    rng, tokenizer, ids = random.Random(seed), Tokenizer.from_file(str(folder / "tokenizer.json")), []
    while len(ids) < length:
        session = dialogue.session(rng, (), talks=1)
        ids += tokenizer.encode(tokens.prefix_text(session) + tokens.talk_text(session["talks"][0])).ids
    return torch.tensor(ids[:length])


def load_projector(folder):
    """The projector of a package folder."""
    from safetensors.torch import load_file
    state = load_file(str(folder / "projector.safetensors"))
    projector = Projector(state["norm.weight"].shape[0], *state["table"].shape, state["first.weight"].shape[0])
    projector.load_state_dict({name: value.float() for name, value in state.items()})
    return projector.eval()


def verify(folder, graph):
    """Largest absolute difference between an exported graph, run over SCHEDULE, and the reference logits."""
    from safetensors.numpy import load_file
    from .replay import Replay
    stored, replay, worst = load_file(str(folder / "reference.safetensors")), Replay(folder / graph), 0.0
    for batch in SCHEDULE:
        slots = np.concatenate([np.full(end - first, slot) for slot, first, end in batch])
        position = np.concatenate([np.arange(first, end) for _, first, end in batch])
        ids = np.concatenate([stored[f"ids_{slot}"][first:end] for slot, first, end in batch])
        audio = np.flatnonzero((slots == 2) & np.isin(position, stored["audio_rows_2"]))
        sounds = stored["audio_embeddings_2"][np.searchsorted(stored["audio_rows_2"], position[audio])]
        logits = replay.run(input_ids=ids, slot=slots, position=position, logit_rows=np.arange(len(ids)), audio_rows=audio, audio_embeddings=sounds)
        for row, (slot, where) in enumerate(zip(slots, position)):
            wanted = np.flatnonzero(stored[f"rows_{slot}"] == where)
            if len(wanted):
                worst = max(worst, float(np.abs(logits[row] - stored[f"logits_{slot}"][wanted[0]]).max()))
    return worst


def main(argv=None):
    """Entry of `run.py mind.release`."""
    options = argparse.ArgumentParser(prog="run.py mind.release", description=__doc__)
    options.add_argument("--checkpoint", type=Path, help="of mind.train or mind.speech; none = random weights")
    options.add_argument("--average", action="store_true", help="take the running mean of the weights")
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--gate", type=Path, help="gate.json of mind.gate; none = every frame becomes a position")
    options.add_argument("--embedding", type=int, default=192, help="width of the speech encoder's embedding")
    options.add_argument("--ahead", action="store_true", help="with the multi-token prediction layer")
    options.add_argument("--sees", action="store_true", help="with the pictures' projector")
    options.add_argument("--out", type=Path, required=True)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    core = Core(Shape())
    projector = Projector(args.embedding, core.shape.hidden_size, core.shape.vocab_size)
    ahead, sight = Ahead(core.shape), Sight(args.embedding, core.shape.hidden_size)
    if args.checkpoint:
        stored = torch.load(args.checkpoint, weights_only=True)
        stored = stored["average"] if args.average else stored
        for name, part in (("core", core), ("projector", projector), ("ahead", ahead), ("sight", sight)):
            if name in stored or name in ("core", "projector"):
                part.load_state_dict(stored[name])
    gate = args.gate and json.loads(args.gate.read_text())
    write(core.eval(), projector.eval(), args.tokenizer, args.out, gate, ahead.eval() if args.ahead else None, sight.eval() if args.sees else None)
    for graph in ("core.fp32.onnx", "core.onnx"):
        print(f"{graph}: max abs difference to transformers {verify(args.out, graph):.2e}")


if __name__ == "__main__":
    main()
