/** The diagnostics of a run, and what is refused of its plan, as SARIF 2.1.0, for code scanning and editors. */
import { pathToFileURL } from 'node:url';
import { codes, type DiagnosticCode } from '../diagnostic/codes.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { type Place, positionOf } from '../diagnostic/source.js';
import type { Json } from '../model/model.js';
import { inOrder } from './diagnostics.js';
import { endOf, type PathOf } from './places.js';
import type { Run } from './run.js';
import { refusals } from './stances.js';
import { visible } from './terminal.js';

type JsonMap = { [key: string]: Json };

/** What a SARIF file says of the program that wrote it. */
export interface Tool {
  readonly version: string;
}

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The whole log with one run. Diagnostics without a place are about the run itself, not results of it. */
export function sarifReport(run: Run, tool: Tool, pathOf: PathOf = (path) => path): JsonMap {
  const refused = run.plan ? refusals(run.plan) : [];
  const ordered = inOrder([...run.diagnostics, ...refused]);
  const rules = [...new Set(ordered.map((one) => one.code))];
  const ruleOf = (code: DiagnosticCode): JsonMap => ({ id: code, index: rules.indexOf(code) });
  const placed = ordered.filter((one) => one.place !== undefined);
  const rest = ordered.filter((one) => one.place === undefined);
  const broken = run.failure !== undefined || [...rest, ...refused].some((one) => one.severity === 'error');
  const notifications = [
    ...rest.map(
      (one): JsonMap => ({
        level: one.severity,
        message: messageOf(one),
        associatedRule: ruleOf(one.code),
      }),
    ),
    ...(run.failure ? [{ level: 'error', message: { text: visible(run.failure.message) } }] : []),
  ];
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'asbuilt',
            semanticVersion: tool.version,
            rules: rules.map(ruleJson),
          },
        },
        automationDetails: { id: `asbuilt/${run.command}/` },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: !broken,
            ...(notifications.length > 0 ? { toolExecutionNotifications: notifications } : {}),
          },
        ],
        results: placed.map((one) => ({
          ruleId: one.code,
          ruleIndex: rules.indexOf(one.code),
          level: one.severity,
          message: messageOf(one),
          locations: [locationOf(one.place!, pathOf)],
          ...(one.related?.length
            ? {
                relatedLocations: one.related.map(({ place, message }, id) => ({
                  id,
                  ...locationOf(place, pathOf),
                  message: { text: visible(message) },
                })),
              }
            : {}),
        })),
      },
    ],
  };
}

function ruleJson(code: DiagnosticCode): JsonMap {
  const { severity, meaning, remedy } = codes[code];
  return {
    id: code,
    shortDescription: { text: meaning },
    help: { text: remedy },
    defaultConfiguration: { level: severity },
  };
}

/** What is wrong, and what to do where the diagnostic knows more than its rule. */
function messageOf({ message, help }: Diagnostic): JsonMap {
  const text = help === undefined ? message : `${withStop(message)} ${help}`;
  return { text: visible(text) };
}

function withStop(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function locationOf(place: Place, pathOf: PathOf): JsonMap {
  const start = positionOf(place);
  const end = endOf(place);
  return {
    physicalLocation: {
      artifactLocation: artifactOf(pathOf(place.source.path)),
      region: {
        startLine: start.line,
        startColumn: start.column,
        ...(end.line > start.line ? { endLine: end.line } : {}),
        endColumn: end.column,
      },
    },
  };
}

/** A relative path is below the root of the repository; an absolute one is a URL of its own. */
function artifactOf(path: string): JsonMap {
  if (/^(?:\/|[A-Za-z]:[\\/])/.test(path)) return { uri: pathToFileURL(path).href };
  const steps = path.split(/[\\/]/).map(encodeURIComponent);
  return { uri: steps.join('/'), uriBaseId: '%SRCROOT%' };
}
