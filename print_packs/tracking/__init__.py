"""What the post and people say of packs on their way, and which answers are missed."""
