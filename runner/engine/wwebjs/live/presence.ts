import type { PRESENCE_OPERATIONS } from '../../../../shared/catalogue/live/presence.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof PRESENCE_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const PRESENCE: Implementers<LivePage, Names> = {
  getPresence: onPage(getPresence),
  subscribePresence: async (live, input) => {
    const answer = await onPage(subscribePresence)(live, input);
    live.presences.subscribe(answer.ids, input.subscribed);
    return answer;
  },
};

/** Runs on the page. WhatsApp Web subscribes when it looks a presence up, and forgets them all with the connection. */
function getPresence({ chatId }: EngineInput<'getPresence'>): Answer<'getPresence'> {
  const { live } = (globalThis as unknown as LiveWindow).__waypost;
  return live.attempt(async () => {
    live.requireOnline();
    const wid = await live.meet(chatId);
    if (wid === null) return live.refuse('NOT_FOUND', 'This person is not on WhatsApp.');
    const presence = await live.findPresence(wid);
    // Of somebody who does not show it, no word comes.
    for (let waited = 0; !presence.hasData && waited < 3_000; waited += 100) await live.pause(100);
    return { id: live.person(wid).id, ...live.shownBy(presence) };
  });
}

/** Runs on the page. Whoever is not on WhatsApp any more can still be unsubscribed from. */
function subscribePresence({
  chatId,
  subscribed,
}: EngineInput<'subscribePresence'>): Answer<'subscribePresence'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    if (subscribed) live.requireOnline();
    const wid = subscribed
      ? await live.meet(chatId)
      : page.require('WAWebWidFactory').createWid(chatId);
    if (wid === null) return live.refuse('NOT_FOUND', 'This person is not on WhatsApp.');
    if (subscribed) await live.findPresence(wid);
    const { id } = live.person(wid);
    return { id, ids: [...new Set([id, chatId, ...live.idsOf(wid)])] };
  });
}
