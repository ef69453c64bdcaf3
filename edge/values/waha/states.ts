import type { SessionAction } from '../../../shared/session-actions.ts';
import type { SessionStatus } from '../../../shared/session-status.ts';

/** What WAHA calls the states of a session. */
export const WAHA_STATES = [
  'STOPPED',
  'STARTING',
  'SCAN_QR_CODE',
  'PASSKEY_REQUIRED',
  'PASSKEY_CONFIRMATION_REQUIRED',
  'WORKING',
  'FAILED',
] as const;
export type WahaState = (typeof WAHA_STATES)[number];

const STATES = {
  created: 'STARTING',
  starting: 'STARTING',
  qr: 'SCAN_QR_CODE',
  pairing_code: 'SCAN_QR_CODE',
  authenticating: 'STARTING',
  online: 'WORKING',
  reconnecting: 'STARTING',
  disconnected: 'STOPPED',
  logged_out: 'FAILED',
  action_required: 'FAILED',
  failed: 'FAILED',
} as const satisfies Record<SessionStatus, WahaState>;

/** @param action what the session waits for, where that is known */
export function wahaState(status: SessionStatus, action: SessionAction | null = null): WahaState {
  if (action === 'passkey_required') return 'PASSKEY_REQUIRED';
  if (action === 'passkey_confirmation_required') return 'PASSKEY_CONFIRMATION_REQUIRED';
  return STATES[status];
}
