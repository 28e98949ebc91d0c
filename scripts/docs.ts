/** Writes `docs/diagnostics.md` from the table of diagnostic codes; `--check` fails when the file is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { codes } from '../src/diagnostic/codes.js';

const file = fileURLToPath(new URL('../docs/diagnostics.md', import.meta.url));
const text = diagnosticsPage();

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (current() !== text) {
  console.error('docs/diagnostics.md is out of date: run `npx tsx scripts/docs.ts`.');
  process.exitCode = 1;
}

function current(): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** One row per code, in the order of the table in the source. */
function diagnosticsPage(): string {
  const rows = Object.entries(codes).map(([code, { severity, meaning, remedy }]) => {
    return `| <a id="${code}"></a>\`${code}\` | ${severity} | ${cell(meaning)} | ${cell(remedy)} |`;
  });
  return `# Diagnostics

Everything asbuilt can say about blueprints and command lines. Each has a stable code, which messages show in
brackets (\`error[unknown-attribute]\`) and \`asbuilt explain <code>\` explains. Errors stop the run; warnings and
notes do not, and \`--strict\` makes warnings errors. This page is written by \`scripts/docs.ts\` from
\`src/diagnostic/codes.ts\`.

| Code | Severity | What it means | What to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** Text for a cell of a table; angle brackets would be read as HTML, bars as columns. */
function cell(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith('`')
        ? part.replaceAll('|', '\\|')
        : part.replaceAll('|', '\\|').replaceAll('<', '&lt;'),
    )
    .join('');
}
