/** `asbuilt invitation link`: prints the link of an invitation, the only output that shows its id. */
import { diagnose } from '../diagnostic/diagnostic.js';
import type { Directory } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import { flowKind, invitationKind } from '../model/kind-names.js';
import type { LiveObject } from '../model/model.js';
import { type Request, withStore } from '../reconcile/request.js';
import { jsonText, resultJson } from '../report/json.js';
import { visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { type SharedOptions, withRequest } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { usage } from './usage-problem.js';
import { missingDirectory } from './which-directory.js';

export interface LinkOptions extends SharedOptions {
  readonly base?: string;
}

/** Prints the links of the live invitations of a name, one a line. */
export function invitationLink(
  surroundings: Surroundings,
  name: string,
  options: LinkOptions,
): Promise<number> {
  return withRequest(
    surroundings,
    options,
    async (request) => {
      const base = options.base || surroundings.env.ASBUILT_BASE_URL || serverOf(request.directory);
      if (!base || !isWebAddress(base)) {
        const what = base
          ? `\`${base}\` is no web address`
          : 'the web address of the login pages is not known';
        const help = 'Add `--base https://id.example.org`, or set ASBUILT_BASE_URL.';
        return failWith(surroundings, options, [usage(what, help)]);
      }
      const missing = missingDirectory(request);
      if (missing) return failWith(surroundings, options, [missing]);
      const links = await linksOf(request, name, base);
      const ok = links.length > 0;
      const message = `there is no live invitation \`${name}\` with a flow`;
      const help = 'It may be used up or expired; `asbuilt plan` counts spent invitations.';
      const diagnostics = ok ? [] : [diagnose('unknown-address', message, undefined, { help })];
      if (options.json) surroundings.out(jsonText(resultJson(ok, { links }, diagnostics)));
      else {
        printDiagnostics(surroundings, diagnostics);
        for (const link of links) surroundings.out(`${visible(link)}\n`);
      }
      return ok ? exitCodes.done : exitCodes.failed;
    },
    { reads: false },
  );
}

/** Links of the form `<base>/if/flow/<slug>/?itoken=<id>` (authentik 2026.5). */
async function linksOf(request: Request, name: string, base: string): Promise<string[]> {
  return withStore(request, async ({ directory }) => {
    const links: string[] = [];
    const only = { field: 'name', values: [name] };
    for await (const one of directory.list(invitationKind, { only }, request.signal)) {
      const slug = await slugOf(request, directory, one);
      if (slug !== undefined) links.push(`${base.replace(/\/+$/, '')}/if/flow/${slug}/?itoken=${one.id}`);
    }
    return links;
  });
}

async function slugOf(
  request: Request,
  directory: Directory,
  invitation: LiveObject,
): Promise<string | undefined> {
  const { flow } = invitation.attributes;
  if (flow === null || flow === undefined) return undefined;
  for await (const one of directory.list(
    flowKind,
    { only: { field: 'id', values: [flow] } },
    request.signal,
  )) {
    return String(one.attributes.slug);
  }
  throw new DirectoryError('dangling', 'the flow of the invitation is not there');
}

/** The address of the server that is the directory, where it has one. */
function serverOf(directory: string | undefined): string | undefined {
  const match = /^authentik\+(https?:\/\/)(?:[^/@]*@)?([^?#]*)/.exec(directory ?? '');
  return match ? `${match[1]}${match[2]}` : undefined;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
