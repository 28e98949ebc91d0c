UPDATE object SET attributes = json_set(attributes, '$.client_secret', 'changed-by-hand')
  WHERE kind = 'authentik_providers_oauth2.oauth2provider';
UPDATE users SET attributes = json_set(attributes, '$.pager', '555-9') WHERE username = 'robot';
