/** Reads the ready-made blueprints that a new repository starts with. */
import { readdirSync, readFileSync } from 'node:fs';
import type { TemplateFile } from './init-templates.js';

const shipped = new URL('../../blueprints/', import.meta.url);

/** The ready-made blueprints, below `blueprints/`. They belong together: what one looks up, another describes. */
export function starterFiles(): TemplateFile[] {
  return readdirSync(shipped)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name: `blueprints/${name}`, text: readFileSync(new URL(name, shipped), 'utf8') }));
}
