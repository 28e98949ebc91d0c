DELETE FROM groups WHERE name = 'staff';
