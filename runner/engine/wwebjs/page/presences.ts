import type { RelayedEvent } from '../../../../shared/catalogue/events/relayed.ts';
import type { LiveWindow, PageRefusal } from './live-types.ts';

export type PresenceUpdate = Extract<RelayedEvent, { type: 'presence.update' }>['data'];

/** Runs on the page. What these people show, of those who show something; asks WhatsApp to report on who is new. */
export function readPresences(ids: string[]): Promise<PresenceUpdate[] | PageRefusal> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const shown: PresenceUpdate[] = [];
    for (const id of ids) {
      const wid = page.require('WAWebWidFactory').createWid(id);
      const { online, ...presence } = live.shownBy(await live.findPresence(wid));
      if (online !== null) shown.push({ from: live.person(wid), online, ...presence });
    }
    return shown;
  });
}
