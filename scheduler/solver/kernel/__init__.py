"""The solver's rules for one home after the other, in a form that a compiler makes fast.

They decide what ``response``, ``repair``, ``fill`` and ``reasons`` decide, to the last bit; a
nation needs them, a school does not.
"""
