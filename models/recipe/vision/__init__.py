"""The eyes: facts (what is in a scene), render (scenes to pictures), questions, train, probe, export, embed (for the core)."""
