import type { MessageStatus } from '../../../shared/message-status.ts';
import type { OutboundContent } from '../../../shared/protocol/index.ts';

/** A message as its send is answered. */
export type SentMessage = {
  id: string;
  status: MessageStatus;
  sessionId: string;
  sessionName: string;
  chatId: string;
  type: OutboundContent['type'];
  /** Null until a message for later is due. */
  queueSeq: number | null;
  quotedMessageId: string | null;
  /** Known once the message is settled. */
  wireId: string | null;
  createdAt: string;
  sendAt: string | null;
  expiresAt: string;
};
