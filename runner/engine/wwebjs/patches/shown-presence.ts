import type { LiveWindow } from '../page/live-types.ts';

/**
 * Makes the linked device "online" always or never. By itself WhatsApp Web is online while its window has the focus, as one
 * without a screen always has, and the phone does not ring then; the library is online for a moment whenever it marks a
 * chat as read. Runs in each new document, so that it holds over reconnects and reloads. No upstream issue asks for this.
 */
export function shownPresence(online: boolean): void {
  const page = globalThis as unknown as LiveWindow & { document: { hasFocus: () => boolean } };
  const agent = (globalThis as { __waypost?: LiveWindow['__waypost'] }).__waypost;
  if (agent === undefined) return;
  page.document.hasFocus = () => online;

  agent.onFirstLibrary('shown-presence', () => {
    const action = page.require('WAWebPresenceChatAction');
    const say = online ? action.sendPresenceAvailable : action.sendPresenceUnavailable;
    action.sendPresenceAvailable = say;
    action.sendPresenceUnavailable = say;
    const { Stream } = page.require('WAWebStreamModel');
    if (online) {
      Stream.markUnavailable = () => undefined;
      Stream.markAvailable();
    }
    return 'applied';
  });
}
