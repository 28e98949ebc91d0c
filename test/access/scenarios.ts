/** A directory that people can sign in to, in the compact form, and what a plan from one text to another would find. */
import { compareAccess } from '../../src/access/compare.js';
import type { Changed, Finding } from '../../src/access/findings.js';
import type { Address, Ref } from '../../src/model/model.js';
import { type TestWorld, type WorldOptions, worldOf } from './worlds.js';

/** Parts of the directory that a scenario writes otherwise. */
export interface Parts {
  readonly groups?: string;
  readonly users?: string;
  readonly roles?: string;
  /** Policies, as entries. */
  readonly policies?: string;
  /** Attributes of the login flow. */
  readonly login?: string;
  /** The stages of the login flow, one a line. */
  readonly stages?: string;
  /** Other flows. */
  readonly flows?: string;
  readonly applications?: string;
  readonly brands?: string;
  /** Sections besides. */
  readonly more?: string;
}

export const stages = {
  name: '- identification: {user_fields: [username, email]}',
  password: '- password: {backends: [authentik.core.auth.InbuiltBackend]}',
  login: '- user_login',
} as const;

const usual = `${stages.name}\n${stages.password}\n${stages.login}`;

const usualGroups = `
admins: {is_superuser: true}
company: {}
staff: {parents: [company]}
interns: {parents: [staff]}
partners: {}`;

const usualUsers = `
root: {name: Root, email: root@example.org, password: a-secret, groups: [admins]}
ada: {name: Ada, email: ada@example.org, password: a-secret, groups: [staff]}
ida: {name: Ida, email: ida@example.org, password: a-secret, groups: [interns]}
bob: {name: Bob, email: bob@example.org, password: a-secret, groups: [partners]}`;

function indented(text: string, by: number): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `${' '.repeat(by)}${line}`)
    .join('\n');
}

/** The text of a directory. */
export function directory(parts: Parts = {}): string {
  const section = (name: string, text: string | undefined): string =>
    text ? `${name}:\n${indented(text, 2)}\n` : '';
  return `version: 1
${section('groups', parts.groups ?? usualGroups)}${section('users', parts.users ?? usualUsers)}${section('roles', parts.roles)}${section('entries', parts.policies)}flows:
  login:
    title: Welcome
    designation: authentication
${parts.login ? indented(parts.login, 4) : ''}
    stages:
${indented(parts.stages ?? usual, 6)}
${parts.flows ? indented(parts.flows, 2) : ''}
${section('applications', parts.applications)}settings:
  brands:
${indented(parts.brands ?? 'id.example.org: {default: true, flow_authentication: login}', 4)}
${parts.more ?? ''}`;
}

/** An entry of a policy. */
export function expression(name: string, body: string): string {
  return `- model: authentik_policies_expression.expressionpolicy
  identifiers: {name: ${name}}
  attrs: {expression: ${JSON.stringify(body)}}
`;
}

export function dummy(name: string, result: boolean): string {
  return `- model: authentik_policies_dummy.dummypolicy
  identifiers: {name: ${name}}
  attrs: {result: ${result}}
`;
}

/** What a plan from one directory to another would find, each as `hazard: sentence`. */
export interface Planned {
  readonly before: TestWorld;
  readonly after: TestWorld;
  readonly changed: readonly Changed[];
  readonly findings: readonly Finding[];
  readonly lines: readonly string[];
}

export interface PlanOptions {
  readonly before?: WorldOptions;
  readonly after?: WorldOptions;
  readonly account?: Address;
}

/** Compares two directories as a plan would; accounts are known by their addresses in both. */
export function planned(
  from: string,
  to: string,
  { before: b, after: a, account }: PlanOptions = {},
): Planned {
  const refs = new Map<Address, Ref>();
  const before = worldOf([from], { ...b, refs, old: () => true });
  const after = worldOf([to], { ...a, refs, old: (ref) => before.attributes(ref) !== undefined });
  for (const { errors } of [before, after]) if (errors.length > 0) throw new Error(errors.join('\n'));
  const changed = changesBetween(before, after);
  const findings = compareAccess({
    before,
    after,
    changed,
    account: account ? before.ref(account) : undefined,
  });
  for (const { causes, sentence } of findings) {
    if (causes.length === 0) throw new Error(`no change explains: ${sentence}`);
    if (!causes.every((one) => changed.some(({ ref }) => ref === one)))
      throw new Error(`something that does not change is blamed for: ${sentence}`);
  }
  const lines = findings.map((one) => `${one.hazard}: ${one.sentence}`);
  return { before, after, changed, findings, lines };
}

function changesBetween(before: TestWorld, after: TestWorld): Changed[] {
  const changed: Changed[] = [];
  for (const ref of after.refs) {
    const [was, is] = [before.attributes(ref), after.attributes(ref)!];
    if (!was) changed.push({ ref, verb: 'create' });
    else {
      const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
      const fields = names.filter((name) => shown(was[name]) !== shown(is[name]));
      if (fields.length > 0) changed.push({ ref, verb: 'update', fields: new Set(fields) });
    }
  }
  for (const ref of before.refs) if (!after.attributes(ref)) changed.push({ ref, verb: 'delete' });
  return changed;
}

function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_, one) =>
      one && typeof one === 'object' && 'serial' in one ? one.address : one,
    ) ?? ''
  );
}
