INSERT INTO object_permission (object, permission, holder)
  SELECT g.row, 'authentik_core.delete_group', u.row FROM object g, object u
  WHERE g.attributes ->> 'name' = 'staff' AND u.attributes ->> 'username' = 'ada';
