/** A file's text in, its tree out, by the js-yaml parser; nothing where another reader might see it differently. */

import { type Event, parseEvents } from 'js-yaml';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { EventWalk } from './fast-events.js';
import type { ReadYaml } from './node.js';
import { treeBuilder } from './tree-builder.js';

/** Characters that are refused, or that parsers have different opinions of. */
export const doubtful = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|\r(?!\n)/;

/**
 * Reads one document at some twenty megabytes a second. It gives the tree and the diagnostics that the careful
 * reader would give, or undefined: where the syntax is wrong, and where it is so unusual that this is in doubt.
 */
export function readFast(source: Source): ReadYaml | undefined {
  if (doubtful.test(source.text)) return undefined;
  let events: Event[];
  try {
    events = parseEvents(source.text, {});
  } catch {
    return undefined;
  }
  const diagnostics: Diagnostic[] = [];
  const builder = treeBuilder(source, diagnostics);
  if (!new EventWalk(source.text, builder).walk(events)) return undefined;
  return { tree: { source, root: builder.finish() }, diagnostics };
}
