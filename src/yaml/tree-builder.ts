/** Builds our tree from parser events, whichever parser they come from, and reports problems on the way. */

import type { DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { didYouMean, nearestSpelling } from '../diagnostic/did-you-mean.js';
import type { Place, Source } from '../diagnostic/source.js';
import { isOpen, isSecretKey, nameAlone } from '../secrets/open-keys.js';
import { blueprintTags, brokenTag } from './blueprint-tags.js';
import { allPairs, indexOfKey, type Keyed } from './keys.js';
import { MapNode, type Node, type Scalar, ScalarNode, SequenceNode } from './node.js';
import { resolveScalar, ScalarProblem, type Surprise, surpriseOf } from './scalars.js';

/** How deep lists and maps may be nested. */
export const deepest = 100;
/** How many values all aliases together may expand to. */
export const mostAliasedValues = 100_000;

/**
 * Takes a document event by event, in document order. Tags come as full names (`!Context`,
 * `tag:yaml.org,2002:str`); `start` is the offset of the tag where there is one, else of the value.
 */
export interface TreeBuilder {
  scalar(
    text: string,
    plain: boolean,
    tag: string | undefined,
    anchor: string | undefined,
    start: number,
    end: number,
  ): void;
  alias(name: string, start: number, end: number): void;
  openSequence(tag: string | undefined, anchor: string | undefined, start: number): void;
  openMap(tag: string | undefined, anchor: string | undefined, start: number): void;
  /** Ends the innermost open list or map: after its bracket or, without one, after its last item. */
  close(end: number | undefined): void;
  /** The root, or undefined when nothing was built or a limit was passed. */
  finish(): Node | undefined;
}

interface Frame extends Keyed {
  readonly type: 'sequence' | 'map';
  readonly tag: string | undefined;
  readonly set: boolean;
  readonly start: number;
  readonly anchored: Anchor | undefined;
  /** Of a list. */
  readonly items: Node[];
  /** The key whose value comes next. */
  key: ScalarNode | undefined;
  /** The next value belongs to `<<`, or to a key that was refused. */
  fate: 'keep' | 'merge' | 'drop';
  dynamic: boolean;
  /** How many values it holds, aliases expanded, itself included. */
  size: number;
  height: number;
}

interface Anchor {
  node: Node | undefined;
  readonly start: number;
  size: number;
  height: number;
}

const coreTag = 'tag:yaml.org,2002:';
const collectionTags = { sequence: `${coreTag}seq`, map: `${coreTag}map` };
const setTag = `${coreTag}set`;
/** YAML's own tags, which are known even where they do not fit the value. */
const elsewhere = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'timestamp', 'binary', 'seq', 'map', 'set'].map(
    (name) => coreTag + name,
  ),
);

/** The items of a map and the pairs of a list. */
const none: never[] = [];
const whitespace = new Set([9, 10, 13, 32]);

/** Where a text is, when it is only a part of the source. */
export interface Within {
  /** Offset of the text. */
  readonly base: number;
  /** How many lists and maps enclose it. */
  readonly depth: number;
}

