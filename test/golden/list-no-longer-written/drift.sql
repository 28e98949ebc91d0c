INSERT INTO memberships VALUES ('ada', 'staff');
