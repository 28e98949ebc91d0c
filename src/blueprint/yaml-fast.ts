/** A file's text in, its tree out, by the events of js-yaml; nothing where another reader might see it differently. */
import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import type { Diagnostic } from '../diagnostic.js';
import type { Source } from '../source.js';
import type { ReadYaml } from './yaml.js';
import { blockScalarEnd, type TreeBuilder, treeBuilder } from './yaml-builder.js';

/** Characters that are refused, or that parsers have different opinions of. */
const doubtful = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|\r(?!\n)/;
/** Tags and names of anchors on whose extent everybody agrees. */
const simpleTag = /^![A-Za-z]\w*$/;
const simpleName = /^[\w-]+$/;
/** In a scalar of several lines or with escapes: tabs that may indent, big escapes, blank lines after an escaped break. */
const unusual = /\t|\\U|\\\r?\n *\r?\n/;
/** The end of a block scalar where the last lines have blanks and nothing else. */
const endsInBlanks = /\n[ \t]/;
/** How far a key's `:` may be from its first character. */
const longestKey = 1024;
/** How many different keys and tags are kept. */
const mostKept = 10_000;

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

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const hash = 35;
const comma = 44;
const dash = 45;
const colon = 58;
const greater = 62;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const bar = 124;
const closeBrace = 125;

/** A list or map that is open. */
interface Open {
  readonly type: 'sequence' | 'map';
  /** The bracket or brace that it ends with, if any. */
  readonly closing: number | undefined;
  /** It is a map, and a key comes next. */
  keyNext: boolean;
}

/**
 * Tells a builder of the events and works out what they leave unsaid: where block scalars, closing brackets and
 * empty values are. For that it looks at every character between them, and doubts what it does not expect.
 */
class EventWalk {
  /** What comes before is accounted for. */
  private cursor = 0;
  private readonly open: Open[] = [];
  /** Where the value of the last key stands if it is empty. */
  private emptyValueAt = 0;
  private inDoubt = false;
  /** Keys and tags come again and again: each is kept once. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly text: string,
    private readonly builder: TreeBuilder,
  ) {}

  /** Whether it came to the end without a doubt. Drops each event once told: they take as much memory as the tree. */
  walk(events: (Event | undefined)[]): boolean {
    for (let at = 0; at < events.length && !this.inDoubt; at++) {
      this.event(events[at]!, at === 0);
      events[at] = undefined;
    }
    this.skipTo(this.text.length);
    return events.length > 0 && !this.inDoubt;
  }

