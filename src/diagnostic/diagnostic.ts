/** A diagnostic: something wrong with the user's input, at a place. */
import { codes, type DiagnosticCode, type Severity } from './codes.js';
import type { Place } from './source.js';

/** One thing wrong (or worth saying) with the input, at a place. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly place?: Place;
  /** What to do next, one sentence; the code's remedy when absent. */
  readonly help?: string;
  /** Other places that belong to it, each with a few words. */
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
}

/** Makes a diagnostic with the severity of its code. */
export function diagnose(
  code: DiagnosticCode,
  message: string,
  place?: Place,
  more: { help?: string; related?: Diagnostic['related'] } = {},
): Diagnostic {
  return { code, severity: codes[code].severity, message, place, ...more };
}

/** Warnings become errors (`--strict`). */
export function strictly(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((one) => (one.severity === 'warning' ? { ...one, severity: 'error' } : one));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}

/** Drops repeats: a value that is checked several times reports its problems once. */
export function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, place }) => {
    const key = `${code} ${place?.source.path} ${place?.offset} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
