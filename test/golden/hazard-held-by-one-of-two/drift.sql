DELETE FROM memberships WHERE username = 'bob';
