/** Severities that `asbuilt.yaml` gives to codes, instead of their own. */
import { codes, type DiagnosticCode, type Severity } from './codes.js';
import type { Diagnostic } from './diagnostic.js';

export type Severities = Readonly<Partial<Record<DiagnosticCode, Severity>>>;

/**
 * Errors that may be lowered, because the rest of the entry still means what it says: the key, attribute or permission
 * that they are about is ignored, as authentik ignores it, or belongs to an extension that the catalogue does not know.
 * Every other error leaves open what an entry asks for, so that a plan made in spite of it could change the wrong thing.
 */
export const lowerable: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'unknown-attribute',
  'read-only-attribute',
  'unknown-key',
  'unknown-permission',
]);

/** May a diagnostic of this code get this severity? Warnings and notes may get any. */
export function mayBe(code: DiagnosticCode, severity: Severity): boolean {
  return severity === 'error' || codes[code].severity !== 'error' || lowerable.has(code);
}

/** Gives diagnostics their configured severities. */
export function withSeverities(
  diagnostics: readonly Diagnostic[],
  severities: Severities | undefined,
): readonly Diagnostic[] {
  if (!severities) return diagnostics;
  return diagnostics.map((one) => {
    const severity = severities[one.code];
    return severity === undefined || !mayBe(one.code, severity) ? one : { ...one, severity };
  });
}

/** Does the diagnostic keep an entry from being understood? */
export function breaksEntry({ code, severity }: Diagnostic): boolean {
  return severity === 'error' && !lowerable.has(code);
}
