import { chatSortOf } from '../../../shared/catalogue/kinds/kind.ts';
import { MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import type { EngineSend, EngineSendResult } from '../port.ts';
import { DeadlineError, withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import { type LibrarySend, librarySend } from './kinds.ts';
import { type FileOnPage, FileRefused, openFile, withFileOnPage } from './outbound-file.ts';
import type { OutboundTimes } from './times.ts';
import {
  callOff,
  prepareSend,
  sendPrepared,
  type Preparation,
  type SentOnPage,
} from './page/send.ts';
import { SEND_HOOK_MISSING, WIRE_ID_TAG } from './patches/send-hook.ts';
import { failed, type Outbound, resultOf, settle } from './sent-message.ts';

/** Sends one message and returns its outcome. Never sends twice under one wire id, even when asked to. */
export async function sendMessage(
  outbound: Outbound,
  message: EngineSend,
): Promise<EngineSendResult> {
  const { type } = message.content;
  const sort = chatSortOf(message.chatId);
  if (!MESSAGE_KINDS[type].chats.includes(sort))
    return failed('MESSAGE_FAILED', `A ${sort} takes no message of kind ${type}.`);
  try {
    const send = await librarySend(message.content, () => openFile(message));
    return await sendAs(outbound, message, send);
  } catch (error) {
    if (error instanceof FileRefused) return failed('MEDIA_REJECTED', error.message);
    throw error;
  }
}

async function sendAs(
  outbound: Outbound,
  message: EngineSend,
  send: LibrarySend,
): Promise<EngineSendResult> {
  const { page, times } = outbound;
  const { wireId, chatId } = message;
  let preparation;
  try {
    const { content } = message;
    const mentions = 'mentions' in content ? (content.mentions ?? null) : null;
    const { video = null } = send;
    const request = { wireId, chatId, quoted: message.quotedWireId ?? null, mentions, video };
    preparation = await withDeadline(
      page.evaluate(prepareSend, request),
      times.pageCallMs,
      'look-up',
    );
  } catch (error) {
    return failed('UNAVAILABLE', `WhatsApp Web did not answer: ${describe(error)}`);
  }
  if (preparation.state === 'refused') return failed(preparation.code, preparation.message);
  if (preparation.state === 'on page') return settle(outbound, message, times.missingMs);

  const { linkPreview = false } = send;
  try {
    const sending = handOver(outbound, message, send, preparation);
    const sent = await withDeadline(sending, deadlineOf(send, times), 'sending');
    if (sent.found) return await resultOf(outbound, message, sent);
  } catch (error) {
    const result = await afterError(outbound, message, preparation.documentId, error);
    // A preview that cannot be fetched must not cost the message; it was called off, so it may be sent anew.
    if (linkPreview && error instanceof DeadlineError && result.outcome === 'failed') {
      return sendAs(outbound, message, { ...send, linkPreview: false });
    }
    return result;
  }
  return settle(outbound, message, times.missingMs);
}

/** Everything but a file goes in one call to the page. The library's own answer is no evidence of anything. */
async function handOver(
  { page }: Outbound,
  { wireId, chatId }: EngineSend,
  { body, file, linkPreview = false, options: kindOptions, extra: kindExtra }: LibrarySend,
  { documentId, quotedKey, mentions }: Extract<Preparation, { state: 'ready' }>,
): Promise<SentOnPage> {
  const quote = quotedKey === null ? {} : { quotedMessageId: quotedKey, ignoreQuoteErrors: false };
  const options = {
    ...kindOptions,
    ...quote,
    mentionedJidList: mentions,
  };
  const extra = { ...kindExtra, [WIRE_ID_TAG]: wireId };
  const request = { documentId, wireId, chatId, body, options, extra, linkPreview };
  const send = (onPage: FileOnPage | null): Promise<SentOnPage> =>
    page.evaluate(sendPrepared, { ...request, file: onPage });
  return file === undefined ? send(null) : withFileOnPage(page, documentId, file, send);
}

/** A second more for each MB of a file, so that a large one may take longer than a picture. */
function deadlineOf({ file, linkPreview = false }: LibrarySend, times: OutboundTimes): number {
  if (file !== undefined) return times.mediaMs + file.sizeBytes / 1_000;
  return linkPreview ? times.previewMs : times.textMs;
}

/** The library threw or stayed away: find out from the page whether the message was handed over. */
async function afterError(
  outbound: Outbound,
  message: EngineSend,
  documentId: string,
  error: unknown,
): Promise<EngineSendResult> {
  const detail = describe(error);
  if (detail.includes(SEND_HOOK_MISSING)) return failed('UNAVAILABLE', detail);
  let state;
  try {
    const request = { wireId: message.wireId, documentId };
    state = await withDeadline(
      outbound.page.evaluate(callOff, request),
      outbound.times.pageCallMs,
      'calling off',
    );
  } catch {
    state = 'other document' as const;
  }
  // Called off means: not handed over until now, and the hook refuses it from now on. A page that is slow may be quicker later.
  if (state === 'called off')
    return failed(error instanceof DeadlineError ? 'UNAVAILABLE' : 'MESSAGE_FAILED', detail);
  const patienceMs = state === 'begun' ? outbound.times.missingMs : outbound.times.afterReloadMs;
  return settle(outbound, message, patienceMs, detail);
}
