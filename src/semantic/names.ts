/** Names that people take for other names: of users and groups, which are read when somebody decides who may do what. */
import { hasHidden, replaceHidden } from '../diagnostic/hidden-characters.js';
import { append } from '../model/append.js';
import { groupKind, userKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import type { Ref } from '../model/model.js';
import { type Findings, listed } from './findings.js';
import type { SemanticModel } from './model.js';

const ascii = /^[\x20-\x7e]*$/;

/** Checks the names of users and groups for what nobody sees, and for the same name in another form. */
export function checkNames(findings: Findings): void {
  for (const kind of [userKind, groupKind]) {
    const field = catalogue().kinds.get(kind)!.key[0]!;
    const { model, addEach } = findings;
    const subjects = model.subjects(kind);
    addEach(
      'deceptive-name',
      subjects.filter((ref) => hasHidden(nameOf(model, ref, field) ?? '')),
      field,
      (who, several) => `${who} ${several ? 'have' : 'has'} characters in the name that nobody sees`,
      'Write the name with letters, digits and punctuation alone.',
    );
    checkSameForm(findings, subjects, kind, field);
  }
}

/** Names that are the same when case, width, composition of letters and invisible characters are left out of account. */
function checkSameForm(
  { model, add }: Findings,
  subjects: readonly Ref[],
  kind: string,
  field: string,
): void {
  const all = model.all(kind);
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const ref of all) {
    const form = formOf(nameOf(model, ref, field));
    if (form === undefined) continue;
    if (seen.has(form)) repeated.add(form);
    seen.add(form);
  }
  if (repeated.size === 0) return;
  const alike = new Map<string, Ref[]>();
  for (const ref of all) {
    const form = formOf(nameOf(model, ref, field));
    if (form !== undefined && repeated.has(form)) append(alike, form, ref);
  }
  const told = new Set(subjects);
  for (const refs of alike.values()) {
    if (!refs.some((ref) => told.has(ref))) continue;
    // Two of the very same name are told as what may not be repeated.
    if (new Set(refs.map((ref) => nameOf(model, ref, field))).size === 1) continue;
    add(
      'deceptive-name',
      `${listed(refs)} have names that differ only in how they are written`,
      refs.map((ref) => [ref, field] as const),
      {
        help: 'Give them names that people can tell apart, or remove the one that was not meant.',
        related: refs.map((ref) => ({
          subject: [ref, field] as const,
          message: `the name of ${ref.address}`,
        })),
      },
    );
  }
}

function nameOf(model: SemanticModel, ref: Ref, field: string): string | undefined {
  const name = model.attribute(ref, field);
  return typeof name === 'string' ? name : undefined;
}

/** What names have in common that look the same: compatibility form, lower case, nothing invisible. */
function formOf(name: string | undefined): string | undefined {
  if (name === undefined || ascii.test(name)) return name?.toLowerCase();
  return replaceHidden(name, () => '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
}
