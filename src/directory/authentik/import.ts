/** Has authentik apply a small blueprint, for the few things that only a blueprint can do. */
import { FormData } from 'undici';
import type { Json } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import { bodyOf, type Session } from './session.js';

/**
 * Imports entries, all or none of them. Until 2026.2 flows are imported at a place that takes any blueprint; later
 * releases have one for blueprints (sources of the release branches). An answer of 200 may mean failure.
 */
export async function importBlueprint(
  session: Session,
  entries: readonly Json[],
  signal: AbortSignal,
): Promise<void> {
  const path = session.release < 202605 ? '/flows/instances/import/' : '/managed/blueprints/import/';
  const blueprint = { version: 1, metadata: { name: 'asbuilt' }, entries };
  const form = new FormData();
  form.set('file', new Blob([JSON.stringify(blueprint)], { type: 'application/yaml' }), 'asbuilt.yaml');
  // The entries only say how something is to be, so the same import may be sent again.
  const answer = await session.limited(() => session.client.post(path, { form, repeatable: true }, signal));
  const { success, logs } = bodyOf(answer);
  if (success === true) return;
  const texts = (Array.isArray(logs) ? logs : []).map((one) => (bodyOf({ body: one }).event as string) ?? '');
  const message = `POST ${path}: the import failed: ${texts.filter((one) => one !== '').join('; ') || 'no reason was given'}`;
  throw new DirectoryError('failed', message, { uncertain: false });
}
