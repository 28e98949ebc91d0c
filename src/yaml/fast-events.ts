/**
 * Feeds js-yaml's events to a tree builder. It works out the offsets that the events lack, and gives up where in
 * doubt.
 */
import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { blockScalarEnd, type TreeBuilder } from './tree-builder.js';

/** Tags and anchor names on whose extent all parsers agree. */
const simpleTag = /^![A-Za-z]\w*$/;
const simpleName = /^[\w-]+$/;
/** In a scalar of several lines or with escapes: tabs that may indent, big escapes, blank lines after an escaped break. */
const unusual = /\t|\\U|\\\r?\n *\r?\n/;
/** The end of a block scalar whose last lines are blank but not empty. */
const endsInBlanks = /\n[ \t]/;
/** How far a key's `:` may be from its start. */
const longestKey = 1024;
/** How many different keys and tags are kept. */
const mostKept = 10_000;

const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const hash = 35;
const comma = 44;
const dash = 45;
const colon = 58;
const greater = 62;
const questionMark = 63;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const bar = 124;
const closeBrace = 125;

type Tagged = ScalarEvent | MappingEvent | SequenceEvent;

/** How to read the events of a text. */
export interface WalkOptions {
  /** Keys and tags repeat, so each text is kept once, shared by all walks with the same map. */
  readonly known: Map<string, string>;
  /** The text is a part of a document, so anchors and aliases may relate to text outside of it. */
  readonly part: boolean;
}

/** A list or map that is open. */
interface Open {
  readonly type: 'sequence' | 'map';
  /** The bracket or brace that it ends with, if any. */
  readonly closing: number | undefined;
  /** It is a map, and a key comes next. */
  keyNext: boolean;
  /** It is not empty. */
  begun: boolean;
}

/**
 * Feeds events to a builder and works out what they lack: where block scalars, closing brackets and empty values are.
 * For that it looks at every character between events, and anything unexpected makes it give up.
 */
export class EventWalk {
  /** Everything before it is accounted for. */
  private cursor = 0;
  private readonly open: Open[] = [];
  /** The place of the last key's value, if that is empty. */
  private emptyValueAt = 0;
  private inDoubt = false;
  /** The next node must be on a new line. */
  private lineBreakDue = false;
  /** Line breaks in the last gap, all of them and those behind its last `-`. */
  private lineBreaks = 0;
  private lineBreaksBehindDash = 0;
  /** Line breaks between the `:` or `-` of the current node and what was read of it. */
  private linesBelow = 0;

  constructor(
    private readonly text: string,
    private readonly builder: TreeBuilder,
    private readonly options: WalkOptions = { known: new Map(), part: false },
  ) {}

