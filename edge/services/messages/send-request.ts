import type { MediaRule } from '../../../shared/catalogue/kinds/kind.ts';
import type { Forwarded, MessageSaid } from '../../../shared/catalogue/message-kinds.ts';
import type { FileSource } from '../../media/receive-file.ts';
import type { ReceivedFile } from '../../media/store-media.ts';
import type { Addressee } from '../workspace/local-numbers.ts';
import type { Idempotency } from './idempotency.ts';

/** A file that is stored already. */
export type StoredFile = { from: 'media'; mediaId: string; filename: string | null };

/** The file of the form that asks for the message: stored for it, and for it alone. */
export type FormFile = { from: 'form'; file: ReceivedFile };

/** One message as a caller asks for it, of whatever kind. */
export type SendRequest = {
  /** Id or name, as `nameKey` gives it; null: the quoted message's session, the key's own or the workspace's default. */
  session: string | null;
  /** Null: the quoted message's chat. */
  to: Addressee | null;
  /** The message that this one quotes, of the same session. */
  quotedMessageId: string | null;
  said: MessageSaid & Forwarded;
  /** Where its file is, and what that must be; null for a kind without a file. */
  file: { rule: MediaRule; source: FileSource | FormFile | StoredFile } | null;
  /** The caller's own name for the message. */
  reference: string | null;
  /** Counted from `sendAt` where that is to come. */
  expiresInSeconds: number;
  /** ISO time before which it is not to be sent, at most MAX_AHEAD_DAYS ahead; null, and one that is over, is now. */
  sendAt: string | null;
  /** How long to wait for the message to be settled; 0 answers as soon as it is queued. */
  waitMs: number;
  /** The caller's Idempotency-Key with what it stands for; null without one. */
  idempotency: Idempotency | null;
};
