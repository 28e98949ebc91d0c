/** Finds the links of live invitations by name. Nothing else shows an invitation's id. */

import { type Diagnostic, diagnose } from '../diagnostic/diagnostic.js';
import type { Directory } from '../directory/directory.js';
import { DirectoryError } from '../directory/errors.js';
import { flowKind, invitationKind } from '../model/kind-names.js';
import type { LiveObject } from '../model/model.js';
import { type Request, withStore } from '../reconcile/request.js';

/** Links of the form `<base>/if/flow/<slug>/?itoken=<id>` (authentik 2026.5). */
export async function invitationLink(
  request: Request,
  name: string,
  base: string,
): Promise<{ ok: boolean; diagnostics: Diagnostic[]; links: string[] }> {
  return withStore(request, async ({ directory }) => {
    const links: string[] = [];
    const only = { field: 'name', values: [name] };
    for await (const one of directory.list(invitationKind, { only }, request.signal)) {
      const slug = await slugOf(request, directory, one);
      if (slug !== undefined) links.push(`${base.replace(/\/+$/, '')}/if/flow/${slug}/?itoken=${one.id}`);
    }
    if (links.length > 0) return { ok: true, diagnostics: [], links };
    const help = 'It may be used up or expired; `asbuilt plan` counts spent invitations.';
    const message = `there is no live invitation \`${name}\` with a flow`;
    return { ok: false, diagnostics: [diagnose('unknown-address', message, undefined, { help })], links };
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
  throw new DirectoryError('dangling', 'the flow of the invitation does not exist');
}
