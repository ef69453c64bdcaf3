import type { MessageKind } from '../../../shared/catalogue/message-kinds.ts';
import type { MessageStatus } from '../../../shared/message-status.ts';

/** A message as its send is answered. */
export type SentMessage = {
  id: string;
  status: MessageStatus;
  sessionId: string;
  sessionName: string;
  reference: string | null;
  chatId: string;
  type: MessageKind;
  /** Null until a message for later is due. */
  queueSeq: number | null;
  quotedMessageId: string | null;
  /** Known once the message is settled. */
  wireId: string | null;
  createdAt: string;
  sendAt: string | null;
  expiresAt: string;
};
