/**
 * Recovery links and mails of authentik: what they need, checked before, and what became of them. The brand of the host that
 * we speak to decides about the flow. Source: `core/api/users.py` of 2025.12.4 and 2026.2, `flows/planner.py`,
 * `brands/api.py`.
 */
import type { Fields } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import type { Obstacle, Operation, Person, Result } from '../people.js';
import { readAll } from './pages.js';
import { releaseOf } from './releases.js';
import { bodyOf, type Session } from './session.js';

type Recovery = Extract<Operation, { name: 'recovery-link' | 'recovery-email' }>;

/** The release whose recovery calls take a body, with how long the link lives. */
const withLifetime = '2026.2';

/** What the brand says that answers for the host of our requests. */
interface Brand {
  readonly host: string;
  /** Undefined when there is no brand for it: authentik then uses one of its own without flows. */
  readonly domain?: string;
  /** The slug of its recovery flow. */
  readonly flow?: string;
}

/** The name that authentik gives the brand that it uses when there is none. */
const noBrand = 'fallback';

async function brandOf({ client, limited }: Session, signal: AbortSignal): Promise<Brand> {
  const body = bodyOf(await limited(() => client.get('/core/brands/current/', {}, signal)));
  const domain = typeof body.matched_domain === 'string' ? body.matched_domain : noBrand;
  return {
    host: new URL(client.url).host,
    domain: domain === noBrand ? undefined : domain,
    flow:
      typeof body.flow_recovery === 'string' && body.flow_recovery !== '' ? body.flow_recovery : undefined,
  };
}

/** The slug of the flow that recovery links lead into. */
export async function recoveryFlowOf(session: Session, signal: AbortSignal): Promise<string | undefined> {
  return (await brandOf(session, signal)).flow;
}

/** Everything that is in the way of a recovery, and what to write where. */
export async function recoveryObstacles(
  session: Session,
  person: Person,
  operation: Recovery,
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const { release, version } = session;
  const brand = await brandOf(session, signal);
  const found: Obstacle[] = [];
  if (operation.lifetime !== undefined && release < releaseOf(withLifetime))
    found.push({
      problem: `a link’s life cannot be chosen: that needs authentik ${withLifetime}; this is ${version}`,
      help: 'Leave --lifetime out, or write `default_token_duration` below `settings: system:`.',
    });
  if (operation.name === 'recovery-email' && person.email === '')
    found.push({
      problem: `user/${person.username} has no e-mail address`,
      help: `Write \`email:\` for user/${person.username} in its blueprint, or make a link and pass it on.`,
    });
  if (brand.domain === undefined)
    found.push({
      problem: `no brand answers for ${brand.host}, and none is the default`,
      help: `Write \`default: true\` and \`flow_recovery\` for a brand below \`settings: brands:\`, or a brand \`${brand.host}\`.`,
    });
  else if (brand.flow === undefined)
    found.push({
      problem: `brand/${brand.domain}, which answers for ${brand.host}, has no recovery flow`,
      help: `Write \`flow_recovery: <flow>\` for \`${brand.domain}\` below \`settings: brands:\`; the flow needs \`designation: recovery\`.`,
    });
  else found.push(...(await flowObstacles(session, brand.flow, signal)));
  if (operation.name === 'recovery-email') {
    const stage = await emailStageOf(session, brand.flow, operation.stage, signal);
    if ('problem' in stage) found.push(stage);
  }
  return found;
}

/** What visitors must be for a flow, where a link cannot make them so. */
const outOfReach: Readonly<Record<string, string>> = {
  require_authenticated: 'is signed in',
  require_superuser: 'is signed in as a superuser',
  require_redirect: 'comes from another flow',
  require_outpost: 'comes through an outpost',
};

async function flowObstacles(
  { client, limited }: Session,
  slug: string,
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const path = `/flows/instances/${encodeURIComponent(slug)}/`;
  const answer = await limited(() => client.get(path, { expect: [403, 404] }, signal));
  // Whoever may not see the flow may still use it; the server has the last word.
  if (answer.status !== 200) return [];
  const asked = outOfReach[String(bodyOf(answer).authentication)];
  if (asked === undefined) return [];
  return [
    {
      problem: `flow/${slug} is for somebody who ${asked}, which whoever opens a link is not`,
      help: `Write \`authentication: require_unauthenticated\` for the flow \`${slug}\`.`,
    },
  ];
}

