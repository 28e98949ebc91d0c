INSERT INTO object (kind, id, attributes) VALUES
  ('authentik_core.group', '33333333-3333-4333-8333-333333333333', '{"name": "crew", "attributes": {"theirs": 1}}'),
  ('authentik_core.user', '77', '{"username": "ada", "name": "Ada", "path": "people"}');
