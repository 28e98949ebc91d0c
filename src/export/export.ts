/** Writes a live model as blueprint files. Pure: it does no I/O. */
import { moveIntoSections } from '../convert/sections.js';
import { dataNode, fileText, listNode, mapNode, pairOf, textNode } from '../convert/yaml.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { append } from '../model/append.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type LiveResource, Ref } from '../model/model.js';
import { type Choice, choose, type LeftOut } from './choose.js';
import { entryFor, type Format, type Variable, type Writer } from './entry.js';
import { namesIn, targetsOf } from './names.js';
import type { Sources } from './origins.js';
import { subjectsIn } from './subjects.js';

export interface ExportedFile {
  /** File name with extension. */
  readonly name: string;
  readonly text: string;
  /** How many objects it describes. */
  readonly objects: number;
}

export interface Exported {
  readonly files: readonly ExportedFile[];
  readonly leftOut: readonly LeftOut[];
  /** What must be set in the environment before the files can be applied. */
  readonly variables: readonly Variable[];
  /** The values of those variables that the directory returned; for adopting only, never printed. */
  readonly known: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

const nothingKnown: Sources = { applied: new Map(), current: () => undefined };

/** The name of the file when there is only one. */
const onlyFile = 'directory';

/** Writes a live model as blueprints: one file for each subject, or one for everything. */
export function exportModel(
  live: LiveModel,
  choice: Choice & { readonly format: Format; readonly oneFile: boolean },
  sources: Sources = nothingKnown,
): Exported {
  const names = namesIn(live);
  const { chosen, leftOut } = choose(live, names, choice);
  const diagnostics = leftOut
    .filter((one) => one.why === 'nameless')
    .map((one) => diagnose('not-exported', `${one.address} ${one.message}`));
  const subjectOf = choice.oneFile ? () => onlyFile : subjectsIn(live);
  const bySubject = new Map<string, LiveResource[]>();
  for (const resource of chosen) append(bySubject, subjectOf(resource), resource);
  const known = new Map<string, string>();
  const writer: Writer = { live, names, sources, choice, diagnostics, variables: new Map(), known };
  const files = [...bySubject]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([subject, resources]) => fileOf(writer, subject, inOrder(live, resources)) ?? []);
  return { files, leftOut, variables: [...writer.variables.values()], known, diagnostics };
}

function fileOf(
  writer: Writer,
  subject: string,
  resources: readonly LiveResource[],
): ExportedFile | undefined {
  const earlier = writer.variables.size;
  const above = new Set<LiveResource>();
  const used = new Set<LiveResource>();
  const written = resources.map((resource) => {
    const map = entryFor(writer, resource, (target) => above.has(target) && used.add(target).has(target));
    above.add(resource);
    return { resource, map };
  });
  // A singleton that is as the directory makes it has nothing to say.
  const entries = written.filter(({ map }) => map.items.length > 1);
  if (entries.length === 0) return undefined;
  for (const [at, { resource, map }] of entries.entries()) {
    if (used.has(resource)) map.items.splice(1, 0, pairOf('id', textNode(resource.ref.address)));
    map.spaceBefore = at > 0;
  }
  const root = mapNode([
    ['version', dataNode(1)],
    ['metadata', mapNode([['name', textNode(subject)]])],
    ['entries', listNode(entries.map(({ map }) => map))],
  ]);
  if (writer.choice.format === 'sections') moveIntoSections(root);
  const variables = [...writer.variables.values()].slice(earlier);
  return { name: `${subject}.yaml`, text: fileText(root, toBeSet(variables)), objects: entries.length };
}

/** The comment that lists the variables of a file. */
function toBeSet(variables: readonly Variable[]): string[] {
  if (variables.length === 0) return [];
  const width = Math.max(...variables.map((one) => one.name.length));
  const lines = variables.map((one) => `  ${one.name.padEnd(width)}  ${one.field} of ${one.address}`);
  return [
    'Secrets, and what came from variables, stand in no file. Set these variables before applying:',
    ...lines,
  ];
}

/** Sorts referenced objects before those that refer to them, otherwise by kind and address; bindings by their `order`. */
function inOrder(live: LiveModel, resources: readonly LiveResource[]): LiveResource[] {
  const keys = new Map(resources.map((resource) => [resource, sortKey(resource)]));
  const sorted = (list: Iterable<LiveResource>): LiveResource[] =>
    [...list].filter((one) => keys.has(one)).sort((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : 1));
  const ordered = new Set<LiveResource>();
  const seen = new Set<LiveResource>();
  const visit = (resource: LiveResource): void => {
    if (seen.has(resource)) return;
    seen.add(resource);
    for (const target of sorted(targetsOf(live, resource))) visit(target);
    ordered.add(resource);
  };
  for (const resource of sorted(resources)) visit(resource);
  return [...ordered];
}

/** Sorts by kind, then by the object that it is part of, `order` and address. */
function sortKey({ kind, attributes, ref }: LiveResource): string {
  const { name, partOf, match } = catalogue().kinds.get(kind)!;
  const whole = partOf === undefined ? undefined : attributes[partOf];
  const order = match.includes('order') ? Number(attributes.order ?? 0) : 0;
  // Orders may be negative.
  const ordinal = String(order + 2 ** 31).padStart(11, '0');
  return [name, whole instanceof Ref ? whole.address : '', ordinal, ref.address].join('\0');
}
