import { z } from 'zod';
import { OutboundContent } from '../catalogue/message-kinds.ts';

/** One message handed to the runner that claimed it. `mediaUrl` is a presigned GET on our own object storage. */
export const ClaimedMessage = z.object({
  messageId: z.string(),
  queueSeq: z.number().int(),
  chatId: z.string(),
  content: OutboundContent,
  /** Wire id of the message this one replies to. */
  quotedWireId: z.string().optional(),
  mediaUrl: z.url().optional(),
  /** The session's number when it was accepted, bare digits: it leaves from no other. */
  senderNumber: z.string().optional(),
  /** Unix ms after which it must not be sent any more. */
  expiresAt: z.number().int(),
  /** How often the engine turned it away before. */
  attempts: z.number().int().min(0).optional(),
  /** `traceparent` of the call that sent it, if that is traced. */
  trace: z.string().optional(),
});
export type ClaimedMessage = z.infer<typeof ClaimedMessage>;

export const ClaimRequest = z.object({
  sessionId: z.string(),
  epoch: z.number().int(),
  limit: z.number().int().min(1).max(20),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

/** `highestQueueSeq` says how far the queue reaches, so that a runner knows whether to claim again. */
export const ClaimResponse = z.object({
  messages: z.array(ClaimedMessage),
  highestQueueSeq: z.number().int(),
  /** An earlier owner's message is not settled yet: nothing behind it is handed out until it is. */
  heldBack: z.boolean(),
});
export type ClaimResponse = z.infer<typeof ClaimResponse>;

/** Messages that an earlier owner had claimed and not settled; asked for once, when a session is taken over. */
export const UnsettledRequest = z.object({ sessionId: z.string(), epoch: z.number().int() });
export type UnsettledRequest = z.infer<typeof UnsettledRequest>;

export const UnsettledResponse = z.object({
  messages: z.array(
    z.object({
      messageId: z.string(),
      queueSeq: z.number().int(),
      chatId: z.string(),
      claimEpoch: z.number().int(),
    }),
  ),
});
export type UnsettledResponse = z.infer<typeof UnsettledResponse>;
