"""What gives a secret away by itself: its checksum, its prefix, its structure, its randomness."""
