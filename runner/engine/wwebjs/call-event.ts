import type { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { fields, idText, text } from './payload.ts';
import { person, type People } from './people.ts';

/** A call as the library gives it; null for one that this account makes, and for what is none. */
export function callOf(payload: unknown): { callId: string; from: string } | null {
  const data = fields(payload);
  const [callId, from] = [text(data['id']), idText(data['from'])];
  return callId === null || from === null || data['fromMe'] === true ? null : { callId, from };
}

/** @param rejected it was rejected at once @param now Unix ms, since WhatsApp Web does not say when a call began */
export function callFact(
  payload: unknown,
  people: People,
  { rejected, now }: { rejected: boolean; now: number },
): FactReport | null {
  const call = callOf(payload);
  if (call === null) return null;
  const { isVideo, isGroup } = fields(payload);
  const data = {
    callId: call.callId,
    from: person(call.from, people),
    isVideo: isVideo === true,
    isGroup: isGroup === true,
    rejected,
  };
  const event = { type: 'call.received', data } as const;
  return { kind: 'relayed', key: call.callId, event, timestamp: now };
}
