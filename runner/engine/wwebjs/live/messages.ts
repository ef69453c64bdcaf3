import { AppError } from '../../../../shared/errors.ts';
import type { MESSAGE_OPERATIONS } from '../../../../shared/catalogue/live/messages.ts';
import type { EngineInput, EngineOutput, Implementers } from '../../operations.ts';
import type { LiveWindow, PageRefusal } from '../page/live-types.ts';
import { type LivePage, onPage } from './live-page.ts';

type Names = keyof typeof MESSAGE_OPERATIONS;
type Answer<Name extends Names> = Promise<EngineOutput<Name> | PageRefusal>;

export const MESSAGES: Implementers<LivePage, Names> = {
  reactToMessage: onPage(reactToMessage),
  editMessage: onPage(editMessage),
  deleteMessage: onPage(deleteMessage),
  downloadMedia: async ({ fetchFile }, { reference: wireKey, ...file }) => {
    if (!fetchFile({ ...file, wireKey }))
      throw new AppError('SESSION_NOT_READY', 'WhatsApp Web is not ready.');
    return { begun: true };
  },
  starMessage: onPage(starMessage),
  pinMessage: onPage(pinMessage),
};

/** Runs on the page. */
function reactToMessage({
  chatId,
  reference,
  emoji,
}: EngineInput<'reactToMessage'>): Answer<'reactToMessage'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const message = await live.message(chatId, reference);
    const reactions = live.ownReactions();
    const key = String(message.id);
    const before = reactions.get(key);
    await page.require('WAWebSendReactionMsgAction').sendReactionToMsg(message, emoji);
    await live.until(() => {
      const now = reactions.get(key);
      return now !== before && now?.emoji === emoji;
    });
    const { at, by } = reactions.get(key) ?? { at: Date.now(), by: live.me() };
    return { emoji, at, by: live.person(by) };
  });
}

/** Runs on the page. */
function editMessage({
  chatId,
  reference,
  text,
}: EngineInput<'editMessage'>): Answer<'editMessage'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const message = await live.message(chatId, reference);
    const textNow = () => (message.directPath === undefined ? message.body : message.caption);
    const editedAt = () => message.latestEditSenderTimestampMs ?? null;
    if (!message.id.fromMe)
      return live.refuse('CONFLICT', 'Only messages of the session’s own can be edited.', {
        reason: 'not_yours',
      });
    const { canEditText, canEditCaption } = page.require('WAWebMsgActionCapability');
    if (!canEditText(message) && !canEditCaption(message)) {
      if (message.type !== 'chat' && message.caption === undefined)
        return live.refuse('CONFLICT', 'A message of this kind has no text to edit.', {
          reason: 'no_text',
        });
      return live.refuse('CONFLICT', 'WhatsApp lets a message be edited for 15 minutes.', {
        reason: 'too_old',
      });
    }
    if (textNow() === text) return { text, at: editedAt() };
    const before = editedAt();
    await page.require('WAWebSendMessageEditAction').sendMessageEdit(message, text, {});
    await live.until(() => textNow() === text && editedAt() !== before);
    return { text, at: editedAt() };
  });
}

/** Runs on the page. */
function deleteMessage({
  chatId,
  reference,
  for: whom,
}: EngineInput<'deleteMessage'>): Answer<'deleteMessage'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const message = await live.message(chatId, reference, { revoked: true });
    const { Msg } = page.require('WAWebCollections');
    const { Cmd } = page.require('WAWebCmd');
    const chat = live.chat(message.id.remote._serialized);
    const list = { list: [message], type: 'message' };
    if (whom === 'me') {
      await Cmd.sendDeleteMsgs(chat, list, true);
      await live.until(() => Msg.get(String(message.id)) === undefined);
      return { at: Date.now() };
    }
    if (message.type === 'revoked') return { at: Date.now() };
    const { canSenderRevokeMsg, canAdminRevokeMsg } = page.require('WAWebMsgActionCapability');
    if (!canSenderRevokeMsg(message) && !canAdminRevokeMsg(message)) {
      if (message.id.fromMe)
        return live.refuse(
          'CONFLICT',
          'The message is too old for WhatsApp to delete it for everyone.',
          { reason: 'too_old' },
        );
      if (message.id.remote.server === 'g.us')
        return live.refuse(
          'FORBIDDEN',
          'Only an admin of the group can delete messages of others for everyone.',
          { needs: 'admin' },
        );
      return live.refuse(
        'CONFLICT',
        'Only messages of the session’s own can be deleted for everyone.',
        { reason: 'not_yours' },
      );
    }
    await Cmd.sendRevokeMsgs(chat, list, { clearMedia: true });
    await live.until(() => message.type === 'revoked');
    return { at: Date.now() };
  });
}

/** Runs on the page. */
function starMessage({
  chatId,
  reference,
  starred,
}: EngineInput<'starMessage'>): Answer<'starMessage'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const message = await live.message(chatId, reference);
    const { Cmd } = page.require('WAWebCmd');
    const chat = live.chat(message.id.remote._serialized);
    if (!page.require('WAWebMsgActionCapability').canStarMsg(message))
      return live.refuse('CONFLICT', 'WhatsApp does not let this message be starred.', {
        reason: 'not_allowed',
      });
    if (starred) await Cmd.sendStarMsgs(chat, [message], false);
    else await Cmd.sendUnstarMsgs(chat, [message], false);
    await live.until(() => (message.star === true) === starred);
    return { starred };
  });
}

/** Runs on the page. */
function pinMessage({
  chatId,
  reference,
  seconds,
}: EngineInput<'pinMessage'>): Answer<'pinMessage'> {
  const page = globalThis as unknown as LiveWindow;
  const { live } = page.__waypost;
  return live.attempt(async () => {
    const message = await live.message(chatId, reference);
    const key = String(message.id);
    const pins = page.require('WAWebPinInChatSchema').getTable();
    const isPinned = async () =>
      (await pins.equals(['chatId'], message.id.remote._serialized)).some(
        (pin) => String(pin.parentMsgKey) === key && pin.pinType === 1,
      );
    const wanted = seconds > 0;
    const done = await page.WWebJS.pinUnpinMsgAction(key, wanted ? 1 : 2, seconds);
    if (!done)
      return live.refuse('CONFLICT', 'WhatsApp did not make the change.', {
        reason: 'not_allowed',
      });
    await live.until(async () => (await isPinned()) === wanted);
    return { until: wanted ? Date.now() + seconds * 1_000 : null };
  });
}
