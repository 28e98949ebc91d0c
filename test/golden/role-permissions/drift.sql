UPDATE object SET attributes = json_set(attributes, '$.permissions',
    json('["authentik_core.view_user", "authentik_core.view_group", "authentik_core.view_application"]'))
  WHERE attributes ->> 'name' = 'desk';
