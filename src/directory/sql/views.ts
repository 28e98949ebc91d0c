/** Views for people who look at the database with `sqlite3`. */
import { groupKind, roleKind, userKind } from '../../model/kind-names.js';

const field = (alias: string, name: string): string => `json_extract(${alias}.attributes, '$.${name}')`;

const membership = `reference r
  JOIN object u ON u.row = r.source AND u.kind = '${userKind}'
  JOIN object g ON g.row = r.target AND g.kind = '${groupKind}'
  WHERE r.field = 'groups'`;

/** A changed column of a view, written into the attributes. */
const setText = (column: string): string => `'$.${column}', NEW.${column}`;
const setFlag = (column: string): string =>
  `'$.${column}', json(CASE WHEN NEW.${column} THEN 'true' ELSE 'false' END)`;

/** Views, and the triggers that let people change and delete through the two that matter most. */
export const views: readonly string[] = [
  `CREATE VIEW users AS SELECT CAST(o.id AS INTEGER) AS id, ${field('o', 'username')} AS username,
    ${field('o', 'name')} AS name, ${field('o', 'email')} AS email, ${field('o', 'is_active')} AS is_active,
    ${field('o', 'type')} AS type, ${field('o', 'path')} AS path, ${field('o', 'attributes')} AS attributes,
    o.created AS date_joined, o.updated AS last_updated
    FROM object o WHERE o.kind = '${userKind}' AND o.hidden = 0`,
  `CREATE TRIGGER users_update INSTEAD OF UPDATE ON users BEGIN
    UPDATE object SET attributes = json_set(attributes, ${setText('username')}, ${setText('name')},
      ${setText('email')}, ${setText('type')}, ${setText('path')}, ${setFlag('is_active')},
      '$.attributes', json(NEW.attributes))
      WHERE kind = '${userKind}' AND id = CAST(OLD.id AS TEXT);
  END`,
  `CREATE TRIGGER users_delete INSTEAD OF DELETE ON users BEGIN
    DELETE FROM object WHERE kind = '${userKind}' AND id = CAST(OLD.id AS TEXT);
  END`,
  `CREATE VIEW groups AS SELECT o.id AS id, ${field('o', 'name')} AS name,
    ${field('o', 'is_superuser')} AS is_superuser, ${field('o', 'attributes')} AS attributes,
    (SELECT group_concat(${field('p', 'name')}, ', ') FROM reference r JOIN object p ON p.row = r.target
      WHERE r.source = o.row AND r.field = 'parents') AS parents,
    (SELECT count(*) FROM reference r JOIN object u ON u.row = r.source
      WHERE r.target = o.row AND r.field = 'groups' AND u.kind = '${userKind}') AS members
    FROM object o WHERE o.kind = '${groupKind}'`,
  `CREATE TRIGGER groups_update INSTEAD OF UPDATE ON groups BEGIN
    UPDATE object SET attributes = json_set(attributes, ${setText('name')}, ${setFlag('is_superuser')},
      '$.attributes', json(NEW.attributes))
      WHERE kind = '${groupKind}' AND id = OLD.id;
  END`,
  `CREATE TRIGGER groups_delete INSTEAD OF DELETE ON groups BEGIN
    DELETE FROM object WHERE kind = '${groupKind}' AND id = OLD.id;
  END`,
  `CREATE VIEW memberships AS SELECT ${field('u', 'username')} AS username, ${field('g', 'name')} AS group_name
    FROM ${membership}`,
  `CREATE TRIGGER memberships_insert INSTEAD OF INSERT ON memberships BEGIN
    INSERT INTO reference (source, field, target)
      SELECT u.row, 'groups', g.row FROM object u, object g
      WHERE u.kind = '${userKind}' AND ${field('u', 'username')} = NEW.username
        AND g.kind = '${groupKind}' AND ${field('g', 'name')} = NEW.group_name
      ON CONFLICT DO NOTHING;
  END`,
  `CREATE TRIGGER memberships_delete INSTEAD OF DELETE ON memberships BEGIN
    DELETE FROM reference WHERE (source, field, target) IN (
      SELECT r.source, r.field, r.target FROM ${membership}
        AND ${field('u', 'username')} = OLD.username AND ${field('g', 'name')} = OLD.group_name);
  END`,
  `CREATE VIEW roles AS SELECT o.id AS id, ${field('o', 'name')} AS name,
    json_array_length(o.attributes, '$.permissions') AS permissions
    FROM object o WHERE o.kind = '${roleKind}'`,
  `CREATE VIEW permissions AS
    SELECT CASE o.kind WHEN '${roleKind}' THEN 'role' ELSE 'user' END AS holder_kind,
      coalesce(${field('o', 'username')}, ${field('o', 'name')}) AS holder, p.value AS permission,
      NULL AS object_kind, NULL AS object
      FROM object o, json_each(o.attributes, '$.permissions') p WHERE o.kind IN ('${roleKind}', '${userKind}')
    UNION ALL
    SELECT CASE h.kind WHEN '${roleKind}' THEN 'role' ELSE 'user' END,
      coalesce(${field('h', 'username')}, ${field('h', 'name')}), p.permission, o.kind,
      coalesce(${field('o', 'slug')}, ${field('o', 'username')}, ${field('o', 'name')}, ${field('o', 'identifier')})
      FROM object_permission p JOIN object h ON h.row = p.holder JOIN object o ON o.row = p.object`,
  `CREATE VIEW flows AS SELECT o.id AS id, ${field('o', 'slug')} AS slug, ${field('o', 'name')} AS name,
    ${field('o', 'title')} AS title, ${field('o', 'designation')} AS designation,
    ${field('o', 'authentication')} AS authentication
    FROM object o WHERE o.kind = 'authentik_flows.flow'`,
  `CREATE VIEW flow_stages AS SELECT ${field('f', 'slug')} AS flow, ${field('b', 'order')} AS position,
    ${field('s', 'name')} AS stage, s.kind AS stage_kind, ${field('b', 'evaluate_on_plan')} AS evaluate_on_plan,
    ${field('b', 're_evaluate_policies')} AS re_evaluate_policies
    FROM object b JOIN reference rf ON rf.source = b.row AND rf.field = 'target' JOIN object f ON f.row = rf.target
    JOIN reference rs ON rs.source = b.row AND rs.field = 'stage' JOIN object s ON s.row = rs.target
    WHERE b.kind = 'authentik_flows.flowstagebinding' ORDER BY 1, 2`,
  // Without the ids: an invitation's id is the secret in its link.
  `CREATE VIEW invitations AS SELECT ${field('o', 'name')} AS name, ${field('f', 'slug')} AS flow,
    ${field('o', 'expires')} AS expires, ${field('o', 'single_use')} AS single_use,
    ${field('o', 'fixed_data')} AS fixed_data
    FROM object o LEFT JOIN reference r ON r.source = o.row AND r.field = 'flow'
    LEFT JOIN object f ON f.row = r.target WHERE o.kind = 'authentik_stages_invitation.invitation'`,
  `CREATE VIEW applications AS SELECT o.id AS id, ${field('o', 'slug')} AS slug, ${field('o', 'name')} AS name,
    ${field('o', 'group')} AS group_name, ${field('p', 'name')} AS provider
    FROM object o LEFT JOIN reference r ON r.source = o.row AND r.field = 'provider'
    LEFT JOIN object p ON p.row = r.target WHERE o.kind = 'authentik_core.application'`,
];
