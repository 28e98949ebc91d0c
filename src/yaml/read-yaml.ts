/** Reads a YAML file with the fastest reader that is sure of the result. */

import type { Source } from '../diagnostic/source.js';
import { readCarefully } from './careful.js';
import { doubtful, readFast } from './fast.js';
import type { ReadYaml } from './node.js';
import { layoutOf } from './split-layout.js';
import { readInChunks } from './split-read.js';

/** Files from this size on are read in pieces, to save memory. */
const large = 64 * 1024;

/** Reads one YAML 1.1 document as PyYAML's SafeLoader would. Never throws; a file with syntax errors has no root. */
export function readYaml(source: Source): ReadYaml {
  const { text } = source;
  const layout = text.length < large || doubtful.test(text) ? undefined : layoutOf(text);
  return (layout && readInChunks(source, layout)) ?? readWhole(source);
}

/** Reads a document in one piece. */
export function readWhole(source: Source): ReadYaml {
  return readFast(source) ?? readCarefully(source);
}
