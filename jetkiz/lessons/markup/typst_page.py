"""The forms that a set lesson uses, for paper and for pictures: tables, quotes, pictures, rules."""

from typing import Final

_FORMS: Final = """\
#let breakable(letters) = regex("[^ \\u{200B}]{" + str(letters) + ",}")
#let broken(it) = it.text.clusters().join("\\u{200B}")
#show breakable(28): broken
#set table(stroke: 0.5pt + luma(110), inset: 0.5em)
#show table.cell.where(y: 0): strong
#show heading: set block(above: 1.1em, below: 0.7em, sticky: true)
#show heading.where(level: 1): set text(1.2em)
#show math.equation: set text(font: ("New Computer Modern Math", "PT Sans", "DejaVu Sans"))
#set text(fallback: false)
#show raw: set text(1.25em, font: ("PT Sans", "DejaVu Sans"))
#let narrow(columns, across, body) = context {
  let small = text.size * SMALLER
  let letters = calc.max(4, int((WIDE / columns - small) / (small * 0.62)))
  set text(small)
  let fits = across * small * 0.62 + columns * small <= WIDE
  show breakable(if fits { 200 } else { letters + 1 }): broken
  body
}
#let rule = line(length: 100%, stroke: 0.5pt + luma(110))
#let said(body) = block(inset: (left: 1em), stroke: (left: 2pt + luma(150)), body)
#let picture(file, wide, high, words) = block(width: 100%, sticky: true, above: 1em, below: 0.7em,
  layout(size => align(center, {
    let share = calc.min(1, size.width / wide)
    image(file, width: wide * share, height: high * share,
      alt: if words == "" { none } else { words })
  })))
#let within(width, body) = {
  let wide = measure(body).width
  if wide <= width { body } else { scale(width / wide * 100%, reflow: true, body) }
}
#let displayed(whole, broken) = layout(size => {
  if measure(whole).width <= size.width { whole }
  else if broken != none { align(center, broken) }
  else { align(center, within(size.width, whole)) }
})
#let inline(body) = context if measure(body).width <= WIDE { body } else { box(within(WIDE, body)) }
#let turned(body) = layout(size => {
  let high = measure(width: size.width, body).height
  if high <= size.height { rotate(180deg, reflow: true, body) } else { body }
})
#let unseen(words) = []
"""


# On paper by the number of columns; on a small screen as much as the words need, down to the size
# of a message's letters.
_ON_PAPER: Final = "if columns > 6 { 0.7 } else if columns > 4 { 0.85 } else { 1.0 }"
_ON_SCREEN: Final = "calc.clamp(WIDE / (text.size * (across * 0.62 + columns)) * 0.99, 0.65, 1.0)"


def forms(wide: str, *, on_screen: bool = False) -> str:
    """Return the forms for a page on which text stands as wide as ``wide``, as in 170mm."""
    smaller = _ON_SCREEN if on_screen else _ON_PAPER
    return _FORMS.replace("SMALLER", smaller).replace("WIDE", wide)
