"""The air: what families read of it without a sign-in, and the desk of a broadcaster."""
