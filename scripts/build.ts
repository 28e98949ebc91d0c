/** Bundles the program into `dist/`: loading hundreds of small files takes longer than most commands do. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packages that stay outside: those with native code, and two large ones that only a watch loads, once in its life.
 * Everything else is inside.
 */
const outside = ['libsql', '@node-rs/argon2', 'undici', 'prom-client'];

const options: BuildOptions = {
  absWorkingDir: root,
  outbase: 'src',
  bundle: true,
  platform: 'node',
  // Not ESM: there every `import` runs at the start, here a module runs when it is first asked for.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'thisFile' },
  banner: { js: "const thisFile = require('url').pathToFileURL(__filename).href;" },
  // Licences of what is inside go along.
  legalComments: 'linked',
  logLevel: 'warning',
};

/** Writes the program into a folder, from nothing. Files lie as deep as in `src`, as they look for `schemas/` by that. */
export async function build(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([
    bundle({
      ...options,
      outdir: folder,
      entryPoints: ['src/cli.ts'],
      external: ['./commands/main.js'],
      target: 'node8',
    }),
    bundle({
      ...options,
      outdir: folder,
      entryPoints: ['src/commands/main.ts'],
      external: outside,
      target: 'node20',
    }),
  ]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  chmodSync(join(folder, 'cli.js'), 0o755);
}

/** Bundles a script of a test into a program that Node runs as it is. It finds `schemas/` two folders above. */
export async function buildScript(script: string, file: string): Promise<void> {
  await bundle({
    absWorkingDir: root,
    entryPoints: [script],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: outside,
    target: 'node20',
    // What is CommonJS inside asks for Node's own modules by it.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await build(join(root, 'dist'));
