import { dirname, join } from 'node:path';

export type Program = 'edge' | 'fly' | 'runner' | 'sandbox' | 'services';

/** The file of a program that was bundled together with the one that runs here. */
export const bundled = (program: Program): string =>
  join(dirname(process.argv[1] ?? ''), `${program}.mjs`);
