"""What is true in the rehearsal: people, messages, files, the time, and what is refused."""
