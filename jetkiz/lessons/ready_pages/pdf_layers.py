"""What of a PDF with layers is printed: what its maker left visible, and nothing that was hidden.

Shared pages lose the list of layers, and with it what is hidden: so the choice is made before.
"""

from collections.abc import Iterable
from typing import Final

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Object, Operator

from jetkiz.lessons.ready_pages.pdf_fonts import inherited

# Painting a path becomes ending it: a clip that it was to set is still set.
_PATHS: Final = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"})
_PAINTS: Final = frozenset({"Do", "sh", "Tj", "TJ", "'", '"', "INLINE IMAGE"})
_DEEPEST: Final = 20

Ids = set[tuple[int, int]]


def hide_layers(document: pikepdf.Pdf) -> None:
    """Take out of all pages what stands on layers that are hidden when the file is printed."""
    hidden = _hidden(document)
    if not hidden:
        return
    seen: Ids = set()
    for page in document.pages:
        resources = inherited(page, "/Resources") or Dictionary()
        left = _without(page.obj, resources, hidden)
        if left is not None:
            page.obj[Name.Contents] = document.make_stream(left)
        _hide_in_forms(resources, hidden, seen, 0)


def _hidden(document: pikepdf.Pdf) -> Ids:
    """Return the layers that are off in print: by the file's first setting, then for printers."""
    layers = document.Root.get(Name.OCProperties)
    if not isinstance(layers, Dictionary):
        return set()
    every = list(_listed(layers.get(Name.OCGs)))
    chosen = layers.get("/D")
    chosen = chosen if isinstance(chosen, Dictionary) else Dictionary()
    is_off = chosen.get(Name.BaseState) == Name.OFF
    hidden = {one.objgen for one in every} if is_off else set()
    hidden |= {one.objgen for one in _listed(chosen.get(Name.OFF))}
    hidden -= {one.objgen for one in _listed(chosen.get(Name.ON))} if is_off else set()
    for one in every:
        state = _printed(one)
        if state == Name.OFF:
            hidden.add(one.objgen)
        elif state == Name.ON:
            hidden.discard(one.objgen)
    return hidden


def _printed(layer: Object) -> Object | None:
    usage = layer.get(Name.Usage)
    told = usage.get(Name.Print) if isinstance(usage, Dictionary) else None
    return told.get(Name.PrintState) if isinstance(told, Dictionary) else None


def _listed(value: Object | None) -> Iterable[Object]:
    if not isinstance(value, Array):
        return ()
    return [one for one in value if isinstance(one, Dictionary) and one.is_indirect]


def _is_hidden(layer: Object | None, hidden: Ids) -> bool:
    """Whether a layer, or what belongs to several of them, is hidden."""
    if not isinstance(layer, Dictionary):
        return False
    if layer.get(Name.Type) != Name.OCMD:
        return layer.objgen in hidden
    several = layer.get(Name.OCGs)
    members = [several] if isinstance(several, Dictionary) else list(_listed(several))
    off = [one.objgen in hidden for one in members]
    policy = str(layer.get("/P", Name.AnyOn))
    shown = {
        "/AllOn": not any(off),
        "/AnyOff": any(off),
        "/AllOff": all(off),
    }.get(policy, not all(off))
    return bool(members) and not shown


def _hide_in_forms(resources: Object, hidden: Ids, seen: Ids, depth: int) -> None:
    forms = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
    if not isinstance(forms, Dictionary) or depth >= _DEEPEST:
        return
    for form in forms.as_dict().values():
        if not isinstance(form, pikepdf.Stream) or form.objgen in seen:
            continue
        seen.add(form.objgen)
        if _is_hidden(form.get("/OC"), hidden):
            _empty(form)
        elif form.get(Name.Subtype) == Name.Form:
            own = form.get(Name.Resources, resources)
            left = _without(form, own, hidden)
            if left is not None:
                form.write(left)
            _hide_in_forms(own, hidden, seen, depth + 1)


def _empty(form: pikepdf.Stream) -> None:
    """Let a hidden form or picture draw nothing."""
    for key in set(form.keys()) - {"/Length"}:
        del form[key]
    form[Name.Type], form[Name.Subtype] = Name.XObject, Name.Form
    form[Name.BBox] = Array([0, 0, 1, 1])
    form.write(b"")


def _without(owner: Object, resources: Object, hidden: Ids) -> bytes | None:
    """Return a content without what is hidden; None when nothing of it is."""
    named = resources.get(Name.Properties) if isinstance(resources, Dictionary) else None
    if not isinstance(named, Dictionary):
        return None
    off = {name for name, layer in named.items() if _is_hidden(layer, hidden)}
    if not off:
        return None
    left: list[ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    marks: list[bool] = []
    for one in pikepdf.parse_content_stream(owner):
        operator = str(one.operator)
        if operator in {"BDC", "BMC"}:
            names = [str(value) for value in one.operands]
            marks.append(names[:1] == ["/OC"] and names[-1] in off)
        elif operator == "EMC" and marks:
            marks.pop()
        if not any(marks):
            left.append(one)
        elif operator in _PATHS:
            left.append(ContentStreamInstruction([], Operator("n")))
        elif operator not in _PAINTS:
            left.append(one)
    return pikepdf.unparse_content_stream(left)
