"""The features of a pair: what each is called, its unit, whose fact it rests on, and how it is measured.

Each module builds its columns once for a snapshot and measures one subject against every node at once. What isn't
recorded is NaN and contributes exactly nothing.
"""
