"""What every step of the recipe shares: seeds, progress, files."""
