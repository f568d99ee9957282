"""The schema, as numbered SQL files; `service.migrate` applies them."""
