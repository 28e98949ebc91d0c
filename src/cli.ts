#!/usr/bin/env node
/**
 * Starts the program. An old Node would fail on the first file of the rest with an error about syntax, so this file is
 * built for old ones, and says plainly which Node is needed before it loads anything.
 */

/** As `engines` in package.json has it. */
const needed = [20, 12] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const words = process.argv.slice(2);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `asbuilt needs Node ${needed.join('.')} or newer, and this is Node ${process.versions.node}: install a newer one.\n`,
  );
  process.exitCode = 1;
} else if (words[0] === '--version' || words[0] === '-V') {
  // Loads nothing else: editors and scripts ask for this often.
  import('node:fs').then(({ readFileSync }) => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    process.stdout.write(`${version}\n`);
  });
} else {
  import('./commands/main.js')
    .then(({ main }) => main(words))
    .then((exitCode) => {
      process.exitCode = exitCode;
    });
}
