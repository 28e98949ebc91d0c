/**
 * When objects were made. Hardly any kind shows it, but the server's audit events do, and a run that was cut off needs
 * it to know its own objects again.
 */

import { normalDateTime } from '../../model/datetime.js';
import type { Fields, Id, Kind } from '../../model/model.js';
import { DirectoryError } from '../errors.js';
import { bodyOf, type Session, sharedValue } from './session.js';

/** As many as one run makes before it records them. */
const mostEvents = 100;

/** When the objects were made that were made last, by kind and id; nothing where the token may not see the events. */
export function recentCreations(session: Session, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  return sharedValue(session, 'creations', async () => {
    const query = { action: 'model_created', ordering: '-created', page_size: mostEvents };
    try {
      const answer = await session.limited(() => session.client.get('/events/events/', { query }, signal));
      const { results } = bodyOf(answer);
      const entries = (Array.isArray(results) ? results : []).flatMap((one) => {
        const { created, context } = bodyOf({ body: one });
        const { app, model_name: model, pk } = bodyOf({ body: bodyOf({ body: context }).model }) as Fields;
        if (typeof created !== 'string' || pk === undefined) return [];
        return [[creationKey(`${app}.${model}`, pk as Id), normalDateTime(created) ?? created] as const];
      });
      // The newest stands first, and of an id that was given twice the newest counts.
      return new Map(entries.reverse());
    } catch (error) {
      if (error instanceof DirectoryError && error.code === 'denied') return new Map();
      throw error;
    }
  });
}

/** The key of an object in `recentCreations`: events write ids without their dashes. */
export function creationKey(kind: Kind, id: Id): string {
  return `${kind} ${String(id).replaceAll('-', '')}`;
}
