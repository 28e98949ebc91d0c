/** Nothing in, the version of the program out. */
import { readFileSync } from 'node:fs';

/** The version in `package.json`, such as `0.1.0`. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