/** A builder for one document. It gets offsets in the text, and gives offsets in the source. */
export function treeBuilder(
  source: Source,
  diagnostics: Diagnostic[],
  { base, depth }: Within = { base: 0, depth: 0 },
): TreeBuilder {
  const frames: Frame[] = [];
  const anchors = new Map<string, Anchor>();
  let root: Node | undefined;
  let abandoned = false;
  let aliasedValues = 0;
  /** Where the last scalar, alias or bracket ended. */
  let lastEnd = 0;

  const place = (start: number, end: number): Place => ({
    source,
    offset: start,
    length: Math.max(0, end - start),
  });
  const report = (
    code: DiagnosticCode,
    message: string,
    where: Place,
    more?: Parameters<typeof diagnose>[3],
  ): void => {
    diagnostics.push(diagnose(code, message, where, more));
  };
  const abandon = (code: DiagnosticCode, message: string, where: Place): void => {
    report(code, message, where);
    abandoned = true;
  };

  /** May the current value be a secret? Also below an unknown key, which may be a misspelt one. */
  const isHidden = (): boolean => {
    const keys = frames.flatMap(({ key }) => (key ? [key.text] : []));
    // The section is called like a secret attribute.
    if (keys.some((key, at) => isSecretKey(key) && !(at === 0 && key === 'settings'))) return true;
    const map = frames.findLast(({ type }) => type === 'map');
    return map?.key !== undefined && !isOpen(keys);
  };
  /** A text in backticks; `otherwise` where it may belong to a secret. */
  const shownHere = (text: string, otherwise: string): string =>
    isHidden() ? otherwise : `\`${short(text)}\``;

  /** Reports an unknown tag or alias. In the place of a secret it may be an unquoted secret, so it is not repeated. */
  const reportMeaningless = (
    code: DiagnosticCode,
    message: string,
    instead: string,
    where: Place,
    near: string | undefined,
  ): void => {
    if (isHidden()) {
      const help = 'If the value is just text, put it in quotes.';
      report(code, `the value begins with ${instead}`, where, { help: near ? `${near} ${help}` : help });
    } else report(code, message, where, { help: near });
  };

  function anchor(name: string | undefined, start: number): Anchor | undefined {
    if (name === undefined) return undefined;
    const before = anchors.get(name);
    if (before) {
      const shown = shownHere(`&${name}`, 'that this value begins with');
      report('yaml-syntax', `the anchor ${shown} is defined twice`, place(start, start + 1), {
        help: 'Give each anchor its own name; authentik refuses the file otherwise.',
        related: [{ place: place(before.start, before.start + 1), message: 'first defined here' }],
      });
    }
    const made: Anchor = { node: undefined, start, size: 1, height: 0 };
    anchors.set(name, made);
    return made;
  }

  /** The name of a blueprint tag, without `!`. */
  function blueprintTag(tag: string | undefined): string | undefined {
    if (tag === undefined || tag[0] !== '!') return undefined;
    const name = tag.slice(1);
    return blueprintTags.has(name) ? name : undefined;
  }

  /** Reports an unknown tag. Goes on with the one that it probably means, so that what is in it is read too. */
  function unknownTag(tag: string, start: number): string {
    const shown = tag.startsWith(coreTag) ? `!!${tag.slice(coreTag.length)}` : tag;
    const meant = nearestSpelling(shown.slice(1), blueprintTags);
    reportMeaningless(
      'yaml-unknown-tag',
      `unknown tag \`${short(shown)}\``,
      '`!`, which makes it an unknown tag',
      place(start, start + shown.length),
      meant === undefined ? undefined : `Did you mean \`!${meant}\`?`,
    );
    return meant ?? brokenTag;
  }

  function reportProblem({ code, message, help, about }: ScalarProblem, where: Place): void {
    const subject = about === undefined ? '' : `${shownHere(about, 'the value')} `;
    report(code, subject + message, where, { help });
  }

  function reportSurprise({ type, value, form }: Surprise, text: string, where: Place): void {
    const shown = isHidden() ? `the value is a ${type}` : `\`${short(text)}\` is the ${type} ${value}`;
    report('yaml-surprise', `${shown} in YAML 1.1${form}`, where);
  }

  function add(node: Node, size: number, height: number): void {
    const frame = frames[frames.length - 1];
    if (!frame) {
      root = node;
      return;
    }
    frame.size += size;
    if (height >= frame.height) frame.height = height + 1;
    if (node.dynamic) frame.dynamic = true;
    if (frame.type === 'sequence') frame.items.push(node);
    else if (frame.fate === 'merge') merge(frame, node);
    else if (frame.fate === 'drop') frame.fate = 'keep';
    else if (!frame.key) takeKey(frame, node);
    else addPair(frame, frame.key, node);
  }

  function takeKey(frame: Frame, node: Node): void {
    if (node.type === 'scalar') {
      frame.key = node;
      return;
    }
    report('wrong-type', 'a list or map cannot be a key', place(node.start, node.end), {
      help: 'Quote the key if text was meant: braces and brackets start maps and lists.',
    });
    frame.fate = 'drop';
  }

  function addPair(frame: Frame, key: ScalarNode, value: Node): void {
    frame.key = undefined;
    const { pairs } = frame;
    const before = key.tag ? -1 : indexOfKey(frame, key.value);
    if (before === -1) {
      pairs.push({ key, value });
      return;
    }
    const first = pairs[before]!.key;
    report(
      'yaml-duplicate-key',
      `the key ${shownHere(nameAlone(key.text), 'in this value')} is written twice`,
      place(key.start, key.end),
      {
        related: [{ place: place(first.start, first.end), message: 'first written here' }],
      },
    );
    pairs[before] = { key, value };
  }

  function merge(frame: Frame, node: Node): void {
    frame.fate = 'keep';
    const sources = node.type === 'sequence' && !node.tag ? [...node.items].reverse() : [node];
    frame.merged ??= [];
    for (const one of sources) {
      if (one.type === 'map' && !one.tag) {
        for (const pair of one.pairs) frame.merged.push(pair);
      } else {
        report('wrong-type', '`<<` must be a map or a list of maps', place(one.start, one.end));
      }
    }
  }

  function open(type: Frame['type'], tag: string | undefined, name: string | undefined, from: number): void {
    if (abandoned) return;
    const start = base + from;
    if (frames.length + depth >= deepest) {
      abandon(
        'yaml-too-deep',
        `lists and maps are nested more than ${deepest} levels deep`,
        place(start, start + 1),
      );
      return;
    }
    let ours = blueprintTag(tag);
    const set = type === 'map' && tag === setTag;
    if (tag !== undefined && tag !== '!' && !ours && !set && tag !== collectionTags[type]) {
      if (elsewhere.has(tag)) {
        const shown = `!!${tag.slice(coreTag.length)}`;
        report(
          'wrong-type',
          `\`${shown}\` is not valid for a ${type === 'map' ? 'map' : 'list'}`,
          place(start, start + shown.length),
        );
      } else {
        ours = unknownTag(tag, start);
      }
    }
    frames.push({
      type,
      tag: ours,
      set,
      start,
      anchored: anchor(name, start),
      items: type === 'sequence' ? [] : none,
      pairs: type === 'map' ? [] : none,
      key: undefined,
      fate: 'keep',
      merged: undefined,
      index: undefined,
      dynamic: ours !== undefined,
      size: 1,
      height: 1,
    });
  }

  return {
    scalar(text, plain, tag, name, from, to) {
      if (abandoned) return;
      const start = base + from;
      const end = base + to;
      lastEnd = end;
      let ours = blueprintTag(tag);
      const frame = frames[frames.length - 1];
      const asKey = frame?.type === 'map' && !frame.key && frame.fate === 'keep';
      if (asKey && plain && tag === undefined && text === '<<') {
        frame.fate = 'merge';
        return;
      }
      const anchored = anchor(name, start);
      let value: Scalar = text;
      if (ours === undefined && !(asKey && plain && text === '=')) {
        const resolved = resolveScalar(text, plain, tag);
        if (!(resolved instanceof ScalarProblem)) value = resolved;
        else if (resolved.code === 'yaml-unknown-tag') ours = unknownTag(tag!, start);
        else {
          reportProblem(resolved, place(start, end));
          if (!asKey) ours = brokenTag;
        }
        if (plain && tag === undefined && typeof value !== 'string') {
          const surprise = surpriseOf(text, value);
          if (surprise) reportSurprise(surprise, text, place(start, end));
        }
      }
      const node = new ScalarNode(start, end, ours, value, text, plain);
      if (anchored) anchored.node = node;
      add(node, 1, 0);
    },

    alias(name, from, to) {
      if (abandoned) return;
      const start = base + from;
      const end = base + to;
      lastEnd = end;
      const target = anchors.get(name);
      if (!target?.node) {
        if (target) {
          const shown = shownHere(`*${name}`, 'an alias');
          report('cycle', `${shown} is inside the value that it refers to`, place(start, end));
        } else {
          reportMeaningless(
            'yaml-unknown-alias',
            `there is no anchor \`&${short(name)}\` above`,
            '`*`, which makes it an alias, but there is no such anchor above',
            place(start, end),
            didYouMean(name, anchors.keys()),
          );
        }
        add(new ScalarNode(start, end, brokenTag, null, '', true), 1, 0);
        return;
      }
      aliasedValues += target.size;
      if (aliasedValues > mostAliasedValues) {
        abandon(
          'yaml-too-many-aliases',
          `aliases expand to more than ${mostAliasedValues.toLocaleString('en')} values`,
          place(start, end),
        );
      } else if (frames.length + depth + target.height > deepest) {
        abandon(
          'yaml-too-deep',
          `with this alias, lists and maps nest more than ${deepest} levels deep`,
          place(start, end),
        );
      } else {
        add(target.node, target.size, target.height);
      }
    },

    openSequence: (tag, name, start) => open('sequence', tag, name, start),
    openMap: (tag, name, start) => open('map', tag, name, start),

    close(bracketEnd) {
      if (abandoned) return;
      const frame = frames.pop()!;
      const end = bracketEnd === undefined ? lastEnd : base + bracketEnd;
      lastEnd = end;
      const { start, tag, dynamic } = frame;
      // Slices drop the spare capacity of arrays that grew.
      const node =
        frame.type === 'sequence'
          ? new SequenceNode(start, end, tag, dynamic, frame.items.slice())
          : new MapNode(start, end, tag, dynamic, allPairs(frame).slice(), frame.set);
      if (frame.anchored) Object.assign(frame.anchored, { node, size: frame.size, height: frame.height });
      add(node, frame.size, frame.height);
    },

    finish: () => (abandoned ? undefined : root),
  };
}

/** The end of the last line of a block scalar, without the empty lines below it. */
export function blockScalarEnd(text: string, start: number, end: number): number {
  let last = Math.min(end, text.length);
  while (last > start && whitespace.has(text.charCodeAt(last - 1))) last--;
  return last;
}

/** The start of a text, enough to recognise it. */
function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
