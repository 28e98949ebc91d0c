/** Writes log lines to standard error: JSON for machines, one short line for people. */
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
export function createLog({ verbosity, forPeople, write }: LogOptions): Log {
  const logs =
    (level: Level) =>
    (fields: object, message: string): void => {
      if (levels.indexOf(level) > verbosity) return;
      const shown = withoutSecrets(fields);
      write(forPeople ? lineForPeople(level, shown, message) : lineForMachines(level, shown, message));
    };
  return { debug: logs('debug'), info: logs('info'), warn: logs('warn') };
}

/** Fields with what is named like a secret left out, also one level down. */
function withoutSecrets(fields: object, depth = 1): object {
  const shown = Object.entries(fields).map(([name, value]) => {
    if (secretFields.includes(name)) return [name, '(secret)'];
    const isInner = depth > 0 && typeof value === 'object' && value !== null && !Array.isArray(value);
    return [name, isInner ? withoutSecrets(value, depth - 1) : value];
  });
  return Object.fromEntries(shown);
}

function lineForMachines(level: Level, fields: object, message: string): string {
  return `${safeJson(JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message }))}\n`;
}

/** `info: listed the directory objects=41`. */
function lineForPeople(level: Level, fields: object, message: string): string {
  const rest = Object.entries(fields).map(([name, value]) => {
    return `  ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return `${visible(`${level}: ${message}${rest.join('')}`)}\n`;
}
