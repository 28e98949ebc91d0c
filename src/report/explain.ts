/** Explains a topic: a diagnostic code, a kind, an attribute as `kind.attribute`, or the lists `kinds` and `codes`. */

import { codes, type DiagnosticCode } from '../diagnostic/codes.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { nearest } from '../diagnostic/did-you-mean.js';
import type { Catalogue, FieldFacts, KindFacts } from '../model/kinds.js';
import type { Json } from '../model/model.js';
import { schemaRules, typeText } from './schema-words.js';
import { displayWidth, type Look, type Paints, padded, paintsOf, visible, wrapped } from './terminal.js';

/** What a topic names. */
export type Topic =
  | { readonly type: 'code'; readonly code: DiagnosticCode }
  | { readonly type: 'kind'; readonly kind: KindFacts }
  | { readonly type: 'field'; readonly kind: KindFacts; readonly field: FieldFacts }
  | { readonly type: 'family'; readonly family: string; readonly members: readonly KindFacts[] }
  | { readonly type: 'kinds' }
  | { readonly type: 'codes' };

/** Finds what a topic names; a diagnostic with the nearest name when there is no such thing. */
export function topicOf(word: string, catalogue: Catalogue): Topic | Diagnostic {
  if (word === 'kinds') return { type: 'kinds' };
  if (word === 'codes') return { type: 'codes' };
  if (Object.hasOwn(codes, word)) return { type: 'code', code: word as DiagnosticCode };
  const kind = kindOf(word, catalogue);
  if (kind) return { type: 'kind', kind };
  const family = catalogue.familyModels.get(word.toLowerCase()) ?? word;
  const members = catalogue.families.get(family);
  if (members) return { type: 'family', family, members };
  const dot = word.lastIndexOf('.');
  const holder = dot > 0 ? kindOf(word.slice(0, dot), catalogue) : undefined;
  if (holder) return fieldOf(holder, word.slice(dot + 1));
  const near = nearest(word, [
    ...Object.keys(codes),
    ...catalogue.byName.keys(),
    ...catalogue.kinds.keys(),
    ...catalogue.families.keys(),
    'kinds',
    'codes',
  ]);
  return unknown(word, near);
}

function kindOf(word: string, { byName, kinds }: Catalogue): KindFacts | undefined {
  return byName.get(word.toLowerCase()) ?? kinds.get(word.toLowerCase());
}

function fieldOf(kind: KindFacts, name: string): Topic | Diagnostic {
  if (Object.hasOwn(kind.fields, name)) return { type: 'field', kind, field: kind.fields[name]! };
  const near = nearest(name, Object.keys(kind.fields));
  return unknown(`${kind.name}.${name}`, near === undefined ? undefined : `${kind.name}.${near}`);
}

function unknown(word: string, near: string | undefined): Diagnostic {
  const help = near === undefined ? undefined : `Did you mean \`${near}\`?`;
  return diagnose('unknown-topic', `unknown topic \`${word}\``, undefined, { help });
}

/** The explanation for people. Ends with a line break. */
export function explainText(topic: Topic, catalogue: Catalogue, look: Look): string {
  const paints = paintsOf(look);
  return `${linesOf(topic, catalogue, look, paints).join('\n')}\n`;
}

function linesOf(topic: Topic, catalogue: Catalogue, look: Look, paints: Paints): string[] {
  switch (topic.type) {
    case 'code': {
      const { severity, meaning, remedy } = codes[topic.code];
      return [
        `${paints.bold(topic.code)}  ${severity}`,
        '',
        ...wrapped(meaning, look.width),
        ...wrapped(remedy, look.width),
      ];
    }
    case 'codes':
      return table(
        Object.entries(codes).map(([code, { severity, meaning }]) => [code, severity, meaning]),
        look,
        paints,
      );
    case 'kind':
      return kindLines(topic.kind, nameIn(catalogue), look, paints);
    case 'field':
      return fieldLines(topic.kind, topic.field, nameIn(catalogue), look, paints);
    case 'family':
      return [
        `${paints.bold(topic.family)}  a family of kinds: a reference to it may name an object of any of them`,
        '',
        ...table(kindRows(topic.members), look, paints),
      ];
    case 'kinds':
      return table(
        kindRows([...catalogue.kinds.values()].sort((a, b) => (a.name < b.name ? -1 : 1))),
        look,
        paints,
      );
  }
}

type NameOf = (kind: string) => string;

/** Kinds by their short names, families as they are. */
function nameIn({ kinds }: Catalogue): NameOf {
  return (kind) => kinds.get(kind)?.name ?? kind;
}

function kindRows(kinds: readonly KindFacts[]): string[][] {
  return kinds.map((one) => [one.name, one.kind]);
}

function kindLines(kind: KindFacts, nameOf: NameOf, look: Look, paints: Paints): string[] {
  const families = kind.families.map((one) => one.family);
  const facts: readonly (readonly [string, string])[] = [
    ['key', kind.key.join(', ')],
    ['unique', kind.unique.map((one) => one.fields.join(' with ')).join('; ')],
    ['matched by', kind.match.join(', ')],
    ['families', families.join(', ')],
    ['id', `${kind.idName}, ${kind.idType === 'uuid' ? 'a UUID' : 'an integer'}`],
    ['part of', kind.partOf ?? ''],
    ['prune', kind.prune === 'delete' ? '' : kind.prune],
    ['remarks', remarksOf(kind).join('; ')],
    ['read-only', kind.readOnly.join(', ')],
  ];
  const present = facts.filter(([, text]) => text !== '');
  const rows = Object.values(kind.fields).map((field) => [
    field.name,
    typeText(field, { nameOf, room: Math.max(24, Math.floor(look.width * 0.35)) }),
    notesOf(field, nameOf).join(', '),
  ]);
  return [
    `${paints.bold(kind.name)}  ${kind.kind}`,
    '',
    ...present.flatMap(([name, text]) => labelled(name, text, look, paints)),
    '',
    paints.bold('attributes'),
    ...table(rows, look, paints),
    ...(kind.constraints.length === 0
      ? []
      : ['', paints.bold('rules'), ...kind.constraints.flatMap((one) => indented(one.message, look))]),
  ];
}

