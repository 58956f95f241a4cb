"""What is to be aired: channels, streams, lessons, homes as counts, and the policy."""
