import type { z } from 'zod';
import { toBase64 } from '../../shared/base64.ts';
import { EVENTS, type PublicEvent } from '../../shared/catalogue/events/index.ts';
import { socketState } from '../values/system-states.ts';

const {
  'session.status': { data: Status },
  'session.qr': { data: Qr },
  'message.received': { data: Received },
} = EVENTS;

type Told = Pick<PublicEvent, 'type' | 'sessionId'> & { data: unknown };

/** An event in the frames of sessions and socket; none for a code that the reader may not see, and for other events. */
export async function sessionFrames({ type, sessionId, data }: Told): Promise<object[]> {
  if (type === 'session.status') return statusFrames(sessionId, Status.parse(data));
  if (type === 'message.received') return [receivedFrame(sessionId, Received.parse(data))];
  if (type !== 'session.qr') return [];
  const { qr } = Qr.parse(data);
  if (qr === null) return [];
  const { qrPng } = await import('../media/qr-image.ts');
  const picture = `data:image/png;base64,${toBase64(await qrPng(qr))}`;
  return [{ type: 'qr_code', sessionId, qr: picture }];
}

type SessionId = PublicEvent['sessionId'];

function statusFrames(sessionId: SessionId, { status, phoneNumber }: z.infer<typeof Status>) {
  const update = { type: 'status_update', sessionId, status: socketState(status) };
  return status === 'online'
    ? [{ type: 'session_ready', sessionId, phoneNumber }, update]
    : [update];
}

const receivedFrame = (sessionId: SessionId, received: z.infer<typeof Received>) => ({
  type: 'message_received',
  sessionId,
  message: {
    id: received.messageId,
    from: received.from.id,
    name: received.from.name,
    to: received.chatId,
    type: received.type,
    body: received.text ?? '',
    timestamp: received.sentAt,
  },
});
