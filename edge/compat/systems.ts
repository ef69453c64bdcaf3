import type { System } from './alias.ts';
import { gateway } from './gateway/gateway.ts';

/** The source systems whose routes work, in the order of the documentation. */
export const SYSTEMS: readonly System[] = [gateway];
