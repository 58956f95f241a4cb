"""Policy that a school may want to change: each rule is a pure function over values."""
