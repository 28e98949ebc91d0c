/** Reads YAML with the `yaml` package, which is slow but finds and names every syntax problem. */

import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Source } from '../diagnostic/source.js';
import { explainSyntaxError, type YamlError } from './careful-errors.js';
import type { ReadYaml } from './node.js';
import { blockScalarEnd, deepest, type TreeBuilder, treeBuilder } from './tree-builder.js';

/** Characters that YAML does not allow: control characters other than tab and line breaks. */
const unprintable = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/g;
/** Most errors after the first are its consequences, so more would be noise. */
const mostErrors = 100;

/** Reads one document at one or two megabytes a second. Never throws; a file with syntax errors has no root. */
export function readCarefully(source: Source): ReadYaml {
  const diagnostics: Diagnostic[] = [];
  const without = { tree: { source, root: undefined }, diagnostics };
  for (const match of source.text.matchAll(unprintable)) {
    if (diagnostics.length === mostErrors) break;
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const help = 'Remove it, or write it as an escape in double quotes.';
    diagnostics.push(
      diagnose(
        'yaml-syntax',
        `the control character U+${code} is not allowed in YAML`,
        { source, offset: match.index, length: 1 },
        { help },
      ),
    );
  }
  if (diagnostics.length > 0) return without;

  let documents: Document.Parsed[];
  try {
    const parsed = parseDocuments(source.text);
    if ('tooDeep' in parsed) {
      diagnostics.push(tooDeep(source, parsed.tooDeep));
      return without;
    }
    documents = parsed.documents;
    const errors = [...parsed.errors, ...documents.flatMap((document) => document.errors)].filter(
      (error) => !isMistaken(error, source.text),
    );
    if (errors.length > 0) {
      diagnostics.push(...syntaxDiagnostics(source, errors));
      return without;
    }
  } catch (error) {
    // The parser handles any text, but its composer recurses for every level of nesting.
    diagnostics.push(
      error instanceof RangeError
        ? tooDeep(source, 0)
        : diagnose(
            'yaml-syntax',
            `the YAML parser gave up: ${error instanceof Error ? error.message : error}`,
            { source, offset: 0 },
          ),
    );
    return without;
  }

  const [document, second] = documents;
  if (second) {
    diagnostics.push(
      diagnose('yaml-multiple-documents', 'a second YAML document starts here', {
        source,
        offset: second.range[0],
        length: 3,
      }),
    );
  }
  const { contents } = document ?? {};
  if (!document || !contents || isNothing(contents)) return without;
  const builder = treeBuilder(source, diagnostics);
  new Walk(source.text, document, builder).node(contents);
  return { tree: { source, root: builder.finish() }, diagnostics };
}

type Parsed = { documents: Document.Parsed[]; errors: YamlError[] } | { tooDeep: number };

function parseDocuments(text: string): Parsed {
  const parser = new Parser();
  const composer = new Composer({
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    keepSourceTokens: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // The package creates an Error for each tag; without stack traces these are cheap.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return compose(text, parser, composer);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function compose(text: string, parser: Parser, composer: Composer): Parsed {
  const documents: Document.Parsed[] = [];
  // The stack also holds the document and a scalar.
  const fullStack = deepest + 2;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > fullStack) return { tooDeep: parser.offset };
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(false, text.length));
  return { documents, errors: composer.streamInfo().errors };
}

function tooDeep(source: Source, offset: number): Diagnostic {
  const message = `lists and maps are nested more than ${deepest} levels deep`;
  return diagnose('yaml-too-deep', message, { source, offset, length: 1 });
}

/** A false error of the package: it misses the line break before a comment that starts a line after the last value in braces. */
function isMistaken({ message, pos }: YamlError, text: string): boolean {
  return message.startsWith('Comments must be separated') && text[pos[0] - 1] === '\n';
}

function syntaxDiagnostics(source: Source, errors: YamlError[]): Diagnostic[] {
  const seen = new Set<number>();
  const diagnostics: Diagnostic[] = [];
  for (const error of errors.sort((one, other) => one.pos[0] - other.pos[0])) {
    const [offset, end] = error.pos;
    if (seen.has(offset) || diagnostics.length === mostErrors) continue;
    seen.add(offset);
    const place = { source, offset: Math.min(offset, source.text.length), length: Math.max(1, end - offset) };
    const { message, help } = explainSyntaxError(error);
    diagnostics.push(diagnose('yaml-syntax', message, place, { help }));
  }
  return diagnostics;
}

type Contents = Document.Parsed['contents'];

function isNothing(node: NonNullable<Contents>): boolean {
  return isScalar(node) && node.source === '' && node.type === 'PLAIN' && !node.tag && !node.anchor;
}

/** Walks a parsed document in order and feeds it to a builder. */
class Walk {
  private readonly tags: readonly { pos: [number, number] }[];
  private nextTag = 0;

  constructor(
    private readonly text: string,
    document: Document.Parsed,
    private readonly builder: TreeBuilder,
  ) {
    // The package drops the places of tags, except in its warnings about unknown tags.
    this.tags = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
  }

  node(node: NonNullable<Contents>): void {
    const { builder } = this;
    const [start, end] = node.range;
    if (isAlias(node)) {
      builder.alias(node.source, start, end);
    } else if (isScalar(node)) {
      const tag = node.tag || undefined;
      const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      const plain = node.type === 'PLAIN';
      const last = block ? blockScalarEnd(this.text, start, end) : end;
      builder.scalar(node.source ?? '', plain, tag, node.anchor, this.start(tag, start), last);
    } else if (isSeq(node)) {
      const tag = node.tag;
      builder.openSequence(tag, node.anchor, this.start(tag, start));
      for (const item of node.items) this.node(item as NonNullable<Contents>);
      builder.close(node.flow ? end : undefined);
    } else if (isMap(node)) {
      const tag = node.tag;
      builder.openMap(tag, node.anchor, this.start(tag, start));
      for (const { key, value } of node.items) {
        this.node(key as NonNullable<Contents>);
        if (value) this.node(value as NonNullable<Contents>);
        else {
          const at = (key as NonNullable<Contents>).range[1];
          builder.scalar('', true, undefined, undefined, at, at);
        }
      }
      builder.close(node.flow ? end : undefined);
    }
  }

  private start(tag: string | undefined, valueStart: number): number {
    if (!tag) return valueStart;
    let start = valueStart;
    for (; this.nextTag < this.tags.length; this.nextTag++) {
      const at = this.tags[this.nextTag]!.pos[0];
      if (at > valueStart) break;
      start = at;
    }
    return start;
  }
}
