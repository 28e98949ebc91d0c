/**
 * The few calls on authentik's blueprint instances that a ledger needs. Instances are disabled and their blueprint is
 * empty, so authentik never applies them; what is kept stands in their `context`.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthentikClient, Query } from '../directory/authentik/client.js';
import { instancesPath } from '../directory/authentik/ledger-instances.js';
import { DirectoryError } from '../directory/errors.js';
import type { Json } from '../model/model.js';
import type { StoredInstance } from './authentik-segment.js';

export interface Instances {
  /** Every instance in whose name the text occurs, whatever its case. */
  search(text: string): Promise<StoredInstance[]>;
  /** The last by name of those in whose name the text occurs. */
  last(text: string): Promise<StoredInstance | undefined>;
  /** The one saved last of those in whose name the text occurs, and how many there are. */
  newest(text: string): Promise<{ readonly count: number; readonly newest?: StoredInstance }>;
  named(name: string): Promise<StoredInstance | undefined>;
  /**
   * Makes an instance; of several that make one of the same name at once, one succeeds. `context.id` must be unique: it
   * tells, when an answer was lost, whether the instance that is there is this one. Undefined when the name is taken.
   */
  create(name: string, context: Readonly<Record<string, Json>>): Promise<StoredInstance | undefined>;
  /** Saves an instance again; undefined when it is gone. */
  save(instance: StoredInstance): Promise<StoredInstance | undefined>;
  /** One that is gone already counts as deleted. */
  delete(pk: string): Promise<void>;
  /** The server's clock, in milliseconds since 1970. */
  now(): number;
}

/** What authentik calls the permissions on blueprint instances. */
const permissions = { POST: 'add', PATCH: 'change', DELETE: 'delete', GET: 'view' } as const;
/** authentik gives at most so many, unless its setting says otherwise. */
const pageSize = 100;
const tries = 5;

/** The instances of a server. `pause`: milliseconds before what failed is tried again; it doubles each time. */
export function instancesOn(client: AuthentikClient, pause = 250): Instances {
  async function allowed<T>(method: keyof typeof permissions, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof DirectoryError && error.code === 'denied')) throw error;
      const permission = `authentik_blueprints.${permissions[method]}_blueprintinstance`;
      const message = `${client.url}: the ledger is kept in blueprint instances, and the token’s user lacks the permission \`${permission}\`; grant it, or keep the ledger elsewhere with --ledger`;
      throw new DirectoryError('denied', message, { cause: error });
    }
  }

  async function page(query: Query): Promise<{ count: number; results: StoredInstance[] }> {
    const { body } = await allowed('GET', client.get(instancesPath, { query }));
    const { pagination, results } = body as unknown as Page;
    return { count: pagination.count, results: results.map(storedOf) };
  }

  async function named(name: string): Promise<StoredInstance | undefined> {
    return (await page({ name })).results.find((one) => one.name === name);
  }

  return {
    named,
    async search(text) {
      for (let attempt = 1; ; attempt++) {
        const found = new Map<string, StoredInstance>();
        let count = 0;
        for (let number = 1, more = true; more; number++) {
          const query = { search: text, ordering: 'pk', page_size: pageSize, page: number };
          const answer = await client.get(instancesPath, { query, expect: [404] }).catch((error) => {
            return allowed('GET', Promise.reject(error));
          });
          // There is no such page any more: something was deleted meanwhile.
          if (answer.status === 404 && number > 1) break;
          const { pagination, results } = answer.body as unknown as Page;
          for (const one of results) found.set(one.pk, storedOf(one));
          count = pagination.count;
          more = pagination.next > 0;
        }
        // Several pages are not read at the same moment.
        if (found.size === count || attempt === tries) return [...found.values()];
        await sleep(pause * attempt);
      }
    },
    last: async (text) => (await page({ search: text, ordering: '-name', page_size: 1 })).results[0],
    newest: async (text) => {
      const { count, results } = await page({ search: text, ordering: '-last_applied', page_size: 1 });
      return { count, newest: results[0] };
    },
    async create(name, context) {
      const body = { ...written(name), context: { ...context } };
      for (let attempt = 1; ; attempt++) {
        let failure: unknown;
        try {
          const answer = await allowed('POST', client.post(instancesPath, { body, expect: [400] }));
          if (answer.status !== 400) return storedOf(answer.body as unknown as Shown);
          failure = new DirectoryError(
            'invalid',
            `${client.url} does not take the blueprint instance ${name}: ${JSON.stringify(answer.body)}`,
          );
        } catch (error) {
          // It may have been made all the same.
          if (!(error instanceof DirectoryError && error.uncertain)) throw error;
          failure = error;
        }
        const there = await named(name);
        if (there) return there.context.id === context.id ? there : undefined;
        if (attempt >= tries) throw failure;
        await sleep(pause * 2 ** (attempt - 1));
      }
    },
    async save({ pk, name, context }) {
      // A PATCH without the content is refused (authentik 2025.12).
      const { content, enabled } = written(name);
      const call = client.patch(`${instancesPath}${pk}/`, {
        body: { content, enabled, context: { ...context } },
        expect: [404],
      });
      const answer = await allowed('PATCH', call);
      return answer.status === 404 ? undefined : storedOf(answer.body as unknown as Shown);
    },
    async delete(pk) {
      await allowed('DELETE', client.delete(`${instancesPath}${pk}/`, { expect: [404] }));
    },
    now: () => client.now().getTime(),
  };
}

/** A random name for something that is written once. */
export function randomId(): string {
  return randomBytes(6).toString('hex');
}

interface Shown {
  readonly pk: string;
  readonly name: string;
  readonly context: Record<string, Json>;
  readonly last_applied: string;
}

interface Page {
  readonly pagination: { readonly count: number; readonly next: number };
  readonly results: readonly Shown[];
}

function written(name: string): { name: string; enabled: boolean; content: string } {
  const content = `version: 1\nmetadata:\n  name: ${JSON.stringify(name)}\nentries: []`;
  return { name, enabled: false, content };
}

function storedOf({ pk, name, context, last_applied: saved }: Shown): StoredInstance {
  return { pk, name, context, saved: Date.parse(saved) };
}
