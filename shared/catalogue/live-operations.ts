import { CONTACT_OPERATIONS } from './live/contacts.ts';
import { PAGE_OPERATIONS } from './live/page.ts';

/**
 * Everything that callers may ask of the engine of a linked session, one row each, in a file for each area. Who implements
 * a row: runner/engine/wwebjs/live/<area>.ts. Who offers it to callers: a row of the API, by services/live/ask-session.ts.
 */
export const LIVE_OPERATIONS = { ...CONTACT_OPERATIONS, ...PAGE_OPERATIONS };

export type LiveOperation = keyof typeof LIVE_OPERATIONS;
