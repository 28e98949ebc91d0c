/** Writes log lines to standard error: JSON for machines, one short line for people. */
import { pino } from 'pino';
import { safeJson, visible } from './terminal.js';

type Level = 'debug' | 'info' | 'warn';

/** Writes a line where its level is on. */
export type Log = Record<Level, (fields: object, message: string) => void>;

export interface LogOptions {
  /** How often `-v` was given: 0 shows warnings, 1 what is done, 2 everything. */
  readonly verbosity: number;
  /** Short lines for people instead of JSON. */
  readonly forPeople: boolean;
  readonly write: (text: string) => void;
}

const levels: readonly Level[] = ['warn', 'info', 'debug'];

// A second fence only: whoever logs leaves secret values out.
const secretFields = ['password', 'secret', 'token', 'key', 'client_secret', 'authorization'];

/** A log that hands every finished line to `write`. */
export function createLog(options: LogOptions): Log {
  const level = levels[Math.min(options.verbosity, levels.length - 1)]!;
  const write = options.forPeople
    ? (line: string) => options.write(forPeople(line))
    : (line: string) => options.write(safeJson(line));
  return pino(
    {
      level,
      base: null,
      timestamp: options.forPeople ? false : pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: '(secret)' },
    },
    { write },
  );
}

/** `info: listed the directory objects=41`. */
function forPeople(line: string): string {
  const { level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => {
    return `  ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return `${visible(`${level}: ${msg}${rest.join('')}`)}\n`;
}
