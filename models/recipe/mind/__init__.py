"""The core: dialogues, tokenizer, training, export and evaluation of the tiny MiMo-V2-Flash checkpoint."""
