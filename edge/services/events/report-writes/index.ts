import type { SQL } from 'drizzle-orm';
import type { Report } from '../../../../shared/protocol/index.ts';
import { messageAck } from './message-ack.ts';
import { messageEdited, messageReaction, messageRevoked } from './message-note.ts';
import { messageReceived } from './message-received.ts';
import { messageSettled } from './message-settled.ts';
import { phoneSeen } from './phone-seen.ts';
import { sessionReconnect } from './session-reconnect.ts';
import { sessionPairingCode, sessionQr, sessionStatus } from './session-status.ts';
import type { WriteContext } from './write-context.ts';

/** The one statement that writes a report: state, event and deliveries. */
export function reportStatement(write: WriteContext, report: Report): SQL {
  switch (report.kind) {
    case 'message.received':
      return messageReceived(write, report);
    case 'message.settled':
      return messageSettled(write, report);
    case 'message.ack':
      return messageAck(write, report);
    case 'message.reaction':
      return messageReaction(write, report);
    case 'message.edited':
      return messageEdited(write, report);
    case 'message.revoked':
      return messageRevoked(write, report);
    case 'phone.seen':
      return phoneSeen(write, report);
    case 'session.status':
      return sessionStatus(write, report);
    case 'session.reconnect':
      return sessionReconnect(write, report);
    case 'session.pairing_code':
      return sessionPairingCode(write, report);
    case 'session.qr':
      break;
  }
  return sessionQr(write, report);
}
