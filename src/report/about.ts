/** Everything about one object, as people read it on a terminal. */
import type { About, Listed, RunAbout } from '../about/about.js';
import type { ApplicationAbout, Held, PermissionHeld, UserAbout } from '../about/access.js';
import type { PersonRecord, RecordKind } from '../directory/people.js';
import { fieldLines } from './fields.js';
import { cut, displayWidth, type Look, type Paints, padded, paintsOf, visible } from './terminal.js';
import { valueText } from './value.js';

/** More lines than these of one list are counted; `--json` has all. */
const longest = 20;
const widestName = 40;

/** A heading of its own, and pairs below it: what, and a remark. */
interface Section {
  readonly heading: string;
  readonly lines: readonly (readonly [what: string, remark?: string])[];
  /** In place of lines. */
  readonly none?: string;
}

/** The whole text. `all`: do not cut lists short. */
export function aboutText(about: About, look: Look, all = false): string {
  const paints = paintsOf(look);
  const sections = [
    attributeSection(about, all),
    ...(about.user ? userSections(about.user) : []),
    ...(about.group
      ? [
          heldSection('Members', about.group.members, 'put into it'),
          heldSection('Parents', about.group.parents, 'direct'),
          heldSection('Roles', about.group.roles, 'assigned'),
        ]
      : []),
    ...(about.role
      ? [heldSection('Who has it', about.role.holders, 'assigned'), permissionSection(about.role.permissions)]
      : []),
    ...(about.application ? [useSection(about.application)] : []),
    ...(about.records ? [...about.records].map(([kind, listed]) => recordSection(kind, listed)) : []),
    {
      heading: 'Refers to',
      lines: about.refersTo.map(({ address, field }) => [address, field] as const),
      none: 'nothing',
    },
    {
      heading: 'Referred to by',
      lines: about.referredBy.map(({ address, field }) => [address, field] as const),
      none: 'nothing',
    },
    listedSection('History', about.history, 'no run changed it', runLine),
    // What was done to a person stands among their own events, where there are any.
    ...(about.records
      ? []
      : [
          listedSection('Recent events', about.events, 'none', ({ when, action, by }) => [
            when,
            `${action}${by === undefined ? '' : ` by ${by}`}`,
          ]),
        ]),
  ];
  return [
    ...headLines(about, look, paints),
    ...sections.flatMap((one) => sectionLines(one, look, paints, all)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function headLines(about: About, look: Look, paints: Paints): string[] {
  const { askedFor, owners, since, drift, created } = about;
  const asked =
    askedFor === undefined
      ? 'no blueprint'
      : `${askedFor.place}${askedFor.now ? '' : ' (as it was last applied)'}`;
  const owned =
    'lacks' in owners
      ? `not known: ${owners.lacks}`
      : owners.items
          .map(({ project, ownership }) => `project ${project}${ownership ? ` (${ownership})` : ''}`)
          .join(', ');
  const pairs: [string, string][] = [
    ['asked for by', asked],
    ['owned by', owned || 'nobody'],
    ...(since
      ? [['since', `run ${since.run}, ${since.when}, ${since.who}${commitText(since)}`] as [string, string]]
      : []),
    ...(created === undefined ? [] : [['created', created] as [string, string]]),
    ['drift', driftText(about)],
  ];
  const fields =
    drift.known && drift.verb !== undefined
      ? fieldLines({ verb: drift.verb, reasons: drift.reasons, fields: drift.fields }, look, paints)
      : [];
  return [
    paints.bold(visible(about.address)),
    ...pairs.map(([name, text]) => `  ${padded(name, 14)}${visible(text)}`),
    ...fields,
  ];
}

function driftText({ drift, askedFor }: About): string {
  if (!drift.known) return `not known: ${drift.why}`;
  if (drift.verb === undefined) return askedFor?.now ? 'none' : 'no blueprint describes it';
  const what = drift.verb === 'update' ? '' : `${drift.verb}: `;
  return `an apply would change it (${what}${drift.reasons.join(', ')})`;
}

function commitText({ revision }: RunAbout): string {
  return revision ? `, commit ${revision.commit.slice(0, 10)}` : '';
}

function runLine(run: RunAbout): [string, string] {
  const fields = run.fields.length > 0 ? ` ${run.fields.join(', ')}` : '';
  return [`run ${run.run}  ${run.when}`, `${run.verb}${fields}, ${run.who}${commitText(run)}`];
}

function attributeSection({ attributes }: About, all: boolean): Section {
  const shown = attributes.filter((one) => all || !one.isDefault);
  const folded = attributes.length - shown.length;
  const lines = shown.map(
    ({ name, value, secret }) => [name, secret ? '(secret)' : valueText(value)] as const,
  );
  const rest = folded > 0 ? [[`${folded} more as usual`] as const] : [];
  return { heading: 'Attributes', lines: [...lines, ...rest] };
}

function userSections({ active, superuser, groups, roles, permissions, applications }: UserAbout): Section[] {
  const state = [
    ...(active ? [] : [['not active, so it can do nothing'] as const]),
    ...(superuser
      ? [[`everything: a superuser through ${superuser.group}`, memberText(superuser)] as const]
      : []),
  ];
  const may = permissionSection(permissions);
  return [
    heldSection('Groups', groups, 'direct'),
    heldSection('Roles', roles, 'assigned'),
    { ...may, lines: [...state, ...may.lines], none: 'nothing' },
    applications
      ? {
          heading: 'Applications',
          lines: applications.map(({ address, answer, because }) => [
            address,
            answer === 'unknown' ? `cannot be known: ${because}` : because,
          ]),
          none: 'none',
        }
      : { heading: 'Applications', lines: [], none: 'not known: they could not be read' },
  ];
}

function memberText({ group, member }: NonNullable<UserAbout['superuser']>): string | undefined {
  return member === group ? undefined : `as a member of ${member}`;
}

function heldSection(heading: string, held: readonly Held[], direct: string): Section {
  return {
    heading,
    lines: held.map(({ address, through }) => [
      address,
      through === undefined ? direct : `inherited through ${through}`,
    ]),
    none: 'none',
  };
}

function permissionSection(permissions: readonly PermissionHeld[]): Section {
  return {
    heading: 'May do',
    lines: permissions.map(({ permission, object, through }) => [
      object === undefined ? permission : `${permission} on ${object}`,
      `through ${through}`,
    ]),
    none: 'nothing',
  };
}

function useSection({ anybody, users }: ApplicationAbout): Section {
  const { answer, because } = anybody;
  const everybody =
    answer === 'yes'
      ? ([['everybody', because]] as const)
      : answer === 'unknown'
        ? ([['anybody, perhaps', `cannot be known: ${because}`]] as const)
        : [];
  return {
    heading: 'Who can use it',
    lines: [
      ...everybody,
      ...users.map(
        (one) =>
          [
            one.address,
            `${one.answer === 'unknown' ? 'cannot be known: ' : ''}${one.because}${one.active ? '' : ' (not active)'}`,
          ] as const,
      ),
    ],
    none: 'nobody',
  };
}

const recordHeadings: Readonly<Record<RecordKind, string>> = {
  session: 'Sessions',
  consent: 'Consents',
  'access-token': 'Access tokens',
  'refresh-token': 'Refresh tokens',
  'app-token': 'Tokens and app passwords',
  authenticator: 'Authenticators',
  event: 'Recent events',
  invitation: 'Invitations made',
};

function recordSection(kind: RecordKind, listed: Listed<PersonRecord>): Section {
  return listedSection(recordHeadings[kind], listed, 'none', (record) => {
    const { id, what, when, lastUsed, from, expires, current } = record;
    const remarks = [
      when,
      lastUsed === undefined ? undefined : `last used ${lastUsed}`,
      from === undefined ? undefined : `from ${from}`,
      expires === undefined ? undefined : expires === null ? 'does not end' : `ends ${expires}`,
      current ? 'in use now' : undefined,
    ].filter((one) => one !== undefined);
    const name = kind === 'event' ? what : kind === 'invitation' ? id : `${what}  ${id}`;
    return [name, remarks.join(', ')];
  });
}

function listedSection<T>(
  heading: string,
  listed: Listed<T>,
  none: string,
  line: (one: T) => readonly [string, string?],
): Section {
  if ('lacks' in listed) return { heading, lines: [], none: listed.lacks };
  return { heading, lines: listed.items.map(line), none };
}

function sectionLines({ heading, lines, none }: Section, look: Look, paints: Paints, all: boolean): string[] {
  if (lines.length === 0) return none === undefined ? [] : ['', `${paints.bold(heading)}  ${visible(none)}`];
  const shown = all ? lines : lines.slice(0, longest);
  const safe = shown.map(([what, remark]) => [visible(what), remark && visible(remark)] as const);
  const widths = safe.map(([what]) => displayWidth(what)).filter((width) => width <= widestName);
  const column = Math.max(0, ...widths);
  return [
    '',
    paints.bold(heading),
    ...safe.map(([what, remark]) =>
      remark
        ? `  ${padded(what, column)}  ${cut(remark, Math.max(30, look.width - column - 4))}`
        : `  ${what}`,
    ),
    ...(lines.length > shown.length
      ? [`  … and ${lines.length - shown.length} more; -v or --json shows all`]
      : []),
  ];
}
