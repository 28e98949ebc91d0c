/** What the patterns of a configuration mean, and how much of them is too much: a pattern may come with a pull request. */
import picomatch from 'picomatch';

/** A pattern up to its first step with a star: below it lies everything that the pattern can match. */
export function fixedPart(pattern: string): string {
  const steps = pattern.split('/');
  const star = steps.findIndex((step) => step.includes('*'));
  return star === -1 ? pattern : steps.slice(0, star).join('/') || (pattern.startsWith('/') ? '/' : '.');
}

// With each star in a name, finding out that it does not match takes as many times longer as the name has letters.
const mostStars = 3;
const mostFolderStars = 8;
const longestPattern = 1_000;

/** What is too much about a pattern, to end a sentence that begins with it. */
export function boundOf(pattern: string): string | undefined {
  if (pattern.length > longestPattern) return `is longer than ${longestPattern} characters`;
  const steps = pattern.split('/');
  if (steps.filter((step) => step === '**').length > mostFolderStars)
    return `has more than ${mostFolderStars} times \`**\``;
  const stars = Math.max(...steps.map((step) => step.match(/\*+/g)?.length ?? 0));
  return stars > mostStars ? `has ${stars} stars in one name, and ${mostStars} are the most` : undefined;
}

/** Tells whether a name is like one step of a pattern, in which only stars mean anything. */
export function matcherOf(step: string): (name: string) => boolean {
  const pattern = step.replace(/\*+/g, '*').replace(/[\\?+@!(){}[\]|^$"]/g, '\\$&');
  return picomatch(pattern, { dot: true, strictSlashes: true });
}
