"""Which commands of LaTeX a school's formula may hold, and the sign that each stands for."""

from typing import Final

_GREEK: Final = (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ "
    "lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω "
    "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω"
)
_OTHERS: Final = (
    "cdot · times × div ÷ pm ± mp ∓ ast ∗ colon : le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ "
    "ne ≠ neq ≠ lt < gt > approx ≈ equiv ≡ sim ∼ cong ≅ propto ∝ infty ∞ degree ° circ ∘ "
    "angle ∠ triangle △ parallel ∥ perp ⊥ to → rightarrow → leftarrow ← Rightarrow ⇒ Leftarrow ⇐ "
    "leftrightarrow ↔ Leftrightarrow ⇔ iff ⇔ implies ⇒ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ "
    "cap ∩ emptyset ∅ varnothing ∅ setminus ∖ forall ∀ exists ∃ land ∧ lor ∨ neg ¬ ldots … dots … "
    "cdots ⋯ prime ′ mid | vert | lvert | rvert | ell ℓ uparrow ↑ downarrow ↓ lbrace { rbrace } "
    "% % $ $ # # & & _ _ { { } } | ‖"
)
_NAMES: Final = "sin cos tan tg cot ctg arcsin arccos arctan arctg arcctg log ln lg exp mod"


def _pairs(*lines: str) -> dict[str, str]:
    words = " ".join(lines).split()
    return dict(zip(words[::2], words[1::2], strict=True))


SIGNS: Final = _pairs(_GREEK, _OTHERS)
BIG: Final = {"sum": "∑", "prod": "∏", "int": "∫", "lim": "lim", "max": "max", "min": "min"}
NAMES: Final = {name: name for name in _NAMES.split()}
SPACES: Final = frozenset({" ", ",", ";", ":", "!", "quad", "qquad", "displaystyle"})
OVER: Final = {
    "overline": "overline",
    "bar": "overline",
    "vec": "arrow",
    "overrightarrow": "arrow",
    "hat": "hat",
    "widehat": "hat",
}
FENCES: Final = {
    "(": "(",
    ")": ")",
    "[": "[",
    "]": "]",
    "|": "|",
    ".": "",
    "\\{": "{",
    "\\}": "}",
    "\\lbrace": "{",
    "\\rbrace": "}",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
}
# The signs that stand around a grid.
GRIDS: Final = {
    "cases": ("{", ""),
    "matrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "vmatrix": ("|", "|"),
    "aligned": ("", ""),
}
