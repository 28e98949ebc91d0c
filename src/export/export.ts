/** The live model in, blueprint files that describe it out. Pure: nothing is written or asked. */

import { moveIntoSections } from '../convert/sections.js';
import { dataNode, fileText, listNode, mapNode, textNode, type YamlNode } from '../convert/yaml.js';
import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import { catalogue } from '../model/kinds.js';
import type { LiveModel } from '../model/live-model.js';
import { type LiveResource, Ref } from '../model/model.js';
import { referencesIn } from '../plan/order.js';
import { type Choice, choose, type LeftOut } from './choose.js';
import { entryFor, idOf, type Variable, type Writer } from './entry.js';
import { namesIn } from './names.js';
import { subjectsIn } from './subjects.js';

/** How files are written: authentik's entries, or our compact form for what has one. */
export type Format = 'sections' | 'entries';

export interface ExportedFile {
  /** Its name, with the ending. */
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
  /** What those variables must hold, as far as the directory tells; for adopting only, never printed. */
  readonly known: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The name of the file when there is only one. */
const onlyFile = 'directory';

/** Writes what is live as blueprints: one file for each subject, or one for all. */
export function exportModel(
  live: LiveModel,
  choice: Choice & { readonly format: Format; readonly oneFile: boolean },
): Exported {
  const names = namesIn(live);
  const { chosen, leftOut } = choose(live, names, choice);
  const diagnostics = leftOut
    .filter((one) => one.why === 'nameless')
    .map((one) => diagnose('not-exported', `${one.address} ${one.message}`));
  const subjectOf = choice.oneFile ? () => onlyFile : subjectsIn(live);
  const bySubject = new Map<string, LiveResource[]>();
  for (const resource of chosen) {
    const subject = subjectOf(resource);
    const list = bySubject.get(subject);
    if (list) list.push(resource);
    else bySubject.set(subject, [resource]);
  }
  const taken = new Set<string>();
  const known = new Map<string, string>();
  const variables: Variable[] = [];
  const files: ExportedFile[] = [];
  for (const [subject, resources] of [...bySubject].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const byFamily = choice.format === 'sections';
    const writer: Writer = {
      live,
      names,
      choice: { ...choice, byFamily },
      diagnostics,
      variables: [],
      taken,
      known,
    };
    const file = fileOf(writer, subject, inOrder(live, resources), choice.format);
    variables.push(...writer.variables);
    if (file) files.push(file);
  }
  return { files, leftOut, variables, known, diagnostics };
}

function fileOf(
  writer: Writer,
  subject: string,
  resources: readonly LiveResource[],
  format: Format,
): ExportedFile | undefined {
  const above = new Set<LiveResource>();
  const used = new Set<LiveResource>();
  const written = resources.map((resource) => {
    const entry = entryFor(writer, resource, (target) => above.has(target) && used.add(target).has(target));
    above.add(resource);
    return entry;
  });
  // A singleton that is as the directory makes it has nothing to say.
  const entries = written.filter(({ pairs }) => pairs.length > 1);
  if (entries.length === 0) return undefined;
  const nodes = entries.map(({ resource, pairs: [model, ...rest] }) => {
    const id: [string, YamlNode][] = used.has(resource) ? [['id', textNode(idOf(resource))]] : [];
    return mapNode([model!, ...id, ...rest]);
  });
  for (const node of nodes.slice(1)) node.spaceBefore = true;
  const root = mapNode([
    ['version', dataNode(1)],
    ['metadata', mapNode([['name', textNode(subject)]])],
    ['entries', listNode(nodes)],
  ]);
  const name = `${subject}.yaml`;
  if (format === 'sections') moveIntoSections(root);
  return { name, text: fileText(root, toBeSet(writer.variables)), objects: entries.length };
}

/** The comment that lists the variables of a file. */
function toBeSet(variables: readonly Variable[]): string[] {
  if (variables.length === 0) return [];
  const width = Math.max(...variables.map((one) => one.name.length));
  const lines = variables.map((one) => `  ${one.name.padEnd(width)}  ${one.field} of ${one.address}`);
  return ['Secrets stand in no file. Set these variables before applying:', ...lines];
}

/** What others refer to comes before them, else by kind and address; bindings in the order in which they take effect. */
function inOrder(live: LiveModel, resources: readonly LiveResource[]): LiveResource[] {
  const { kinds } = catalogue();
  const keys = new Map(
    resources.map((resource) => {
      const { partOf, match } = kinds.get(resource.kind)!;
      const whole = partOf === undefined ? undefined : resource.attributes[partOf];
      const order = match.includes('order') ? Number(resource.attributes.order ?? 0) : 0;
      const kind = resource.ref.address.slice(0, resource.ref.address.indexOf('/'));
      return [
        resource,
        [kind, whole instanceof Ref ? whole.address : '', order, resource.ref.address],
      ] as const;
    }),
  );
  const sorted = [...resources].sort((a, b) => compare(keys.get(a)!, keys.get(b)!));
  const within = new Set(sorted);
  const seen = new Set<LiveResource>();
  const ordered: LiveResource[] = [];
  const visit = (resource: LiveResource): void => {
    if (seen.has(resource)) return;
    seen.add(resource);
    const { fields } = kinds.get(resource.kind)!;
    for (const [name, value] of Object.entries(resource.attributes)) {
      if (!fields[name]?.reference || fields[name].inverseOf) continue;
      const targets = [...referencesIn(value)]
        .map((ref) => live.of(ref))
        .filter((one) => one && within.has(one));
      for (const target of targets.sort((a, b) => compare(keys.get(a!)!, keys.get(b!)!))) visit(target!);
    }
    ordered.push(resource);
  };
  for (const resource of sorted) visit(resource);
  return ordered;
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
