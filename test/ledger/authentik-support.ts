/** Ledgers in an authentik server that is spoiled on demand, for their tests. */
import { onTestFinished } from 'vitest';
import { type AuthentikClient, authentikClient } from '../../src/directory/authentik/client.js';
import { type AuthentikLedgerOptions, authentikLedger } from '../../src/ledger/authentik.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { type FaultProxy, startFaultProxy } from '../authentik/fault-proxy.js';
import { assertRequestMatchesOpenApi } from '../authentik/request-check.js';
import { type Authentik, type AuthentikOptions, startAuthentik } from '../authentik/server.js';
import { type Row, rowsOf } from '../authentik/state.js';

export interface World {
  readonly server: Authentik;
  /** Before the server; ledgers go through it. */
  readonly proxy: FaultProxy;
  client(deadline?: number): AuthentikClient;
  ledger(options?: AuthentikLedgerOptions): Promise<Ledger>;
  /** What the server holds of ledgers, by name. */
  instances(): Map<string, Row>;
}

/** A server with a proxy before it. At the end every request is held against the OpenAPI of authentik. */
export async function world(options: AuthentikOptions = {}): Promise<World> {
  const server = await startAuthentik(options);
  const proxy = await startFaultProxy(server.url);
  const clients: AuthentikClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) await client.close();
    await proxy.close();
    await server.close();
    for (const one of server.requests) assertRequestMatchesOpenApi(one);
  });
  const client = (deadline = 5_000): AuthentikClient => {
    const one = authentikClient({ url: proxy.url, token: server.token, pause: 2, deadline });
    clients.push(one);
    return one;
  };
  return {
    server,
    proxy,
    client,
    ledger: (more) => authentikLedger(client(), { pause: 2, ...more }),
    instances: () => {
      const rows = rowsOf(server.state, 'authentik_blueprints.blueprintinstance');
      const named = rows.map((row): [string, Row] => [String(row.values.name), row]);
      return new Map(named.filter(([name]) => name.startsWith('asbuilt')).sort());
    },
  };
}
