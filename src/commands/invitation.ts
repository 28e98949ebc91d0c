/** `asbuilt invitation link`: the name of an invitation in, its link out. The only output that shows an invitation's id. */
import { diagnose } from '../diagnostic/diagnostic.js';
import { jsonText, linksJson } from '../report/json.js';
import { visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import * as invitations from './invitation-link.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { missingDirectory } from './which-directory.js';

export interface LinkOptions extends SharedOptions {
  readonly base?: string;
}

/** Prints the links of the live invitations of a name, one a line. */
export async function invitationLink(
  surroundings: Surroundings,
  name: string,
  options: LinkOptions,
): Promise<number> {
  const request = requestOf(surroundings, [], options, {
    blueprints: false,
    directory: true,
    says: true,
  });
  if (areProblems(request)) return failWith(surroundings, options, request);
  const base = options.base || surroundings.env.ASBUILT_BASE_URL || serverOf(request.directory);
  if (!base || !isWebAddress(base)) {
    const what = base ? `\`${base}\` is no web address` : 'the web address of the login pages is not known';
    return failWith(surroundings, options, [
      diagnose('usage', what, undefined, {
        help: 'Add `--base https://id.example.org`, or set ASBUILT_BASE_URL.',
      }),
    ]);
  }
  const missing = missingDirectory(request);
  if (missing) return failWith(surroundings, options, [missing]);
  const { ok, links, diagnostics } = await invitations.invitationLink(request, name, base);
  if (options.json) surroundings.out(jsonText(linksJson(ok, links, diagnostics)));
  else {
    printDiagnostics(surroundings, diagnostics);
    for (const link of links) surroundings.out(`${visible(link)}\n`);
  }
  return ok ? exitCodes.done : exitCodes.failed;
}

/** The address of the server that is the directory, where it has one. */
function serverOf(directory: string | undefined): string | undefined {
  const match = /^authentik\+(https?:\/\/)(?:[^/@]*@)?([^?#]*)/.exec(directory ?? '');
  return match ? `${match[1]}${match[2]}` : undefined;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
