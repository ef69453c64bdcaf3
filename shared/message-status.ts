export const MESSAGE_STATUSES = [
  'queued',
  'sending',
  'unknown',
  'failed',
  'sent',
  'delivered',
  'read',
  'played',
] as const;

export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/**
 * A message's status only rises. `unknown` stands below `failed` and `sent`, since later proof may settle it either way;
 * `failed` stands below `sent`, since an ack from WhatsApp is proof that it left after all.
 */
export const MESSAGE_STATUS_RANK: Readonly<Record<MessageStatus, number>> = {
  queued: 0,
  sending: 1,
  unknown: 2,
  failed: 3,
  sent: 4,
  delivered: 5,
  read: 6,
  played: 7,
};

/** WhatsApp's ack levels that change a status: 1 server, 2 device, 3 read, 4 played; −1 error. Others change nothing. */
export function statusOfAck(
  ack: number,
): Exclude<MessageStatus, 'queued' | 'sending' | 'unknown'> | undefined {
  if (ack === -1) return 'failed';
  if (ack === 1) return 'sent';
  if (ack === 2) return 'delivered';
  if (ack === 3) return 'read';
  if (ack === 4) return 'played';
  return undefined;
}

/** Of the file of a received message: still on its way to storage, there, or not to be had until somebody asks again. */
export const MEDIA_STATUSES = ['pending', 'ready', 'failed'] as const;
export type MediaStatus = (typeof MEDIA_STATUSES)[number];
