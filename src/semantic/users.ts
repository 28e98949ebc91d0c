/** Warns about users without an email or with a shared one, and about user paths with empty segments. */
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
      `${who} ${several ? 'have' : 'has'} no email, and cannot recover a lost password without help`,
    'Write `email` for each, or `type: service_account` for those that are not people.',
  );
  checkSameEmail(findings, subjects);
}

/** When someone signs in by email, authentik picks any user with that address, ignoring case. */
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
        help: `Give each an address of its own: recovery and sign-in by email would pick any of ${listed(users)}.`,
        related: users.flatMap((user) =>
          model.described(user)
            ? [{ subject: [user, 'email'] as const, message: `the email of ${user.address}` }]
            : [],
        ),
      },
    );
  }
}

/** Addresses that more than one user has. */
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

/** An address in the form in which it is compared; undefined when there is none. */
export function emailKey(email: unknown): string | undefined {
  return typeof email === 'string' && email !== '' ? email.toLowerCase() : undefined;
}

/** Is the user a person, not a service account? */
export function isPerson(model: SemanticModel, user: Ref): boolean {
  const type = model.attribute(user, 'type');
  return type === 'internal' || type === 'external';
}

/** Attributes that hold a path of users, by kind. */
const pathFields = ['path', 'user_path_template'];

/** Checks the paths of users, and those that stages and sources give to new users. */
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
      (who) => `${who}: ${field} has an empty segment, so no folder of users is found there`,
      `Write ${field} without a slash at either end and without two in a row, such as \`staff/engineering\`.`,
    );
  }
}

/** Has a path an empty segment? An empty path means the default one. */
export function hasGap(path: unknown): boolean {
  return typeof path === 'string' && path !== '' && /(?:^|\/)\s*(?:\/|$)/.test(path);
}
