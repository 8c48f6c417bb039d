"""The ears: synthesize (texts to speech corpora), train, export, ngram, embed (for the core), evaluate, eval_lines."""
