/** Builds blocks of Markdown: fences, lists, call-outs and folded parts. */

/** Lines in a fence that is longer than any run of backticks in them. */
export function fenced(lines: readonly string[], language: string): string {
  let longest = 2;
  for (const line of lines)
    for (const run of line.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  const ticks = '`'.repeat(longest + 1);
  return [`${ticks}${language}`, ...lines, ticks].join('\n');
}

/** Markdown that is folded under a line of HTML. The empty lines make the inside Markdown again. */
export function folded(summary: string, inside: string): string {
  return `<details><summary>${summary}</summary>\n\n${inside}\n\n</details>`;
}

/** A list with as many items as there is room for, and a count of the rest. */
export function bullets(items: readonly string[], room: number): string[] {
  let left = room;
  const shown: string[] = [];
  for (const item of items) {
    left -= item.length + 5;
    if (left < 0) break;
    shown.push(`- ${item}`);
  }
  const more = items.length - shown.length;
  return more === 0 ? shown : [...shown, `- … and ${more} more`];
}

/** A call-out; platforms without them show a quotation. */
export function alert(type: 'CAUTION' | 'WARNING' | 'NOTE', lines: readonly string[]): string {
  return [`[!${type}]`, ...lines].map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
}
