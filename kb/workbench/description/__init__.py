"""What a pack holds, in words and pictures."""
