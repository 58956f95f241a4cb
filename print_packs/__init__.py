"""Paper: packs for households, lists for the post office, scans of what comes back."""
