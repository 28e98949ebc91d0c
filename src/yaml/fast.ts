/** Reads YAML with js-yaml, which is fast, and gives up on files that another parser might read differently. */

import { type Event, parseEvents } from 'js-yaml';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { EventWalk } from './fast-events.js';
import type { ReadYaml } from './node.js';
import { treeBuilder } from './tree-builder.js';

/** Characters that are refused, or that parsers treat differently. */
export const doubtful = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|\r(?!\n)/;

/**
 * Reads one document at some twenty megabytes a second. Gives the same tree and diagnostics as the careful reader, or
 * undefined when the syntax is wrong, or so unusual that the readers might differ.
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
