/** Reads authentik's audit events, newest first, page by page: whoever has enough stops reading. */
import type { Fields } from '../../model/model.js';
import type { EventOptions } from '../directory.js';
import { narrowQuery } from './narrow.js';
import { bodyOf, type Session } from './session.js';

const path = '/events/events/';
const pageSize = 100;

/**
 * The events. New ones move the others on to later pages meanwhile; what came already is passed over. One that is deleted
 * meanwhile may hide another, which the next reading shows.
 */
export async function* readEvents(
  session: Session,
  { narrow, about }: EventOptions,
  signal: AbortSignal,
): AsyncGenerator<Fields> {
  const [app, model] = about?.kind.split('.') ?? [];
  const query = {
    ...narrowQuery('authentik_events.event', narrow),
    ...(about && { context_model_app: app, context_model_name: model, context_model_pk: String(about.id) }),
    ordering: '-created',
    page_size: pageSize,
  };
  const seen = new Set<unknown>();
  for (let page = 1; ; page++) {
    const answer = await session.limited(() =>
      session.client.get(path, { query: { ...query, page }, expect: [404] }, signal),
    );
    // Fewer pages than before: the last ones were swept.
    if (answer.status === 404) return;
    const { results, pagination } = bodyOf(answer) as unknown as {
      results?: Fields[];
      pagination?: { next?: number };
    };
    for (const row of results ?? []) {
      if (seen.has(row.pk)) continue;
      seen.add(row.pk);
      yield row;
    }
    if (!pagination?.next) return;
  }
}
