import type { SessionStatus } from '../../shared/session-status.ts';

/** What the source systems call the states of a session. */
const STATES = {
  created: ['connecting', 'pending'],
  starting: ['connecting', 'pending'],
  qr: ['connecting', 'pending'],
  pairing_code: ['connecting', 'pending'],
  authenticating: ['connecting', 'pending'],
  online: ['connected', 'connected'],
  reconnecting: ['reconnecting', 'disconnected'],
  disconnected: ['disconnected', 'disconnected'],
  logged_out: ['logged_out', 'disconnected'],
  action_required: ['error', 'disconnected'],
  failed: ['error', 'disconnected'],
} as const satisfies Record<SessionStatus, readonly [socket: string, wa: string]>;

/** In sessions and socket; in instances the same in capitals. */
export const SOCKET_STATES = [
  'connecting',
  'connected',
  'reconnecting',
  'disconnected',
  'logged_out',
  'error',
] as const;
export const WA_STATES = ['pending', 'connected', 'disconnected'] as const;

export const socketState = (status: SessionStatus): (typeof SOCKET_STATES)[number] =>
  STATES[status][0];
export const waState = (status: SessionStatus): (typeof WA_STATES)[number] => STATES[status][1];

type Instance = Uppercase<(typeof SOCKET_STATES)[number]>;
const inCapitals = (state: (typeof SOCKET_STATES)[number]): Instance =>
  state.toUpperCase() as Instance;

export const INSTANCE_STATES = [
  'CONNECTING',
  'CONNECTED',
  'RECONNECTING',
  'DISCONNECTED',
  'LOGGED_OUT',
  'ERROR',
] as const satisfies Instance[];
export const instanceState = (status: SessionStatus): Instance => inCapitals(socketState(status));
