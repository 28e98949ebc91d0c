/** A blueprint's text in; what is wrong with it, and what it asks for without a directory, out. */
import { parseBlueprint } from '../../src/blueprint/parse.js';
import { type Diagnostic, withoutRepeats } from '../../src/diagnostic/diagnostic.js';
import { positionOf } from '../../src/diagnostic/source.js';
import { nothingLive } from '../../src/model/live-model.js';
import type { DesiredResource } from '../../src/model/model.js';
import { resolve } from '../../src/resolve/resolve.js';
import { checkTags } from '../../src/tags/forms.js';
import { readYaml } from '../../src/yaml/read-yaml.js';

export interface Read {
  readonly desired: readonly DesiredResource[];
  readonly diagnostics: readonly Diagnostic[];
  /** `line:column code`, notes left out. */
  readonly problems: readonly string[];
}

/** Reads blueprints as `validate` does. */
export function readTexts(...texts: readonly string[]): Read {
  const diagnostics: Diagnostic[] = [];
  const blueprints = texts.flatMap((text, at) => {
    const source = { path: `${at}.yaml`, text };
    const { tree, diagnostics: found } = readYaml(source);
    diagnostics.push(...found);
    if (tree.root) diagnostics.push(...checkTags(tree.root, source));
    return parseBlueprint(tree, true, diagnostics) ?? [];
  });
  const resolved = resolve({
    blueprints,
    live: nothingLive,
    owned: new Map(),
    contexts: [],
    environment: { env: () => undefined, file: () => undefined, allows: () => true },
    offline: true,
  });
  const all = withoutRepeats([...diagnostics, ...resolved.diagnostics]);
  const problems = all
    .filter((one) => one.severity !== 'note')
    .map((one) => {
      const { line, column } = one.place ? positionOf(one.place) : { line: 0, column: 0 };
      return `${line}:${column} ${one.code}`;
    });
  return { desired: resolved.desired, diagnostics: all, problems };
}
