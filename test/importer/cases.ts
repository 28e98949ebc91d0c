/** Small blueprints with what authentik's own importer made of them, where they lie beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../src/model/model.js';

/** An object that authentik made or changed; references are the address with an arrow before it. */
export interface TheirObject {
  readonly kind: string;
  readonly attrs: Readonly<Record<string, Json>>;
}

/** One blueprint and authentik's answer to it. */
export interface Case {
  readonly id: string;
  readonly blueprint: string;
  /** Blueprints that were applied first. */
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, Json>>;
  readonly authentik: {
    readonly ok: boolean;
    readonly errors?: readonly string[];
    readonly objects?: {
      readonly objects: Readonly<Record<string, TheirObject>>;
      readonly deleted: readonly string[];
    };
  };
}

const shared = resolve(fileURLToPath(new URL('../../../shared', import.meta.url)));

/** The file of cases; `IMPORTER_CASES` names another one. Undefined where there is none. */
export const casesFile = [process.env.IMPORTER_CASES, join(shared, 'cases/importer/cases.jsonl')].find(
  (path): path is string => path !== undefined && existsSync(path),
);

/** The cases, of a long file only every `each`-th. */
export function readCases(file: string, each = 1): Case[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.filter((_, at) => at % each === 0).map((line) => JSON.parse(line) as Case);
}

/** Blueprints that make the objects that the cases refer to, in order. */
export function baseTexts(): string[] {
  const folders = [join(shared, 'cases/importer')];
  const files = ['base-extra.yaml', 'fix.yaml'].map((name) => join(folders[0]!, name));
  return files.map((file) => readFileSync(file, 'utf8'));
}

/** The folder of authentik's default blueprints. */
export const defaults = join(dirname(shared), 'shared/corpus/authentik/default');
