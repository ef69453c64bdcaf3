import type { SessionAction } from '../../../../shared/session-actions.ts';
import type { LibraryPage } from '../library.ts';
import { installAgent, PAGE_ERROR_TOLD, type PageError } from '../page/agent.ts';
import { installChannels } from '../page/channels.ts';
import { installChats } from '../page/chats.ts';
import { installGroups } from '../page/groups.ts';
import { installLive } from '../page/live.ts';
import { installMessageLookup } from '../page/messages.ts';
import type { PatchOutcome } from '../page/types.ts';
import { chatEvents } from './chat-events.ts';
import { guardedListeners } from './guarded-listeners.ts';
import { idleQr } from './idle-qr.ts';
import { DECRYPTED_TOLD, lateDecryption, missesDecryption } from './late-decryption.ts';
import { mediaModelId } from './media-model-id.ts';
import { messageKeyField } from './message-key-field.ts';
import { tolerantExpose } from './one-injection.ts';
import { PASSKEY_ACTIONS, PASSKEY_TOLD, passkeyWatch, type PasskeyStep } from './passkey-watch.ts';
import { shownPresence } from './shown-presence.ts';
import { SEND_HOOK_MISSING, sendHook, WIRE_ID_TAG } from './send-hook.ts';

/** Everything of ours that a page needs before it first loads WhatsApp Web; each load installs it anew. */
export async function patchPage(
  page: LibraryPage,
  hooks: {
    onState: (state: string) => void;
    onNeedsPerson: (action: SessionAction) => void;
    /** A chat whose unread count changed, as the page shows it. */
    onUnread: (chat: unknown) => void;
    /** A message that was ciphertext until now, as the page shows it. */
    onDecrypted: (message: unknown) => void;
    /** Something on the page threw that nobody of ours had called. */
    onPageError: (error: PageError) => void;
    messageKeyPatch: boolean;
    alwaysOnline: boolean;
    /** What a patch of the library's own half came to. */
    onPatch: (name: string, outcome: PatchOutcome) => void;
  },
): Promise<void> {
  // Order counts: the outer wrapper swallows what the inner one throws.
  tolerantExpose(page);
  idleQr(
    page,
    (state) => hooks.onState(state),
    (outcome) => hooks.onPatch('idle-qr', outcome),
  );
  chatEvents(
    page,
    (chat) => hooks.onUnread(chat),
    (outcome) => hooks.onPatch('chat-events', outcome),
  );
  await page.exposeFunction(PASSKEY_TOLD, (step: PasskeyStep) =>
    hooks.onNeedsPerson(PASSKEY_ACTIONS[step]),
  );
  await page.exposeFunction(DECRYPTED_TOLD, (message: unknown) => hooks.onDecrypted(message));
  await page.evaluateOnNewDocument(passkeyWatch, PASSKEY_TOLD);
  await page.exposeFunction(PAGE_ERROR_TOLD, (error: PageError) => hooks.onPageError(error));
  await page.evaluateOnNewDocument(installAgent, PAGE_ERROR_TOLD);
  await page.evaluateOnNewDocument(installMessageLookup);
  await page.evaluateOnNewDocument(installLive);
  await page.evaluateOnNewDocument(installChats);
  await page.evaluateOnNewDocument(installGroups);
  await page.evaluateOnNewDocument(installChannels);
  await page.evaluateOnNewDocument(guardedListeners);
  await page.evaluateOnNewDocument(sendHook, WIRE_ID_TAG, SEND_HOOK_MISSING);
  await page.evaluateOnNewDocument(shownPresence, hooks.alwaysOnline);
  await page.evaluateOnNewDocument(mediaModelId);
  if (missesDecryption()) await page.evaluateOnNewDocument(lateDecryption, DECRYPTED_TOLD);
  else hooks.onPatch('late-decryption', 'not needed');
  if (hooks.messageKeyPatch) await page.evaluateOnNewDocument(messageKeyField);
}
