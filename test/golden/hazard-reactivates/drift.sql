UPDATE users SET is_active = 0 WHERE username = 'ada';
DELETE FROM memberships WHERE username = 'bob';
