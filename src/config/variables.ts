/** Which environment variables are the program's own, and which a pattern of the configuration names. */

/** Is it a variable of the program itself, which may hold credentials? */
export function isOwnVariable(name: string): boolean {
  return name.startsWith('ASBUILT_') || tokens.has(name);
}

/** Where the tokens of servers come from. */
const tokens: ReadonlySet<string> = new Set(['AUTHENTIK_TOKEN', 'AUTHENTIK_TOKEN_FILE']);

/** Does a name, or the beginning of one followed by `*`, stand for the variable? */
export function matchesVariable(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
