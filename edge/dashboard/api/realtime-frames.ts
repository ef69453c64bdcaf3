export type Frame =
  | { type: 'ready'; cursor: number }
  | { type: 'check' }
  | { type: 'event'; eventType: string; seq: number };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** What a frame of the stream is; null for `pong` and what is not known here. */
export function frameOf(data: unknown): Frame | null {
  if (typeof data !== 'string' || !data.startsWith('{')) return null;
  const frame: unknown = JSON.parse(data);
  if (!isRecord(frame)) return null;
  if (frame['type'] === 'check') return { type: 'check' };
  if (frame['type'] === 'ready') return { type: 'ready', cursor: numberOf(frame['cursor']) };
  const event = frame['event'];
  if (frame['type'] !== 'event' || !isRecord(event) || typeof event['type'] !== 'string')
    return null;
  return { type: 'event', eventType: event['type'], seq: numberOf(event['seq']) };
}

/**
 * Whether what a query shows may have changed by events of these types. The list of messages is not: its rows stay where
 * they are until somebody asks for the newer ones. Deliveries follow every event.
 */
export function isConcerned(queryKey: readonly unknown[], types: readonly string[]): boolean {
  const [area, part] = queryKey;
  if (area === 'sessions') return part !== 'choices' && some(types, 'session.');
  if (area === 'events') return types.length > 0;
  if (area === 'messages') return part !== 'list' && some(types, 'message.');
  if (area === 'chats') return some(types, 'message.') || some(types, 'presence.');
  return area === 'webhooks' && queryKey.includes('deliveries') && types.length > 0;
}

const some = (types: readonly string[], start: string): boolean =>
  types.some((type) => type.startsWith(start));
