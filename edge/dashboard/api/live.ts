/**
 * How lists stay current. They poll while their page is visible; a stream of events, once it is connected, replaces the
 * interval here and nowhere else.
 */
const POLL_MS = 3_000;
/** While something is about to change, such as a session that starts. */
const SOON_MS = 1_000;

export const POLL_SECONDS = POLL_MS / 1_000;

export const live = { refetchInterval: POLL_MS, refetchOnWindowFocus: 'always' } as const;

export const liveSoon = { ...live, refetchInterval: SOON_MS } as const;
