/** A count and a seed in; as many damaged and malicious blueprints out, made from the ones in `blueprints/`. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { pick, randomFrom } from '../scripts/generate.js';
import { rawAttacks } from './hostile-attacks.js';
import { costAttacks } from './hostile-costs.js';
import { entryAttacks } from './hostile-entries.js';

/** A file that a program must survive: report, never crash, hang or eat the memory. */
export interface HostileInput {
  /** Unique, with the attack first: `unknown-tag-17`. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Surely wrong, so at least one error must be reported. Others may or may not be valid. */
  readonly mustFail: boolean;
}

export type Random = () => number;

/** What an attack makes; undefined when it has nothing to work on in this text. */
export type Attempt = { readonly bytes: Buffer | string; readonly mustFail: boolean } | undefined;

/** Damages a valid text. */
export type Attack = (random: Random, text: string) => Attempt;

/** One thing to attack even where the folder has no blueprint in the entries form. */
const smallest = `version: 1
metadata:
  name: smallest
entries:
  - model: authentik_flows.flow
    id: flow
    identifiers:
      slug: smallest
    attrs:
      name: "Smallest"
      title: Smallest
      designation: enrollment
  - model: authentik_stages_user_login.userloginstage
    id: login
    identifiers:
      name: smallest-login
  - model: authentik_flows.flowstagebinding
    identifiers:
      target: !KeyOf flow
      stage: !KeyOf login
      order: 10
`;

/** The valid texts that are damaged: the smallest one and every file of `blueprints/`. */
export function validTexts(): string[] {
  const folder = new URL('../blueprints/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return [smallest, ...names.sort().map((name) => readFileSync(new URL(name, folder), 'utf8'))];
}

/**
 * Hostile inputs, all different, the same ones for the same count, seed and blueprints. Every attack has its
 * turn before one comes again, so a few dozen inputs cover them all.
 */
export function hostileInputs(count = 500, seed = 1): HostileInput[] {
  const random = randomFrom(seed);
  const texts = validTexts();
  const attacks = Object.entries({ ...rawAttacks, ...entryAttacks, ...costAttacks });
  const seen = new Set<string>(texts.map((text) => fingerprint(Buffer.from(text))));
  const inputs: HostileInput[] = [];
  // An attack without choices has only one result; the turns that bring nothing new are bounded, not the others.
  for (let turn = 0; inputs.length < count; turn++) {
    if (turn > (count + attacks.length) * 20) throw new Error(`only ${inputs.length} inputs could be made`);
    const [name, attack] = attacks[turn % attacks.length]!;
    const attempt = attack(random, pick(random, texts)) ?? attack(random, smallest);
    if (attempt === undefined) continue;
    const bytes = typeof attempt.bytes === 'string' ? Buffer.from(attempt.bytes) : attempt.bytes;
    const print = fingerprint(bytes);
    if (seen.has(print)) continue;
    seen.add(print);
    inputs.push({ name: `${name}-${inputs.length}`, bytes, mustFail: attempt.mustFail });
  }
  return inputs;
}

const prints = new WeakMap<Buffer, string>();

/** Tells one input from another. */
export function fingerprint(bytes: Buffer): string {
  let print = prints.get(bytes);
  if (print === undefined) prints.set(bytes, (print = createHash('sha256').update(bytes).digest('base64')));
  return print;
}
