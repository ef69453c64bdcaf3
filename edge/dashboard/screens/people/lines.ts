/** Numbers or ids as people paste them: one a line, or with commas between. Pure. */
export const linesOf = (typed: string): string[] =>
  typed
    .split(/[\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
