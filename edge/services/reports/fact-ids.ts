import { factEventId } from '../../../shared/ids.ts';
import { deriveWireId } from '../../../shared/wire-id.ts';
import type { SpooledReport } from '../../../shared/protocol/index.ts';

/** The event that an ack of this level makes; `message.settled` shares it, so that `message.sent` exists once. */
export function ackEventId(sessionId: string, wireId: string, ack: number): Promise<string> {
  return factEventId([sessionId, wireId, 'message.ack', String(ack)]);
}

/** The event of a send whose end is another one than WhatsApp's word. */
export function settledEventId(
  sessionId: string,
  wireId: string,
  outcome: 'unknown' | 'not_begun',
): Promise<string> {
  return factEventId([sessionId, wireId, 'message.settled', outcome]);
}

/**
 * Id of the event that a report makes, the same however often and by whomever it is reported. What tells reports of one
 * kind about one message apart: the ack's level, the time of an edit, sender and time of a reaction or vote.
 * @param sessionKey derives the wire id of a settled message that came without one
 */
export async function reportEventId(spooled: SpooledReport, sessionKey: string): Promise<string> {
  const { sessionId, report } = spooled;
  switch (report.kind) {
    case 'message.received':
    case 'message.revoked':
      return factEventId([sessionId, report.wireId, report.kind, '']);
    case 'message.edited':
    case 'message.media':
      return factEventId([sessionId, report.wireId, report.kind, String(report.timestamp)]);
    case 'message.reaction':
    case 'message.poll_vote':
      return factEventId([
        sessionId,
        report.wireId,
        report.kind,
        report.wireSender ?? report.from.id,
        String(report.timestamp),
      ]);
    case 'relayed':
      return factEventId([sessionId, report.key, report.event.type, '']);
    case 'message.ack':
      return ackEventId(sessionId, report.wireId, report.ack);
    case 'message.settled': {
      const wireId = report.wireId ?? (await deriveWireId(sessionKey, report.messageId));
      if (report.outcome === 'sent') return ackEventId(sessionId, wireId, 1);
      if (report.outcome === 'failed') return ackEventId(sessionId, wireId, -1);
      return settledEventId(sessionId, wireId, report.outcome);
    }
    case 'phone.seen':
    case 'session.status':
    case 'session.qr':
    case 'session.pairing_code':
    case 'session.reconnect':
    case 'session.page_error':
    case 'session.limits':
      break;
  }
  return factEventId([sessionId, spooled.bootId, String(spooled.spoolSeq)]);
}
