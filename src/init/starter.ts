/** The package in, the blueprints that a new repository starts with out. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TemplateFile } from './templates.js';

/** Those of the ready-made blueprints that stand on their own and touch no login. */
const starters = ['access.yaml', 'people.yaml', 'settings.yaml'];

const shipped = new URL('../../blueprints/', import.meta.url);

/** Where all ready-made blueprints are. */
export function shippedFolder(): string {
  return fileURLToPath(shipped);
}

/** The first blueprints, below `blueprints/`. */
export function starterFiles(): TemplateFile[] {
  return starters.map((name) => ({
    name: `blueprints/${name}`,
    text: readFileSync(new URL(name, shipped), 'utf8'),
  }));
}

/** The version of the program. */
export function programVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
