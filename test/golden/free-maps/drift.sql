UPDATE object SET attributes = json_set(attributes, '$.attributes.city', 'Rome', '$.attributes.theirs', 'stays',
    '$.attributes.badge.shape', 'round', '$.attributes.deep.a.c', 2)
  WHERE attributes ->> 'name' = 'staff';
