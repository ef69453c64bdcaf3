import { useSyncExternalStore } from 'react';

/**
 * How pages stay current. While the stream of events is connected (api/realtime.ts), an event reloads what it concerns, and
 * the timer is a precaution. Without the stream, pages poll and say so.
 */
const POLL_MS = 3_000;
const CONNECTED_MS = 30_000;
/** While something is about to change, such as a session that starts. */
const SOON_MS = 1_000;

export const POLL_SECONDS = POLL_MS / 1_000;

type Listener = () => void;

/** Whether the stream is connected, for the page that shows it and for the timers; and how far it has come. */
export const connection = {
  isOpen: false,
  /** `seq` of the newest event that is known; null until the stream was connected once. */
  cursor: null as number | null,
  listeners: new Set<Listener>(),
  set(isOpen: boolean): void {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    for (const listener of this.listeners) listener();
  },
};

const subscribe = (listener: Listener): Listener => {
  connection.listeners.add(listener);
  return () => void connection.listeners.delete(listener);
};

export const useIsConnected = (): boolean =>
  useSyncExternalStore(subscribe, () => connection.isOpen);

export const useIsKnown = (): boolean =>
  useSyncExternalStore(subscribe, () => connection.cursor !== null);

export const pollMs = (): number => (connection.isOpen ? CONNECTED_MS : POLL_MS);

export const live = { refetchInterval: pollMs, refetchOnWindowFocus: 'always' } as const;

export const liveSoon = { ...live, refetchInterval: SOON_MS } as const;
