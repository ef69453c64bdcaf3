import type { PRESENCE_OPERATIONS } from '../../../../shared/catalogue/live/presence.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof PRESENCE_OPERATIONS;

export const PRESENCE: Implementers<LivePage, Names> = { getPresence: onPage(getPresence) };

/** Runs on the page. WhatsApp Web subscribes when it looks a presence up, and forgets them all with the connection. */
function getPresence({
  chatId,
}: EngineInput<'getPresence'>): Promise<EngineOutput<'getPresence'> | PageRefusal> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    if (page.require('WAWebStreamModel').Stream.available !== true)
      live.refuse(
        'CONFLICT',
        'WhatsApp shows presence only to numbers that are online themselves: set `alwaysOnline` of the session and restart it.',
      );
    const wid = await live.meet(chatId);
    if (wid === null) return live.refuse('NOT_FOUND', 'This person is not on WhatsApp.');
    // Presences are kept by LID, where there is one.
    const lid = page.require('WAWebApiContact').getCurrentLid(wid) ?? wid;
    const { PresenceCollection } = page.require('WAWebPresenceCollection');
    const presence = await PresenceCollection.find(lid);
    // Of somebody who does not show it, no word comes.
    for (let waited = 0; !presence.hasData && waited < 3_000; waited += 100) await live.pause(100);
    const { type, t } = presence.chatstate;
    const doing = { typing: 'typing', recording_audio: 'recording' } as const;
    const online = presence.hasData ? presence.isOnline === true : null;
    return {
      id: live.person(wid).id,
      online,
      lastSeenAt: online === false ? live.timeOf(t) : null,
      doing: type === 'typing' || type === 'recording_audio' ? doing[type] : null,
    };
  });
}
