/** What `zod` is in the deployed Worker (`alias` in scripts/build-worker.mjs): a tenth of the bundle is left out. */
import * as z from './external.ts';

export * from './external.ts';
export { z };
