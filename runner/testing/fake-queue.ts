import type { OutboundContent } from '../../shared/catalogue/message-kinds.ts';
import { newId } from '../../shared/ids.ts';
import { MESSAGE_STATUS_RANK, type MessageStatus } from '../../shared/message-status.ts';
import type {
  ClaimedMessage,
  ClaimRequest,
  ClaimResponse,
  UnsettledResponse,
} from '../../shared/protocol/outbound-message.ts';
import type { Report } from '../../shared/protocol/runner-reports.ts';

export type FakeMessage = {
  messageId: string;
  sessionId: string;
  queueSeq: number;
  content: OutboundContent;
  mediaUrl?: string;
  senderNumber?: string;
  expiresAt: number;
  status: MessageStatus;
  claimEpoch: number | null;
  attempts: number;
};

const CHAT = '15550100001@c.us';

/** The edge's queues of all sessions, in memory. */
export class FakeQueue {
  readonly messages: FakeMessage[] = [];
  /** Messages that were claimed, in that order. */
  readonly claims: string[] = [];
  #queueSeq = 0;

  add(sessionId: string, text: string, change: Partial<FakeMessage>): FakeMessage {
    this.#queueSeq += 1;
    const message: FakeMessage = {
      messageId: newId('message'),
      sessionId,
      queueSeq: this.#queueSeq,
      content: { type: 'text', text, linkPreview: true },
      expiresAt: Date.now() + 3_600_000,
      status: 'queued',
      claimEpoch: null,
      attempts: 0,
      ...change,
    };
    this.messages.push(message);
    return message;
  }

  claim({ sessionId, epoch, limit }: ClaimRequest): ClaimResponse {
    const barrier = Math.min(
      ...this.#of(sessionId, 'sending')
        .filter(({ claimEpoch }) => (claimEpoch ?? 0) < epoch)
        .map(({ queueSeq }) => queueSeq),
    );
    const messages = this.#of(sessionId, 'queued')
      .filter(({ queueSeq }) => queueSeq < barrier)
      .slice(0, limit);
    for (const message of messages) {
      message.status = 'sending';
      message.claimEpoch = epoch;
      this.claims.push(message.messageId);
    }
    return {
      messages: messages.map(claimed),
      highestQueueSeq: this.highest(sessionId),
      heldBack: barrier < Infinity,
    };
  }

  unsettled(sessionId: string): UnsettledResponse {
    return {
      messages: this.#of(sessionId, 'sending').map(({ messageId, queueSeq, claimEpoch }) => ({
        messageId,
        queueSeq,
        chatId: CHAT,
        claimEpoch: claimEpoch ?? 0,
      })),
    };
  }

  settle(
    { messageId, outcome, attempts = 0 }: Extract<Report, { kind: 'message.settled' }>,
    epoch: number,
  ): void {
    const message = this.messages.find((known) => known.messageId === messageId);
    if (message === undefined) return;
    if (outcome === 'not_begun') {
      if (message.status !== 'sending' || (message.claimEpoch ?? 0) > epoch) return;
      message.status = 'queued';
      message.attempts = Math.max(message.attempts, attempts);
    } else if (MESSAGE_STATUS_RANK[outcome] > MESSAGE_STATUS_RANK[message.status])
      message.status = outcome;
  }

  highest(sessionId: string): number {
    const own = this.messages.filter((message) => message.sessionId === sessionId);
    return Math.max(-1, ...own.map(({ queueSeq }) => queueSeq));
  }

  #of(sessionId: string, status: MessageStatus): FakeMessage[] {
    return this.messages.filter(
      (message) => message.sessionId === sessionId && message.status === status,
    );
  }
}

function claimed(message: FakeMessage): ClaimedMessage {
  const { messageId, queueSeq, content, expiresAt, mediaUrl, senderNumber, attempts } = message;
  return {
    messageId,
    queueSeq,
    chatId: CHAT,
    content,
    expiresAt,
    attempts,
    ...(mediaUrl !== undefined && { mediaUrl }),
    ...(senderNumber !== undefined && { senderNumber }),
  };
}
