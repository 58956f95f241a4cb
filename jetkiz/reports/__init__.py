"""What a coordinator and an official are told."""