function remarksOf(kind: KindFacts): string[] {
  return [
    ...(kind.singleton ? ['there is exactly one; it can only be updated'] : []),
    ...(kind.meta ? ['orders blueprints; not an object'] : []),
    ...(kind.spends ? ['not created again once used or expired'] : []),
  ];
}

function fieldLines(
  kind: KindFacts,
  field: FieldFacts,
  nameOf: NameOf,
  look: Look,
  paints: Paints,
): string[] {
  const { reference } = field;
  const facts: readonly (readonly [string, string])[] = [
    ['type', typeText(field, { nameOf })],
    ['rules', schemaRules(field).join(', ')],
    ['default', field.default === undefined ? '' : visible(JSON.stringify(field.default))],
    [
      'refers to',
      reference ? `${nameOf(reference.to)} (when it is deleted: ${onDeleteWords[reference.onDelete]})` : '',
    ],
    ['notes', notesOf(field, nameOf, false).join(', ')],
  ];
  const description = typeof field.schema.description === 'string' ? field.schema.description : '';
  return [
    `${paints.bold(`${kind.name}.${field.name}`)}  attribute of ${kind.kind}`,
    ...(description === '' ? [] : ['', ...wrapped(visible(description.replace(/\s+/g, ' ')), look.width)]),
    '',
    ...facts.filter(([, text]) => text !== '').flatMap(([name, text]) => labelled(name, text, look, paints)),
  ];
}

const onDeleteWords: Readonly<Record<string, string>> = {
  cascade: 'this object goes with it',
  set_null: 'this becomes null',
  restrict: 'it is kept while this points to it',
  nothing: 'this stays',
};

/** What there is to say about an attribute in a few words, the most important first. */
function notesOf(field: FieldFacts, nameOf: NameOf, withDefault = true): string[] {
  const notes: string[] = [];
  if (field.retired !== undefined) notes.push(`retired: ${field.retired}`);
  if (field.required) notes.push('required');
  if (withDefault && field.default !== undefined && !isEmpty(field.default)) {
    notes.push(`default ${visible(JSON.stringify(field.default))}`);
  }
  if (field.secret) notes.push('secret');
  if (field.unreadable) notes.push('unreadable');
  if (field.computed) notes.push(field.computed === 'always' ? 'computed' : 'computed when omitted');
  if (field.set) notes.push(field.set === 'granted' ? 'set of what is granted here' : 'set');
  if (field.map) notes.push('owned key by key');
  if (field.exclusive !== undefined)
    notes.push(`only one object may hold ${JSON.stringify(field.exclusive)}`);
  if (field.inverseOf) notes.push(`other side of ${nameOf(field.inverseOf.kind)}.${field.inverseOf.field}`);
  if (field.aliasOf !== undefined) notes.push(`another name of ${field.aliasOf}`);
  if (field.blueprintOnly) notes.push('in blueprints only');
  return notes;
}

function isEmpty(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function labelled(name: string, text: string, look: Look, paints: Paints): string[] {
  const lines = wrapped(text, Math.max(30, look.width - 14));
  return lines.map((line, index) => `  ${paints.dim(padded(index === 0 ? name : '', 10))}  ${line}`);
}

function indented(text: string, look: Look): string[] {
  return wrapped(visible(text), look.width - 2).map((line) => `  ${line}`);
}

/** Rows with aligned columns; the last column is wrapped into the room that is left. */
function table(rows: readonly (readonly string[])[], look: Look, paints: Paints): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns - 1 }, (_, at) =>
    Math.max(0, ...rows.map((row) => displayWidth(row[at]!))),
  );
  const used = widths.reduce((sum, width) => sum + width + 2, 2);
  const room = look.width - used;
  return rows.flatMap((row) => {
    const head = widths.map((width, at) => padded(row[at]!, width)).join('  ');
    const last = row[columns - 1]!;
    if (room < 20 && last !== '') {
      const below = wrapped(last, look.width - 6).map((line) => `      ${paints.dim(line)}`);
      return [`  ${head}`.trimEnd(), ...below];
    }
    return wrapped(last, room).map((line, index) =>
      `  ${index === 0 ? head : ' '.repeat(displayWidth(head))}  ${paints.dim(line)}`.trimEnd(),
    );
  });
}

/** The explanation for machines. */
export function explainJson(topic: Topic, catalogue: Catalogue): Json {
  const data = (value: unknown) => JSON.parse(JSON.stringify(value)) as Json;
  switch (topic.type) {
    case 'code':
      return { version: 1, code: topic.code, ...codes[topic.code] };
    case 'codes':
      return { version: 1, codes: data(codes) };
    case 'kind':
      return { version: 1, kind: data(topic.kind) };
    case 'field':
      return { version: 1, kind: topic.kind.kind, field: data(topic.field) };
    case 'family':
      return { version: 1, family: topic.family, kinds: topic.members.map((one) => one.kind) };
    case 'kinds':
      return {
        version: 1,
        kinds: [...catalogue.kinds.values()].map(({ kind, name, key }) => data({ kind, name, key })),
      };
  }
}
