/** The sources in, the program as it is published out: it starts in half the time, and its threads need no loader. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program's `dist` folder, made once for all tests. */
    readonly dist: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Makes the program before the first test, and removes it after the last one. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'asbuilt-published-'));
  // Tests run it as other users, too.
  chmodSync(folder, 0o755);
  const dist = join(folder, 'dist');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join(root, 'src', name), 'utf8');
    const to = join(dist, name.replace(/ts$/, 'js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, ts.transpileModule(text, { compilerOptions }).outputText);
  }
  for (const name of ['package.json', 'node_modules', 'schemas', 'blueprints', 'docs'])
    symlinkSync(join(root, name), join(folder, name));
  project.provide('dist', dist);
  return () => rmSync(folder, { recursive: true, force: true });
}
