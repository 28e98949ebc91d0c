UPDATE groups SET name = 'moved' WHERE name = 'crew';
INSERT INTO object (kind, id, attributes) VALUES ('authentik_core.group', '33333333-3333-4333-8333-333333333333', '{"name": "crew"}');
