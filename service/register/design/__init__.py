"""What a second person should know of a drawn zone before approving it: the design check of a draft version.

No rule of judgement is here, and nothing is refused: each warning asks for a written reason, recorded against the
warning's `check`. What can't be looked into is named as not checked, never passed over as sound.

Where to read: `answer` (what comes out), `draft` (what goes in), `findings` (every check in its order), then the
checks: `home`, `near_places`, `protected_address`, `overlap`, `size`, `periods`, `replay`. `ground` lays a zone out in
its own plane. All of these are pure. `read` reads the database, `check` does the whole of it; `places_file` and
`load_places` bring in the named places.
"""
