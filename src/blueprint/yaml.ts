/** A file's text in, its tree out, with everything that is wrong or surprising about it. */
import type { Diagnostic } from '../diagnostic.js';
import type { Source } from '../source.js';
import type { Tree } from './node.js';
import { readCarefully } from './yaml-careful.js';
import { readFast } from './yaml-fast.js';

/** A tree with what is wrong or surprising about it. */
export interface ReadYaml {
  readonly tree: Tree;
  readonly diagnostics: Diagnostic[];
}

/** Reads one YAML 1.1 document as PyYAML's SafeLoader would. Never throws; a file with syntax errors has no root. */
export function readYaml(source: Source): ReadYaml {
  return readFast(source) ?? readCarefully(source);
}
