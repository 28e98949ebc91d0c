/** A directory in memory with the base of the cases in it, to which single cases are applied and taken back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReadBlueprints, readBlueprints } from '../../src/blueprint/read.js';
import { type Diagnostic, hasErrors } from '../../src/diagnostic/diagnostic.js';
import { catalogue, objectPermissions } from '../../src/model/kinds.js';
import { buildLiveModel } from '../../src/model/live-model.js';
import { type Attributes, isMap, type LiveObject, Ref, type Value } from '../../src/model/model.js';
import { hazardNames } from '../../src/plan/change.js';
import type { Store } from '../../src/reconcile/open-store.js';
import { applyLocked, planWith } from '../../src/reconcile/reconcile.js';
import type { Request } from '../../src/reconcile/request.js';
import { memoryStore } from '../contract/memory.js';
import { memoryLedger } from '../contract/memory-ledger.js';
import { request } from '../support/request.js';
import { baseTexts, type Case, defaults } from './cases.js';

/** An object as plain data: references as the address with an arrow before it. */
export type Shown = Readonly<Record<string, unknown>>;

/** What became of a blueprint. */
export interface Outcome {
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly failed: readonly { readonly address: string; readonly message: string }[];
  /** Objects by address: those that every case starts with, and those that are there in the end. */
  readonly base: ReadonlyMap<string, Shown>;
  readonly after: ReadonlyMap<string, Shown>;
  /** What a second plan would change; nothing when all is well. */
  readonly second: readonly string[];
}

const signal = new AbortController().signal;
const stances = Object.fromEntries(hazardNames.map((name) => [name, 'show' as const]));

/** Makes the base, and gives a function that tries cases on it. */
export async function worldOfCases(): Promise<(one: Case) => Promise<Outcome>> {
  const store = await memoryStore();
  const files = readdirSync(defaults).map((name) => readFileSync(join(defaults, name), 'utf8'));
  for (const text of [systemMappings, ...files, ...baseTexts()]) {
    const made = await applyText(store, text, {}, `base-${text.length}`);
    if (!made.ok)
      throw new Error(
        `the base cannot be made: ${JSON.stringify([made.diagnostics.filter((one) => one.severity === 'error').map((one) => [one.message, one.place?.offset]), made.failed])}`,
      );
  }
  const reset = store.remember();
  const base = await shownOf(store);
  return async (one) => {
    reset();
    const fresh = { ...store, ledger: memoryLedger() };
    const others = { ...store, ledger: memoryLedger() };
    const changed: Partial<Request> = { env: one.env ?? {}, contexts: one.context ? [one.context] : [] };
    for (const text of one.before ?? []) await applyText(others, text, changed);
    const made = await applyText(fresh, one.blueprint, changed);
    if (!made.ok) return { ...made, base, after: base, second: [] };
    const again = await planWith(requestFor(changed), reading(one.blueprint), withIdentity(fresh));
    const second = (again.plan?.changes ?? []).map(
      (change) => `${change.verb} ${change.ref.address} ${change.fields.map(({ field }) => field)}`,
    );
    return { ...made, base, after: await shownOf(fresh), second };
  };
}

type Memory = Pick<Awaited<ReturnType<typeof memoryStore>>, 'directory' | 'ledger' | 'transaction' | 'close'>;

function withIdentity(store: Memory): Store {
  const { directory, ledger } = store;
  return {
    directory,
    ledger,
    identity: 'memory',
    transaction: (work) => work({ directory, ledger }),
    close: async () => {},
  };
}

function requestFor(changed: Partial<Request>, project = 'default'): Request {
  return request({ paths: [], stances, project, unattended: true, ...changed });
}

function reading(text: string): ReadBlueprints {
  const source = { path: 'case.yaml', text, named: true };
  return readBlueprints(
    { sources: [source], diagnostics: [], unread: [], stamps: new Map() },
    signal,
    () => {},
  );
}

async function applyText(
  store: Memory,
  text: string,
  changed: Partial<Request>,
  project?: string,
): Promise<Pick<Outcome, 'ok' | 'diagnostics' | 'failed'>> {
  const made = await applyLocked(
    requestFor(changed, project),
    reading(text),
    withIdentity(store),
    async () => true,
  );
  const { ok, diagnostics, failed } = made;
  return { ok: ok && !hasErrors(diagnostics), diagnostics, failed };
}

async function shownOf({ directory }: Memory): Promise<Map<string, Shown>> {
  const objects = new Map<string, LiveObject[]>();
  for (const kind of directory.kinds) {
    const list: LiveObject[] = [];
    for await (const one of directory.list(kind, {}, signal)) list.push(one);
    objects.set(kind, list);
  }
  const live = buildLiveModel(objects);
  const shown = new Map<string, Shown>();
  for (const kind of live.kinds) {
    for (const one of live.all(kind)) shown.set(one.ref.address, plainOf(kind, one.attributes));
  }
  return shown;
}

function plainOf(kind: string, attributes: Attributes): Shown {
  const { fields } = catalogue().kinds.get(kind)!;
  const entries = Object.entries(attributes).filter(
    ([name, value]) => name !== objectPermissions || (Array.isArray(value) && value.length > 0),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [name, fields[name]?.set ? sortedList(plain(value)) : plain(value)]),
  );
}

/** A list whose order means nothing. */
export function sortedList(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value
    .map((one) => [JSON.stringify(one), one])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
}

function plain(value: Value): unknown {
  if (value instanceof Ref) return `→${value.address}`;
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value as Attributes).map(([key, inner]) => [key, plain(inner)]));
}

/** Stand-ins for those of authentik's system blueprints that its default blueprints and the cases refer to. */
const systemMappings = `version: 1
entries:
${['openid', 'email', 'profile', 'offline_access', 'entitlements', 'ak_proxy']
  .map(
    (name) => `  - model: authentik_providers_oauth2.scopemapping
    identifiers: {managed: ${name === 'ak_proxy' ? 'goauthentik.io/providers/proxy/scope-proxy' : `goauthentik.io/providers/oauth2/scope-${name}`}}
    attrs: {name: "system ${name}", scope_name: ${name}, expression: "return {}"}`,
  )
  .join('\n')}
`;