/** The email stage of that name; without a name the one that the flow has, or the only one there is. */
async function emailStageOf(
  session: Session,
  flow: string | undefined,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly id: string } | Obstacle> {
  const stages = await readAll(session, '/stages/email/', {}, signal, ({ pk }) => pk);
  const named = (one: Fields): string => String(one.name);
  if (wanted !== undefined) {
    const found = stages.find((one) => named(one) === wanted);
    if (found) return { id: String(found.pk) };
    const names = stages.map(named).join(', ');
    return {
      problem: `there is no email stage \`${wanted}\` that this account may view`,
      help: names === '' ? 'There is none at all; write one below `stages: email:`.' : `There are: ${names}.`,
    };
  }
  const bound = stages.filter((one) => boundTo(one).some((slug) => slug === flow));
  const [first] = bound.length > 0 ? bound : stages;
  if (first && (bound.length > 0 || stages.length === 1)) return { id: String(first.pk) };
  return {
    problem:
      stages.length === 0
        ? 'there is no email stage whose template and server could be used'
        : `${flow === undefined ? 'no flow' : `flow/${flow}`} has no email stage, and there are several`,
    help:
      stages.length === 0
        ? 'Add an email stage to the recovery flow: `stages: - email: {use_global_settings: true}`.'
        : `Name one with --stage: ${stages.map(named).join(', ')}.`,
  };
}

/** The slugs of the flows that a stage is bound to. */
function boundTo({ flow_set: flows }: Fields): string[] {
  return Array.isArray(flows) ? flows.map((one) => String((one as Fields).slug)) : [];
}

/** Makes a link, or has it mailed. */
export async function recover(
  session: Session,
  person: Person,
  operation: Recovery,
  isSuperuser: boolean,
  signal: AbortSignal,
): Promise<Result> {
  const { client, limited, release } = session;
  const path = `/core/users/${person.id}/`;
  const { uid, is_active: isActive } = bodyOf(await limited(() => client.get(path, {}, signal)));
  const token = `${uid}-password-reset`;
  const notes: string[] = [];
  if (isActive === false)
    notes.push(
      `user/${person.username} is not active: whether the flow lets them in is up to its stages and policies.`,
    );
  const before = isSuperuser ? await expiryOf(session, token, signal) : undefined;
  const takesBody = release >= releaseOf(withLifetime);
  // Until 2025.12 a token keeps its end: one that is over would give a link that is dead when it is made.
  const isOver = typeof before === 'string' && Date.parse(before) <= client.now().getTime();
  if (isOver && !takesBody)
    await limited(() =>
      client.delete(`/core/tokens/${encodeURIComponent(token)}/`, { expect: [404] }, signal),
    );
  else if (before !== undefined)
    notes.push(
      takesBody
        ? 'A link that was made before is the same one, and lives as long.'
        : 'It is the link that was made before, and dies when that does.',
    );
  const lifetime: Fields = operation.lifetime === undefined ? {} : { token_duration: operation.lifetime };
  let link: string | undefined;
  try {
    if (operation.name === 'recovery-link') {
      const answer = await limited(() =>
        client.post(`${path}recovery/`, { ...(takesBody && { body: lifetime }), repeatable: true }, signal),
      );
      link = String(bodyOf(answer).link);
    } else {
      const { flow } = await brandOf(session, signal);
      const stage = await emailStageOf(session, flow, operation.stage, signal);
      if ('problem' in stage) throw new DirectoryError('invalid', stage.problem);
      const given = takesBody
        ? { body: { ...lifetime, email_stage: stage.id } }
        : { query: { email_stage: stage.id } };
      // A mail is not sent twice.
      await limited(() => client.post(`${path}recovery_email/`, given, signal));
      notes.push(
        'authentik has queued the mail; whether its server took it, `asbuilt events --action email_sent` shows.',
      );
    }
  } catch (error) {
    throw explained(error, person);
  }
  const expires = isSuperuser ? await expiryOf(session, token, signal) : undefined;
  if (expires === undefined)
    notes.push(
      isSuperuser
        ? 'authentik does not tell when it dies.'
        : 'When it dies authentik tells superusers only; usually after `default_token_duration` of the settings.',
    );
  if (link !== undefined)
    notes.push(
      'It works once: whatever opens it first uses it up, also the preview of a chat or mail program.',
    );
  return {
    ...(link === undefined ? { sentTo: person.email } : { secret: link }),
    ...(typeof expires === 'string' && { expires }),
    notes,
  };
}

/** When the token of recovery links ends; undefined when there is none. */
async function expiryOf(
  { client, limited }: Session,
  token: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const query = { identifier: token };
  const { results } = bodyOf(await limited(() => client.get('/core/tokens/', { query }, signal)));
  const [found] = Array.isArray(results) ? (results as Fields[]) : [];
  return typeof found?.expires === 'string' ? found.expires : undefined;
}

/** What a refusal of the server means here. */
function explained(error: unknown, { username }: Person): unknown {
  if (!(error instanceof DirectoryError)) return error;
  const { code, cause, uncertain } = error;
  const help =
    code === 'denied'
      ? '; the token’s user needs authentik_core.reset_user_password, and authentik_core.add_user for the call itself'
      : /not applicable/.test(error.message)
        ? `; a policy, group or user that is bound to the recovery flow turns user/${username} away`
        : undefined;
  return help === undefined
    ? error
    : new DirectoryError(code, `${error.message}${help}`, { cause, uncertain });
}
