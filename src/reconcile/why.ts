/**
 * Answers why somebody can sign in, use an application or do something, or where it ends: of the directory as it is, or
 * as the plan of now would leave it. The hazards of a plan are found by the same code.
 */
import { accessOf } from '../access/access.js';
import { type About, type Explanation, explain } from '../access/explain.js';
import { applicationKind, entitlementKind, flowKind } from '../access/kinds.js';
import type { AccessWorld } from '../access/world.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/did-you-mean.js';
import { userKind } from '../model/kind-names.js';
import { catalogue } from '../model/kinds.js';
import { escapeKey, type Kind, type Ref } from '../model/model.js';
import { kindsOfAccess, worldAfter, worldBefore } from '../plan/hazards-access.js';
import { DirectoryReading } from './directory-reading.js';
import { planWith } from './reconcile.js';
import { type Request, read, withStore } from './request.js';

/** What is asked, in the words of the command line. */
export interface Question {
  /** `ada` or `user/ada`. */
  readonly user: string;
  /** `wiki`, `application/wiki`, `flow/login` or a permission; absent: how the account signs in, and what it may change. */
  readonly about?: string;
  /** Of the directory as the plan would leave it. */
  readonly planned: boolean;
}

/** The answers, or what is wrong with the question or the blueprints. */
export interface Answered {
  readonly answers: readonly Explanation[];
  readonly diagnostics: readonly Diagnostic[];
  /** With `planned`: the plan is refused as it is, so that this would only be so once its hazards are allowed. */
  readonly refused: boolean;
}

/** Reads all that decides about access and answers. Throws DirectoryError. */
export async function why(request: Request, question: Question): Promise<Answered> {
  const files = question.planned ? await read(request) : undefined;
  return withStore(
    request,
    async (store) => {
      const kinds = kindsOfAccess();
      if (!files) {
        const reading = new DirectoryReading(store, request.signal);
        const live = await reading.read(kinds, { optional: kinds });
        return answer(worldBefore(live, new Date()), question, reading.notes(), false);
      }
      const { plan, live, ok, diagnostics } = await planWith(request, files, store, { also: kinds });
      if (!ok || !plan) return { answers: [], diagnostics, refused: false };
      // What the plan could not know, the answer does not know either.
      const notes = diagnostics.filter(({ code }) => code === 'env-unset' || code === 'not-checked');
      const refused = plan.refused.length > 0;
      return answer(worldAfter(live, plan.changes, new Date()), question, notes, refused);
    },
    { readOnly: true },
  );
}

function answer(
  world: AccessWorld,
  { user, about, planned }: Question,
  notes: readonly Diagnostic[],
  refused: boolean,
): Answered {
  const where = planned ? 'after the plan' : 'in the directory';
  const account = named(world, [userKind], user);
  const subject = about === undefined ? undefined : aboutOf(world, about);
  const problems = [
    ...(account ? [] : [unknownAccount(world, user, where)]),
    ...(about !== undefined && !subject ? [unknownSubject(world, about, where)] : []),
  ];
  if (!account || problems.length > 0) return { answers: [], diagnostics: problems, refused };
  return { answers: explain(accessOf(world), account, subject), diagnostics: notes, refused };
}

/** What can be asked about beside permissions; a bare name is looked for in this order. */
const subjects: readonly Kind[] = [applicationKind, flowKind, entitlementKind];

function aboutOf(world: AccessWorld, about: string): About | undefined {
  // No slug has a dot, and every permission has one.
  if (catalogue().permissions.has(about)) return { permission: about };
  return named(world, subjects, about);
}

/** The object of one of some kinds that an address or the key in it names; the first kind that has it. */
function named(world: AccessWorld, kinds: readonly Kind[], name: string): Ref | undefined {
  for (const kind of kinds) {
    const short = catalogue().kinds.get(kind)!.name;
    const found = world
      .all(kind)
      .find(({ address }) => address === name || address === `${short}/${escapeKey(name)}`);
    if (found) return found;
  }
  return undefined;
}

/** Names as people may write them: with the kind where they wrote one, and without it where they did not. */
function namesOf(world: AccessWorld, kinds: readonly Kind[], asked: string): string[] {
  return kinds
    .flatMap((kind) => world.all(kind))
    .map(({ address }) => (asked.includes('/') ? address : address.slice(address.indexOf('/') + 1)));
}

function unknownAccount(world: AccessWorld, asked: string, where: string): Diagnostic {
  const help =
    didYouMean(asked, namesOf(world, [userKind], asked)) ?? 'Write the username, as `ada` or `user/ada`.';
  return diagnose('unknown-address', `there is no account \`${asked}\` ${where}`, undefined, { help });
}

function unknownSubject(world: AccessWorld, asked: string, where: string): Diagnostic {
  const isPermission = asked.includes('.');
  const what = isPermission
    ? `there is no permission \`${asked}\``
    : `there is no application, flow or entitlement \`${asked}\` ${where}`;
  const near = isPermission ? catalogue().permissions : namesOf(world, subjects, asked);
  const help =
    didYouMean(asked, near) ??
    'Write an application as `wiki` or `application/wiki`, a permission as `authentik_core.view_user`.';
  return diagnose(isPermission ? 'unknown-permission' : 'unknown-address', what, undefined, { help });
}
