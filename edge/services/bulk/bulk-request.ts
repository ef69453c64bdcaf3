import type { MessageSaid } from '../../../shared/catalogue/message-kinds.ts';
import type { Idempotency } from '../messages/idempotency.ts';
import type { SendRequest } from '../messages/send-request.ts';
import type { Variables } from './template.ts';

/** One message for each of many recipients, as a caller asks for it. */
export type BulkRequest = {
  /** Id or name; null: the session that the key is pinned to, or else the workspace's default. */
  session: string | null;
  /** What each message says, with `{{variables}}` in its texts. */
  said: MessageSaid;
  /** The one file of all its messages; null for a kind without a file. */
  file: SendRequest['file'];
  recipients: readonly BulkRecipient[];
  /** Counted from the time that a message is planned for. */
  expiresInSeconds: number;
  /** ISO time at which it begins; null, and one that is over, is now. */
  sendAt: string | null;
  idempotency: Idempotency | null;
};

export type BulkRecipient = {
  /** As the caller wrote it. */
  to: string | number;
  variables: Variables;
  reference: string | null;
};
