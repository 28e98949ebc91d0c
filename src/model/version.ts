/** Reads the program's version from package.json. */
import { readFileSync } from 'node:fs';

/** The version in `package.json`, such as `0.1.0`. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
