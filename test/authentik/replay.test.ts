/** Holds the test server to what a real authentik 2025.12.4 answered, exchange by exchange. */
import { expect, test } from 'vitest';
import { prepare, recordedExchanges, replayAll } from './replay.js';
import { startReplay } from './replay-compare.js';
import { knownDifferences } from './replay-differences.js';
import { requestProblems } from './request-check.js';
import { startAuthentik } from './server.js';

const exchanges = recordedExchanges();

test('the test server answers recorded requests as a real authentik did', async (context) => {
  if (!exchanges) return context.skip('the recordings are not beside the repository');
  // Tokens and the like end half an hour after they are made, so the clock is that of the recording.
  const [began, started] = [Date.parse('2026-11-28T22:15:00Z'), Date.now()];
  const server = await startAuthentik({ online: false, now: () => began + Date.now() - started });
  try {
    const replay = startReplay(server);
    await prepare(replay);
    const differences = await replayAll(replay, exchanges);
    const matching = exchanges.length - differences.size;
    console.info(
      `${matching} of ${exchanges.length} recorded exchanges match (${((100 * matching) / exchanges.length).toFixed(1)} %), ` +
        `${Object.keys(knownDifferences).length} are known to differ`,
    );
    const unexpected = [...differences].filter(([name]) => knownDifferences[name] === undefined);
    expect(unexpected, 'exchanges that differ from the recording').toEqual([]);
    const stale = Object.keys(knownDifferences).filter((name) => !differences.has(name));
    expect(stale, 'exchanges that no longer differ: take them out of replay-differences.ts').toEqual([]);
    expect(matching / exchanges.length).toBeGreaterThan(0.95);
  } finally {
    await server.close();
  }
});

test('the check of requests finds nothing wrong with what the recorded server took, but where the recording meant to be wrong', (context) => {
  if (!exchanges) return context.skip('the recordings are not beside the repository');
  const taken = exchanges.filter(
    ({ status, method, request }) =>
      status < 300 &&
      /^(GET|POST|PUT|PATCH|DELETE)$/.test(method) &&
      !JSON.stringify(request)?.includes('zz'),
  );
  const wrong = taken.flatMap(({ method, path, request, note }) => {
    const [own = '', query = ''] = path.split('?');
    const body = request === null ? undefined : request;
    return requestProblems({ method, path: own, query, body }).length > 0 ? [note] : [];
  });
  expect(taken.length).toBeGreaterThan(1000);
  expect(new Set(wrong)).toEqual(
    new Set([
      'create: password in body ignored',
      'PATCH is_active "yes"',
      'PATCH uuid (ro?)',
      'recovery_email with stage',
      'unknown filter ignored?',
      'bad filter value',
      'page_size=abc',
      'page=last',
      'parent (old single field)',
      'duplicate json keys',
      'invitation PATCH created_by',
      'key in body ignored?',
      'group with own pk',
      'bool filter garbage',
    ]),
  );
});
