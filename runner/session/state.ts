import type { SessionStatus } from '../../shared/session-status.ts';

/** What can happen to a session, seen from its state machine. */
export const SIGNALS = [
  /** An engine starts on a profile that is not linked. */
  'start',
  /** An engine starts on a profile that was linked before. */
  'resume',
  'qr',
  /** A code to type on the phone is shown instead of the QR code. */
  'pairing_code',
  'authenticated',
  'ready',
  'connection_lost',
  'connection_restored',
  'logged_out',
  'unpaired',
  'action_required',
  'conflict',
  'crashed',
  'start_failed',
  /** The page answers no ping, or never became ready. */
  'unresponsive',
  /** The lease ran out and the engine was killed. */
  'fenced',
  /** This runner cannot run the session at all. */
  'gave_up',
  'stopped',
  /** The user asked for a new engine, or for the next try to come now. */
  'restart_requested',
  /** The browser grew past its limit and is replaced. */
  'memory',
  /** Too many starts in a row failed: from here on it is tried seldom. */
  'crash_loop',
  /** Nobody scanned or typed a code for too long. */
  'qr_timeout',
] as const;
export type Signal = (typeof SIGNALS)[number];

type Row = Readonly<Record<Signal, SessionStatus>>;

/** An engine that is on its way up for the first time: whatever ends it leads to another start. */
const COMING_UP: Omit<Row, 'qr' | 'pairing_code' | 'authenticated'> = {
  start: 'starting',
  resume: 'reconnecting',
  ready: 'online',
  connection_lost: 'starting',
  connection_restored: 'starting',
  logged_out: 'logged_out',
  unpaired: 'logged_out',
  action_required: 'action_required',
  conflict: 'disconnected',
  crashed: 'starting',
  start_failed: 'starting',
  unresponsive: 'starting',
  fenced: 'starting',
  gave_up: 'failed',
  stopped: 'disconnected',
  restart_requested: 'starting',
  memory: 'starting',
  crash_loop: 'failed',
  qr_timeout: 'disconnected',
};

/** No engine runs, and only a start brings one. */
const atRest = (status: SessionStatus): Row => ({
  start: 'starting',
  resume: 'reconnecting',
  qr: status,
  pairing_code: status,
  authenticated: status,
  ready: status,
  connection_lost: status,
  connection_restored: status,
  // The user may drop the link of a session that rests.
  logged_out: 'logged_out',
  unpaired: status,
  action_required: status,
  conflict: status,
  crashed: status,
  start_failed: status,
  unresponsive: status,
  fenced: status,
  gave_up: status,
  stopped: status,
  restart_requested: status,
  memory: status,
  crash_loop: status,
  qr_timeout: status,
});

/** Waits for a person; losing the socket meanwhile changes nothing. */
const waiting = (status: SessionStatus): Row => ({
  ...COMING_UP,
  qr: 'qr',
  pairing_code: 'pairing_code',
  authenticated: 'authenticating',
  start: status,
  resume: status,
  connection_lost: status,
  connection_restored: status,
});

/** Linked before: sends are accepted and wait, so whatever ends the engine keeps `reconnecting`. */
const LINKED: Row = {
  ...COMING_UP,
  qr: 'qr',
  pairing_code: 'pairing_code',
  authenticated: 'reconnecting',
  start: 'reconnecting',
  connection_lost: 'reconnecting',
  connection_restored: 'online',
  crashed: 'reconnecting',
  start_failed: 'reconnecting',
  unresponsive: 'reconnecting',
  fenced: 'reconnecting',
  restart_requested: 'reconnecting',
  memory: 'reconnecting',
};

const TRANSITIONS: Readonly<Record<SessionStatus, Row>> = {
  created: { ...atRest('created'), stopped: 'disconnected' },
  starting: {
    ...COMING_UP,
    qr: 'qr',
    pairing_code: 'pairing_code',
    authenticated: 'authenticating',
  },
  qr: waiting('qr'),
  pairing_code: waiting('pairing_code'),
  authenticating: waiting('authenticating'),
  online: { ...LINKED, start: 'online', resume: 'online', authenticated: 'online' },
  reconnecting: LINKED,
  action_required: { ...waiting('action_required'), authenticated: 'action_required' },
  disconnected: atRest('disconnected'),
  logged_out: atRest('logged_out'),
  failed: { ...atRest('failed'), stopped: 'disconnected' },
};

/**
 * The next status. Total: a signal that means nothing in a status leaves it as it is. `reason` is the signal, which is
 * what the API shows as the cause of the status.
 */
export function transition(
  status: SessionStatus,
  signal: Signal,
): { status: SessionStatus; reason: Signal; changed: boolean } {
  const next = TRANSITIONS[status][signal];
  return { status: next, reason: signal, changed: next !== status };
}

/** States in which an engine runs or is tried again, be it seldom; in the others only a person brings one. */
export function wantsEngine(status: SessionStatus): boolean {
  return status !== 'logged_out' && status !== 'disconnected';
}
