/** `asbuilt ping`: tells who a directory is, as whom it is asked, and what that account may not do. Writes nothing. */
import { hasErrors } from '../diagnostic/diagnostic.js';
import type { DirectoryStatus } from '../directory/directory.js';
import { type Pinged, ping as pinged } from '../reconcile/ping.js';
import { jsonText, resultJson } from '../report/json.js';
import { counted, visible } from '../report/terminal.js';
import { failWith } from './fail.js';
import { areProblems, requestOf, type SharedOptions } from './request.js';
import { exitCodes, printDiagnostics, type Surroundings } from './surroundings.js';
import { missingDirectory } from './which-directory.js';

/** Prints what the directory says of itself. Fails when the account may not do what the blueprints need. */
export async function ping(
  surroundings: Surroundings,
  paths: readonly string[],
  options: SharedOptions,
): Promise<number> {
  const request = requestOf(surroundings, paths, options, { blueprints: 'if-any', directory: true });
  if (areProblems(request)) return failWith(surroundings, options, request);
  const missing = missingDirectory(request);
  if (missing) return failWith(surroundings, options, [missing]);
  const found = await pinged(request);
  const diagnostics = [...request.problems, ...found.diagnostics];
  const ok = !hasErrors(diagnostics) && (found.lacking ?? []).length === 0;
  if (options.json) surroundings.out(jsonText(resultJson(ok, dataOf(found), diagnostics)));
  else {
    surroundings.out(textOf(found));
    printDiagnostics(surroundings, diagnostics);
  }
  return ok ? exitCodes.done : exitCodes.failed;
}

function textOf({ name, status, ledger, blueprints, lacking }: Pinged): string {
  const rows: [string, string][] = [
    ...(status ? statusRows(status) : []),
    ['ledger', ledger],
    ...(blueprints === undefined ? [] : ([['blueprints', String(blueprints)]] as [string, string][])),
  ];
  if (status?.account) {
    const missing = lacking?.map((one) => one.permission) ?? [];
    const isAll = status.account.permissions === 'all';
    if (!lacking)
      rows.push(['may not', 'unknown: this release does not tell which permissions an account has']);
    else if (!isAll)
      rows.push([
        'may not',
        missing.length === 0 ? 'nothing of what is needed is missing' : missing.join('\n'),
      ]);
  }
  const lines = rows.flatMap(([title, text]) =>
    text.split('\n').map((line, at) => `    ${(at === 0 ? title : '').padEnd(12)}${line}`),
  );
  return [name, ...lines].map((line) => `${visible(line)}\n`).join('');
}

function statusRows({
  software,
  account,
  pageSize,
  roundTrip,
  clockSkew,
}: DirectoryStatus): [string, string][] {
  const rows: [string, string][] = [['software', software]];
  if (account) {
    const { name, permissions } = account;
    const may =
      permissions === 'all'
        ? ', a superuser'
        : permissions
          ? `, ${counted(permissions.length, 'permission')}`
          : '';
    rows.push(['account', `${name}${may}`]);
  }
  if (pageSize !== undefined) rows.push(['page size', String(pageSize)]);
  rows.push(['round trip', `${roundTrip.toFixed(1)} ms`]);
  if (clockSkew !== undefined) rows.push(['clock', skewText(clockSkew)]);
  return rows;
}

/** A server tells its time in whole seconds, so less than one is no difference. */
function skewText(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1_000);
  if (seconds === 0) return 'as here';
  return `${seconds} s ${milliseconds > 0 ? 'ahead of' : 'behind'} this machine`;
}

function dataOf({ name, status, ledger, blueprints, lacking }: Pinged): Parameters<typeof resultJson>[1] {
  const { software, account, pageSize, roundTrip, clockSkew } = status ?? {};
  return {
    directory: name,
    ...(software !== undefined && { software }),
    ...(account && {
      account: {
        name: account.name,
        superuser: account.permissions === 'all',
        ...(Array.isArray(account.permissions) && { permissions: [...account.permissions] }),
      },
    }),
    ...(pageSize !== undefined && { pageSize }),
    ...(roundTrip !== undefined && { roundTripMilliseconds: Math.round(roundTrip * 10) / 10 }),
    ...(clockSkew !== undefined && { clockSkewMilliseconds: clockSkew }),
    ledger,
    ...(blueprints !== undefined && { blueprints }),
    ...(lacking && { lacking: lacking.map((one) => one.permission) }),
  };
}
