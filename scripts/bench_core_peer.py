"""The peer of `hearth bench core`: transformers on the same weights, with the same prompt. Prints rows of JSON.

    python scripts/bench_core_peer.py --mind models/pocket/mind --prompt '{"instructions", "tools", "question"}' --sessions 4

A session is a row of the batch. Prompt tokens are read in one forward pass; answer tokens are decoded greedily with the KV cache.
"""

import argparse
import json
import os
import sys
import time

try:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
except ImportError as error:
    sys.exit(f"transformers is not there ({error.name} is missing)")

ANSWER_TOKENS = 64


def prompt_ids(tokenizer, prompt):
    """The ids of the prompt as the chat template lays it out."""
    messages = [{"role": "system", "content": prompt["instructions"]}, {"role": "user", "content": prompt["question"]}]
    text = tokenizer.apply_chat_template(messages, tools=prompt["tools"], add_generation_prompt=True, tokenize=False)
    return tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids


@torch.inference_mode()
def measure(model, ids, sessions):
    """One row: tokens per second of reading and of answering."""
    batch = ids.repeat(sessions, 1)
    mask = torch.ones_like(batch)
    model(input_ids=batch, attention_mask=mask)  # warm
    began = time.perf_counter()
    model(input_ids=batch, attention_mask=mask)
    read = time.perf_counter() - began
    began = time.perf_counter()
    model.generate(
        input_ids=batch, attention_mask=mask, do_sample=False, min_new_tokens=ANSWER_TOKENS, max_new_tokens=ANSWER_TOKENS,
        pad_token_id=0,
    )
    # The first of the tokens comes from reading the prompt.
    answered = time.perf_counter() - began - read
    return {
        "who": "transformers",
        "sessions": sessions,
        "prompt_tokens_per_second": batch.numel() / read,
        "answer_tokens_per_second": sessions * (ANSWER_TOKENS - 1) / max(answered, 1e-6),
    }


def main():
    """Load once, measure each number of sessions."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mind", required=True)
    options.add_argument("--prompt", required=True, type=json.loads)
    options.add_argument("--sessions", action="append", type=int, required=True)
    given = options.parse_args()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    tokenizer = AutoTokenizer.from_pretrained(given.mind)
    model = AutoModelForCausalLM.from_pretrained(given.mind, dtype=torch.float32).eval()
    ids = prompt_ids(tokenizer, given.prompt)
    print(json.dumps([measure(model, ids, sessions) for sessions in given.sessions]))


if __name__ == "__main__":
    main()
