"""How airings are kept."""