  /** True when it got to the end without doubt. Drops each event when done: they take as much memory as the tree. */
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
        this.expect(first && event.directives.length === 0);
        if (event.explicitStart) this.documentMarker();
    }
  }

  /** Skips `---`, which has a line of its own. */
  private documentMarker(): void {
    const { text } = this;
    const at = this.gapEnd(text.length);
    this.cursor = this.afterBlanks(at + 3);
    const next = text.charCodeAt(this.cursor);
    this.expect((at === 0 || text[at - 1] === '\n') && (isSpace(next) || next === hash));
  }

  private scalar(event: ScalarEvent): void {
    const { style, fast, valueStart, valueEnd } = event;
    const { text } = this;
    const parent = this.open[this.open.length - 1];
    this.expect(parent !== undefined);
    const isKey = this.takeTurn();
    this.properties(event);
    const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    let start = quoted ? valueStart - 1 : valueStart;
    let end = quoted ? valueEnd + 1 : valueEnd;
    if (style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK) {
      start = this.gapEnd(valueStart);
      end = blockScalarEnd(text, start, valueEnd);
      const sign = text.charCodeAt(start);
      this.expect(!isKey && (sign === bar || sign === greater));
      this.expect(end > valueStart && !endsInBlanks.test(text.slice(end, valueEnd)));
    } else if (!fast) {
      this.expect(!unusual.test(text.slice(start, end)));
    }
    const first = text.charCodeAt(start);
    this.expect(first !== colon && first !== questionMark);
    this.skipTo(start);
    // An empty line or a comment between a key and its text makes the `yaml` package read on too far.
    this.expect(isKey || parent?.closing !== undefined || this.linesBelow <= 1);
    this.cursor = end;
    let value = fast ? text.slice(valueStart, valueEnd) : getScalarValue(text, event);
    if (isKey) {
      value = this.kept(value);
      this.expect(event.tagStart === -1 && event.anchorStart === -1);
      this.expect(fast || !text.slice(start, end).includes('\n'));
      this.key(start);
    }
    const tag = this.tag(event);
    const from = tag === undefined ? start : event.tagStart;
    this.builder.scalar(value, style === SCALAR_STYLE.PLAIN, tag, this.anchor(event), from, end);
  }

  /** An empty value of a key or item of a list. */
  private emptyScalar({ tagStart, anchorStart }: ScalarEvent): void {
    const parent = this.open[this.open.length - 1];
    const isKey = this.takeTurn();
    this.expect(parent !== undefined && !isKey && tagStart === -1 && anchorStart === -1);
    let at = this.emptyValueAt;
    if (parent?.type === 'sequence') {
      const indicator = this.text.indexOf('-', this.cursor);
      this.expect(parent.closing === undefined && indicator !== -1);
      // A `-` as the very last character may be read as the end of a text before it.
      this.expect(indicator + 1 < this.text.length);
      this.skipTo(indicator);
      at = this.afterBlanks(indicator + 1);
      this.cursor = at;
    }
    this.builder.scalar('', true, undefined, undefined, at, at);
  }

  private alias({ anchorStart, anchorEnd }: AliasEvent): void {
    const start = anchorStart - 1;
    const name = this.text.slice(anchorStart, anchorEnd);
    this.expect(simpleName.test(name) && !this.options.part);
    const isKey = this.takeTurn();
    this.skipTo(start);
    this.cursor = anchorEnd;
    if (isKey) {
      this.key(start);
      this.expect(isSpace(this.text.charCodeAt(this.cursor)));
    }
    this.builder.alias(name, start, anchorEnd);
  }

  private collection(event: MappingEvent | SequenceEvent): void {
    const { start } = event;
    // A list or map as a key is an error, which the careful reader explains better.
    this.expect(!this.takeTurn());
    this.properties(event);
    this.skipTo(start);
    const opening = this.text.charCodeAt(start);
    let closing: number | undefined;
    // In `[a: b]` the map is in flow style but has no braces.
    if (event.style === COLLECTION_STYLE.FLOW && (opening === openBracket || opening === openBrace)) {
      closing = opening === openBracket ? closeBracket : closeBrace;
      this.cursor = start + 1;
    }
    const isMap = event.type === EVENT_ID.MAPPING;
    this.open.push({ type: isMap ? 'map' : 'sequence', closing, keyNext: isMap, begun: false });
    const tag = this.tag(event);
    const from = tag === undefined ? start : event.tagStart;
    if (isMap) this.builder.openMap(tag, this.anchor(event), from);
    else this.builder.openSequence(tag, this.anchor(event), from);
  }

  private close(): void {
    const { closing } = this.open[this.open.length - 1]!;
    if (closing !== undefined) {
      const at = this.gapEnd(this.text.length);
      this.expect(this.text.charCodeAt(at) === closing);
      this.cursor = at + 1;
    }
    this.open.pop();
    this.builder.close(closing === undefined ? undefined : this.cursor);
  }

  /** Is the node that begins a key? */
  private takeTurn(): boolean {
    const parent = this.open[this.open.length - 1];
    if (!parent) return false;
    const isKey = parent.keyNext;
    this.linesBelow = 0;
    // Not every parser requires it.
    if (parent.closing === undefined && (isKey || parent.type === 'sequence'))
      this.lineBreakDue = parent.begun;
    parent.begun = true;
    if (parent.type === 'map') parent.keyNext = !isKey;
    return isKey;
  }

  /** Skips a node's tag and anchor, if any. */
  private properties({ tagStart, tagEnd, anchorStart, anchorEnd }: Tagged): void {
    const anchorFirst = anchorStart !== -1 && anchorStart < tagStart;
    if (anchorFirst) this.property(anchorStart - 1, anchorEnd);
    if (tagStart !== -1) this.property(tagStart, tagEnd);
    if (anchorStart !== -1 && !anchorFirst) this.property(anchorStart - 1, anchorEnd);
  }

  private property(start: number, end: number): void {
    this.skipTo(start);
    this.cursor = end;
    this.expect(isSpace(this.text.charCodeAt(end)));
  }

  private tag({ tagStart, tagEnd }: Tagged): string | undefined {
    if (tagStart === -1) return undefined;
    const tag = this.kept(this.text.slice(tagStart, tagEnd));
    this.expect(simpleTag.test(tag));
    return tag;
  }

  private anchor({ anchorStart, anchorEnd }: Tagged): string | undefined {
    if (anchorStart === -1) return undefined;
    const name = this.text.slice(anchorStart, anchorEnd);
    this.expect(simpleName.test(name) && !this.options.part);
    return name;
  }

  /** Skips the `:` after a key, which is on the same line; only between braces it may be missing. */
  private key(start: number): void {
    const at = this.afterBlanks(this.cursor);
    const next = this.text.charCodeAt(at);
    if (next === colon) {
      this.expect(at - start <= longestKey);
      this.cursor = at + 1;
      this.emptyValueAt = this.afterBlanks(at + 1);
    } else {
      const { closing } = this.open[this.open.length - 1]!;
      this.expect(closing !== undefined && (next === comma || next === closing));
      this.emptyValueAt = this.cursor;
    }
  }

  private expect(usual: boolean): void {
    if (!usual) this.inDoubt = true;
  }

  /** The one copy of a text. */
  private kept(text: string): string {
    const { known } = this.options;
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size < mostKept) known.set(text, text);
    return text;
  }

  /** Skips to a place; gives up if there is anything on the way that cannot be between two nodes. */
  private skipTo(place: number): void {
    this.expect(this.gapEnd(place) === place);
    this.expect(this.lineBreaks > 0 || !this.lineBreakDue);
    this.lineBreakDue = false;
    this.linesBelow += this.lineBreaksBehindDash;
    this.cursor = place;
  }

  /** The end of the white space, comments and separators from here. */
  private gapEnd(limit: number): number {
    const { text } = this;
    const parent = this.open[this.open.length - 1];
    const separator = parent?.closing !== undefined ? comma : parent?.type === 'sequence' ? dash : space;
    let at = this.cursor;
    this.lineBreaks = 0;
    this.lineBreaksBehindDash = 0;
    while (at < limit) {
      const character = text.charCodeAt(at);
      if (character === hash) at = this.lineEnd(at);
      else if (isSpace(character) || character === separator) at++;
      else break;
      if (character === lineFeed) {
        this.lineBreaks++;
        this.lineBreaksBehindDash++;
      } else if (character === dash) {
        this.lineBreaksBehindDash = 0;
      }
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
