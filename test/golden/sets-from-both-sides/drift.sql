INSERT INTO memberships VALUES ('kim', 'crew');
INSERT INTO memberships VALUES ('kim', 'staff');
