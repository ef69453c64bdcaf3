import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.ts';
import { t } from '../messages/en.ts';
import { Status, type Tone } from './status.tsx';

export type SessionStatus = Schemas['Session']['status'];

export const SESSION_TONES: Readonly<Record<SessionStatus, Tone>> = {
  created: 'off',
  starting: 'wait',
  qr: 'wait',
  pairing_code: 'wait',
  authenticating: 'wait',
  online: 'good',
  reconnecting: 'wait',
  disconnected: 'off',
  logged_out: 'bad',
  action_required: 'bad',
  failed: 'bad',
};

/** Statuses that pass by themselves, or with a scan, within seconds. */
const PASSING: readonly SessionStatus[] = [
  'starting',
  'qr',
  'pairing_code',
  'authenticating',
  'reconnecting',
];
export const isPassing = (status: SessionStatus): boolean => PASSING.includes(status);

export const SessionState = ({ status }: { status: SessionStatus }): ReactElement => (
  <Status
    tone={SESSION_TONES[status]}
    word={t.sessions.status[status]}
    isMoving={isPassing(status)}
  />
);
