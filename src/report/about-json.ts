/** Everything about one object as JSON for scripts: the same as the text says, with every list whole. */
import type { About, Listed } from '../about/about.js';
import type { Json } from '../model/model.js';
import { fieldJson, type JsonMap, valueJson } from './json.js';

/** The object as JSON. */
export function aboutJson(about: About): JsonMap {
  const { address, kind, id, created, attributes, computed, drift, askedFor, since, records } = about;
  return {
    address,
    kind,
    ...(id !== undefined && { id }),
    ...(created !== undefined && { created }),
    attributes: Object.fromEntries(
      attributes.map(({ name, value, secret }) => [
        name,
        secret ? { secret: true } : valueJson(value ?? null),
      ]),
    ),
    computed: plain(computed),
    refers_to: plain(about.refersTo),
    referred_to_by: plain(about.referredBy),
    asked_for: askedFor ? plain(askedFor) : null,
    owners: plain(about.owners),
    since: since ? plain(since) : null,
    drift: drift.known
      ? {
          known: true,
          verb: drift.verb ?? null,
          reasons: [...drift.reasons],
          fields: drift.fields.map(fieldJson),
        }
      : { known: false, why: drift.why },
    ...(about.user && { user: plain(about.user) }),
    ...(about.group && { group: plain(about.group) }),
    ...(about.role && { role: plain(about.role) }),
    ...(about.application && { application: plain(about.application) }),
    ...(records && {
      records: Object.fromEntries(
        [...records].map(([of, listed]) => [of.replace('-', '_'), listedJson(listed)]),
      ),
    }),
    history: listedJson(about.history),
    events: listedJson(about.events),
  };
}

function listedJson<T>(listed: Listed<T>): Json {
  return 'lacks' in listed ? { lacks: listed.lacks } : { items: plain(listed.items) };
}

/** Plain data as JSON. */
function plain(data: unknown): Json {
  return JSON.parse(JSON.stringify(data)) as Json;
}
