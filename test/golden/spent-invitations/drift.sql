DELETE FROM object WHERE kind = 'authentik_stages_invitation.invitation';
