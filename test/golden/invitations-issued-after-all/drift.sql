INSERT INTO object (kind, id, attributes) VALUES ('authentik_flows.flow', '33333333-3333-4333-8333-333333333333',
  '{"slug": "join", "name": "N", "title": "T", "designation": "enrollment"}');
