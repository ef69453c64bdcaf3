import type { MessageStatus } from '../../../shared/message-status.ts';
import type { SessionStatus } from '../../../shared/session-status.ts';

/** What Evolution calls the states of an instance. */
export const EVOLUTION_STATES = ['open', 'connecting', 'close'] as const;
export type EvolutionState = (typeof EVOLUTION_STATES)[number];

const STATES: Readonly<Record<SessionStatus, EvolutionState>> = {
  created: 'connecting',
  starting: 'connecting',
  qr: 'connecting',
  pairing_code: 'connecting',
  authenticating: 'connecting',
  online: 'open',
  reconnecting: 'connecting',
  disconnected: 'close',
  logged_out: 'close',
  action_required: 'connecting',
  failed: 'close',
};
export const evolutionState = (status: SessionStatus): EvolutionState => STATES[status];

/** How far a message has come, in Evolution's words. */
export const EVOLUTION_STATUSES = [
  'ERROR',
  'PENDING',
  'SERVER_ACK',
  'DELIVERY_ACK',
  'READ',
  'PLAYED',
] as const;
export type EvolutionStatus = (typeof EVOLUTION_STATUSES)[number];

const REACHED: Readonly<Record<MessageStatus, EvolutionStatus>> = {
  failed: 'ERROR',
  queued: 'PENDING',
  sending: 'PENDING',
  unknown: 'PENDING',
  sent: 'SERVER_ACK',
  delivered: 'DELIVERY_ACK',
  read: 'READ',
  played: 'PLAYED',
};
export const evolutionStatus = (status: MessageStatus): EvolutionStatus => REACHED[status];
