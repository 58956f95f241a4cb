"""What a post office is given: addresses and lists."""
