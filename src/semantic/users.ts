/** Users and paths in, users that mail does not reach or not alone, and paths with gaps out. */
import { append } from '../model/append.js';
import { userKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import type { Ref } from '../model/model.js';
import { type Findings, listed } from './findings.js';
import type { SemanticModel } from './model.js';

/** Checks the mail addresses of people. Service accounts need none. */
export function checkUsers(findings: Findings): void {
  const { model, addEach } = findings;
  const subjects = model.subjects(userKind);
  if (subjects.length === 0) return;
  const unreachable = subjects.filter((user) => {
    const email = model.attribute(user, 'email');
    const nothing = email === '' || email === null;
    return nothing && model.attribute(user, 'is_active') !== false && isPerson(model, user);
  });
  addEach(
    'user-no-email',
    unreachable,
    'email',
    (who, several) =>
      `${who} ${several ? 'have' : 'has'} no email, and so no way to recover a lost password alone`,
    'Write `email` for each; `type: service_account` for those that are no people.',
  );
  checkSameEmail(findings, subjects);
}

/** authentik takes any of those with the same address, whatever its case, when somebody signs in by it. */
function checkSameEmail({ model, add }: Findings, subjects: readonly Ref[]): void {
  const repeated = repeatedEmails(model);
  if (repeated.size === 0) return;
  const byEmail = new Map<string, Ref[]>();
  for (const user of subjects) {
    const email = emailOf(model, user);
    if (email !== undefined && repeated.has(email)) byEmail.set(email, []);
  }
  for (const user of model.all(userKind)) {
    const email = emailOf(model, user);
    if (email !== undefined && byEmail.has(email)) append(byEmail, email, user);
  }
  for (const users of byEmail.values()) {
    if (users.length < 2 || users.every((user) => model.attribute(user, 'is_active') === false)) continue;
    add(
      'user-same-email',
      `${listed(users)} have the same email`,
      users.map((user) => [user, 'email'] as const),
      {
        help: `Give each an address of its own: with one, recovery and sign-in by mail take either of ${listed(users)}.`,
        related: users.flatMap((user) =>
          model.described(user)
            ? [{ part: [user, 'email'] as const, message: `the email of ${user.address}` }]
            : [],
        ),
      },
    );
  }
}

/** Addresses that more than one user has, which hardly ever are any. */
function repeatedEmails(model: SemanticModel): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const user of model.all(userKind)) {
    const email = emailOf(model, user);
    if (email === undefined) continue;
    const { size } = seen;
    if (seen.add(email).size === size) repeated.add(email);
  }
  return repeated;
}

function emailOf(model: SemanticModel, user: Ref): string | undefined {
  return emailKey(model.attribute(user, 'email'));
}

/** An address as it is compared; undefined when it is none. */
export function emailKey(email: unknown): string | undefined {
  return typeof email === 'string' && email !== '' ? email.toLowerCase() : undefined;
}

/** Somebody who signs in, not a service account. */
export function isPerson(model: SemanticModel, user: Ref): boolean {
  const type = model.attribute(user, 'type');
  return type === 'internal' || type === 'external';
}

/** Attributes that hold a path of users, by kind. */
const pathFields = ['path', 'user_path_template'];

/** Checks the paths of users, and those that stages and sources give to the users they make. */
export function checkPaths({ model, addEach }: Findings): void {
  for (const facts of catalogue().kinds.values()) {
    const field = pathFields.find(
      (name) => facts.fields[name] && (name !== 'path' || facts.kind === userKind),
    );
    if (!field) continue;
    const wrong = model.subjects(facts.kind).filter((ref) => hasGap(model.attribute(ref, field)));
    addEach(
      'path-empty-segment',
      wrong,
      field,
      (who) => `${who}: ${field} has an empty segment, so that no folder of users is found there`,
      `Write ${field} without a slash at either end and without two in a row, such as \`staff/engineering\`.`,
    );
  }
}

/** Has a path an empty segment? An empty path means the default one. */
export function hasGap(path: unknown): boolean {
  return typeof path === 'string' && path !== '' && /(?:^|\/)\s*(?:\/|$)/.test(path);
}
