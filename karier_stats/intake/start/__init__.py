"""A new office's own files: from a folder to a proposed crosswalk that says what it rests on and asks what it cannot know.

``looks`` finds the tables in the files and says what a column holds, ``lexicon``
what its heading means, ``tables`` which table a sheet feeds and which heading
fills which column, ``feed`` in which dialect, ``content`` makes the crosswalk
of it, ``questions`` holds what must be asked, ``talk`` asks in the terminal or
in a form, shows what ``prepare`` would store and writes ``peta.usulan.yml``.
"""
