import type { CALL_OPERATIONS } from '../../../../shared/catalogue/live/calls.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import type { PageWid } from '../page/types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof CALL_OPERATIONS;

export const CALLS: Implementers<LivePage, Names> = { rejectCall: onPage(rejectCall) };

/** Runs on the page. The collection of calls keeps those that ring in a map of its own, whose name builds change. */
export function rejectCall({
  callId,
}: EngineInput<'rejectCall'>): Promise<EngineOutput<'rejectCall'> | PageRefusal> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const maps = Object.values(page.require('WAWebCallCollection')).filter(
      (value): value is Map<unknown, { id?: string; peerJid?: PageWid }> => value instanceof Map,
    );
    const call = maps.flatMap((map) => [...map.values()]).find(({ id }) => id === callId);
    if (call?.peerJid === undefined) return live.refuse('NOT_FOUND', 'There is no such call now.');
    await page.WWebJS.rejectCall(call.peerJid._serialized, callId);
    return { rejected: true };
  });
}