  private event(event: Event, first: boolean): void {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        if (event.valueStart === -1) this.emptyScalar(event);
        else this.scalar(event);
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        this.collection(event);
        break;
      case EVENT_ID.ALIAS:
        this.alias(event);
        break;
      case EVENT_ID.POP:
        if (this.open.length > 0) this.close();
        break;
      case EVENT_ID.DOCUMENT:
        if (!first || event.directives.length > 0) this.inDoubt = true;
        else if (event.explicitStart) this.documentMarker();
    }
  }

  /** Goes behind `---`, which has a line of its own. */
  private documentMarker(): void {
    const { text } = this;
    const at = this.gapEnd(text.length);
    this.cursor = this.afterBlanks(at + 3);
    const next = text.charCodeAt(this.cursor);
    if ((at > 0 && text[at - 1] !== '\n') || !(isSpace(next) || next === hash)) this.inDoubt = true;
  }

  private scalar(event: ScalarEvent): void {
    const { style, valueStart, valueEnd } = event;
    const { text } = this;
    if (this.open.length === 0) this.inDoubt = true;
    const isKey = this.takeTurn();
    const tagged = this.properties(event);
    const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    let start = quoted ? valueStart - 1 : valueStart;
    let end = quoted ? valueEnd + 1 : valueEnd;
    if (style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK) {
      start = this.gapEnd(valueStart);
      const sign = text.charCodeAt(start);
      if ((sign !== bar && sign !== greater) || start >= valueStart || isKey) this.inDoubt = true;
      end = blockScalarEnd(text, start, valueEnd);
      if (end <= valueStart || endsInBlanks.test(text.slice(end, valueEnd))) this.inDoubt = true;
    } else if (!event.fast && unusual.test(text.slice(start, end))) {
      this.inDoubt = true;
    }
    this.skipTo(start);
    this.cursor = end;
    let value = event.fast ? text.slice(valueStart, valueEnd) : getScalarValue(text, event);
    if (isKey) {
      value = this.kept(value);
      this.key(start, end, event.fast);
      if (tagged) this.inDoubt = true;
    }
    if (!tagged) {
      this.builder.scalar(value, style === SCALAR_STYLE.PLAIN, undefined, undefined, start, end);
    } else {
      const tag = this.tag(event);
      const from = tag === undefined ? start : event.tagStart;
      this.builder.scalar(value, style === SCALAR_STYLE.PLAIN, tag, this.anchor(event), from, end);
    }
  }

  /** Nothing is written for it: the value of a key or the item of a list. */
  private emptyScalar(event: ScalarEvent): void {
    const parent = this.open[this.open.length - 1];
    const isKey = this.takeTurn();
    if (!parent || isKey || event.tagStart !== -1 || event.anchorStart !== -1) {
      this.inDoubt = true;
      return;
    }
    let at = this.emptyValueAt;
    if (parent.type === 'sequence') {
      const indicator = this.text.indexOf('-', this.cursor);
      if (parent.closing !== undefined || indicator === -1) this.inDoubt = true;
      this.skipTo(indicator);
      at = this.afterBlanks(indicator + 1);
      this.cursor = at;
    }
    this.builder.scalar('', true, undefined, undefined, at, at);
  }

  private alias({ anchorStart, anchorEnd }: AliasEvent): void {
    const start = anchorStart - 1;
    const name = this.text.slice(anchorStart, anchorEnd);
    if (!simpleName.test(name)) this.inDoubt = true;
    const isKey = this.takeTurn();
    this.skipTo(start);
    this.cursor = anchorEnd;
    if (isKey) {
      this.key(start, anchorEnd, true);
      if (!isSpace(this.text.charCodeAt(this.cursor))) this.inDoubt = true;
    }
    this.builder.alias(name, start, anchorEnd);
  }

  private collection(event: MappingEvent | SequenceEvent): void {
    // A list or map as a key is an error; the other reader knows more to say about it.
    if (this.takeTurn()) this.inDoubt = true;
    const { start } = event;
    const tagged = this.properties(event);
    this.skipTo(start);
    const opening = this.text.charCodeAt(start);
    let closing: number | undefined;
    // The map of `[a: b]` is in flow style and has no braces.
    if (event.style === COLLECTION_STYLE.FLOW && (opening === openBracket || opening === openBrace)) {
      closing = opening === openBracket ? closeBracket : closeBrace;
      this.cursor = start + 1;
    }
    const isMap = event.type === EVENT_ID.MAPPING;
    this.open.push({ type: isMap ? 'map' : 'sequence', closing, keyNext: isMap });
    const tag = tagged ? this.tag(event) : undefined;
    const anchor = tagged ? this.anchor(event) : undefined;
    const from = tag === undefined ? start : event.tagStart;
    if (isMap) this.builder.openMap(tag, anchor, from);
    else this.builder.openSequence(tag, anchor, from);
  }

  private close(): void {
    const { closing } = this.open[this.open.length - 1]!;
    if (closing === undefined) {
      this.open.pop();
      this.builder.close(undefined);
      return;
    }
    const end = this.gapEnd(this.text.length) + 1;
    if (this.text.charCodeAt(end - 1) !== closing) this.inDoubt = true;
    this.cursor = end;
    this.open.pop();
    this.builder.close(end);
  }

  /** Whether the node that begins is a key. */
  private takeTurn(): boolean {
    const parent = this.open[this.open.length - 1];
    if (parent?.type !== 'map') return false;
    parent.keyNext = !parent.keyNext;
    return !parent.keyNext;
  }

  /** Goes behind a node's tag and anchor, if it has any. */
  private properties(event: ScalarEvent | MappingEvent | SequenceEvent): boolean {
    const { tagStart, tagEnd, anchorStart, anchorEnd } = event;
    if (tagStart === -1 && anchorStart === -1) return false;
    const tagFirst = anchorStart === -1 || (tagStart !== -1 && tagStart < anchorStart);
    for (const isTag of [tagFirst, !tagFirst]) {
      const start = isTag ? tagStart : anchorStart - 1;
      if (isTag ? tagStart === -1 : anchorStart === -1) continue;
      this.skipTo(start);
      this.cursor = isTag ? tagEnd : anchorEnd;
    }
    return true;
  }

  private tag({ tagStart, tagEnd }: ScalarEvent | MappingEvent | SequenceEvent): string | undefined {
    if (tagStart === -1) return undefined;
    const tag = this.kept(this.text.slice(tagStart, tagEnd));
    if (!simpleTag.test(tag)) this.inDoubt = true;
    return tag;
  }

  private anchor({ anchorStart, anchorEnd }: ScalarEvent | MappingEvent | SequenceEvent): string | undefined {
    if (anchorStart === -1) return undefined;
    const name = this.text.slice(anchorStart, anchorEnd);
    if (!simpleName.test(name)) this.inDoubt = true;
    return name;
  }

  /** Goes from the end of a key behind its `:`, which follows on the same line; only between braces it may be left out. */
  private key(start: number, end: number, oneLine: boolean): void {
    const { text } = this;
    const at = this.afterBlanks(end);
    if (!oneLine && text.slice(start, end).includes('\n')) this.inDoubt = true;
    if (text.charCodeAt(at) === colon) {
      if (at - start > longestKey) this.inDoubt = true;
      this.cursor = at + 1;
      this.emptyValueAt = this.afterBlanks(at + 1);
    } else {
      const { closing } = this.open[this.open.length - 1]!;
      const next = text.charCodeAt(at);
      if (closing === undefined || (next !== comma && next !== closing)) this.inDoubt = true;
      this.emptyValueAt = end;
    }
  }

  /** The one copy of a text. */
  private kept(text: string): string {
    const before = this.known.get(text);
    if (before !== undefined) return before;
    if (this.known.size < mostKept) this.known.set(text, text);
    return text;
  }

  /** Goes to a place, with nothing on the way but what may stand between two nodes. */
  private skipTo(place: number): void {
    if (this.gapEnd(place) !== place) this.inDoubt = true;
    this.cursor = place;
  }

  /** Where white space, comments and what separates the items of the innermost collection come to an end. */
  private gapEnd(limit: number): number {
    const { text } = this;
    const parent = this.open[this.open.length - 1];
    const separator = parent?.closing !== undefined ? comma : parent?.type === 'sequence' ? dash : space;
    let at = this.cursor;
    while (at < limit) {
      const character = text.charCodeAt(at);
      if (character === hash) at = this.lineEnd(at);
      else if (isSpace(character) || character === separator) at++;
      else break;
    }
    return at;
  }

  private lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at);
    return end === -1 ? this.text.length : end;
  }

  private afterBlanks(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === space) at++;
    return at;
  }
}

function isSpace(character: number): boolean {
  return character === space || character === lineFeed || character === carriageReturn;
}
