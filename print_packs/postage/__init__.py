"""What an envelope weighs, how it is posted, what that costs, and when a pack becomes several."""
