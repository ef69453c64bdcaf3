import type { SQL } from 'drizzle-orm';
import type { Report } from '../../../../shared/protocol/index.ts';
import { handBack } from './hand-back.ts';
import { messageEdited, messagePollVote, messageReaction, messageRevoked } from './message-note.ts';
import { messageMedia } from './message-media.ts';
import { messageReceived } from './message-received.ts';
import { phoneSeen } from './phone-seen.ts';
import { relayed } from './relayed.ts';
import { sessionLimits } from './session-limits.ts';
import { sessionPageError } from './session-page-error.ts';
import { sessionReconnect } from './session-reconnect.ts';
import { sessionPairingCode, sessionQr, sessionStatus } from './session-status.ts';
import { factTarget, silentStatement, type WriteContext } from './write-context.ts';

/** The one statement that writes a report, unless it is a step of a message (message-steps.ts): state, event and deliveries. */
export function reportStatement(write: WriteContext, report: Report): SQL {
  switch (report.kind) {
    case 'message.received':
      return messageReceived(write, report);
    case 'message.settled':
      return handBack(write, report);
    case 'message.ack':
      // A level that changes no status.
      return silentStatement([factTarget(write)]);
    case 'message.reaction':
      return messageReaction(write, report);
    case 'message.poll_vote':
      return messagePollVote(write, report);
    case 'message.media':
      return messageMedia(write, report);
    case 'message.edited':
      return messageEdited(write, report);
    case 'message.revoked':
      return messageRevoked(write, report);
    case 'relayed':
      return relayed(write, report);
    case 'phone.seen':
      return phoneSeen(write, report);
    case 'session.status':
      return sessionStatus(write, report);
    case 'session.reconnect':
      return sessionReconnect(write, report);
    case 'session.limits':
      return sessionLimits(write, report);
    case 'session.page_error':
      return sessionPageError(write, report);
    case 'session.pairing_code':
      return sessionPairingCode(write, report);
    case 'session.qr':
      break;
  }
  return sessionQr(write, report);
}
