UPDATE users SET name = 'Mallory', email = 'm@example.org', path = 'elsewhere' WHERE username = 'ada';
DELETE FROM users WHERE username = 'bob';
