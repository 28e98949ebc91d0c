UPDATE object SET attributes = json_set(attributes, '$.attributes.theirs', 'stays') WHERE kind = 'authentik_core.group';
