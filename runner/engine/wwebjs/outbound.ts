import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MESSAGE_KINDS } from '../../../shared/catalogue/message-kinds.ts';
import type { EngineLookUp, EngineSend, EngineSendResult } from '../port.ts';
import { DeadlineError, withDeadline } from '../../deadline.ts';
import { describe } from '../describe-error.ts';
import { pause } from '../wait.ts';
import { type LibrarySend, librarySend } from './kinds.ts';
import { MessageMedia, type LibraryClient, type LibraryPage } from './library.ts';
import { callOff, findSent, prepareSend, type SentOnPage } from './page/send.ts';
import { SEND_HOOK_MISSING, WIRE_ID_TAG } from './patches/send-hook.ts';

/** Largest file that is sent; it crosses to the page as one base64 string. */
export const OUTBOUND_FILE_LIMIT = 32 * 1024 * 1024;

export type OutboundTimes = {
  /** One look at the page. */
  pageCallMs: number;
  /** From asking the library to its answer, upload included. */
  textMs: number;
  /** The same for a text whose link preview has to be fetched; then it goes without one. */
  previewMs: number;
  mediaMs: number;
  /** How long to look for a message after the page went away under it. */
  afterReloadMs: number;
  /** How long to look for a message that the page should know. */
  missingMs: number;
};

export const OUTBOUND_TIMES: OutboundTimes = {
  pageCallMs: 10_000,
  textMs: 30_000,
  previewMs: 10_000,
  mediaMs: 44_000,
  afterReloadMs: 20_000,
  missingMs: 2_000,
};

type Outbound = { client: LibraryClient; page: LibraryPage; times: OutboundTimes };

/** Sends one message and says how it ended. Never sends twice under one wire id, whatever it is told. */
export async function sendMessage(
  outbound: Outbound,
  message: EngineSend,
): Promise<EngineSendResult> {
  try {
    const send = await librarySend(message.content, () => readMedia(message));
    return await sendAs(outbound, message, send);
  } catch (error) {
    if (error instanceof FileRefused) return failed('MESSAGE_FAILED', error.message);
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
    const request = { wireId, chatId, quoted: message.quotedWireId ?? null };
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

  const { documentId } = preparation;
  const { body, caption, linkPreview = false } = send;
  try {
    const sending = outbound.client.sendMessage(chatId, body, {
      sendSeen: false,
      parseVCards: false,
      linkPreview,
      ...(caption === undefined ? {} : { caption }),
      ...(preparation.quotedKey === null
        ? {}
        : { quotedMessageId: preparation.quotedKey, ignoreQuoteErrors: false }),
      extra: { [WIRE_ID_TAG]: wireId },
    });
    await withDeadline(sending, deadlineOf(message, linkPreview, times), 'sending');
  } catch (error) {
    const result = await afterError(outbound, message, documentId, error);
    // A preview that cannot be fetched must not cost the message; it was called off, so it may be sent anew.
    if (linkPreview && error instanceof DeadlineError && result.outcome === 'failed') {
      return sendAs(outbound, message, { ...send, linkPreview: false });
    }
    return result;
  }
  // What the library returns is no evidence: on `$1` builds it is undefined for a message that left.
  return settle(outbound, message, times.missingMs);
}

function deadlineOf(message: EngineSend, linkPreview: boolean, times: OutboundTimes): number {
  if (MESSAGE_KINDS[message.content.type].media !== null) return times.mediaMs;
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

/** Looks the message up under its wire id until the page can be asked, then reads its ack. */
async function settle(
  outbound: Outbound,
  message: EngineSend,
  patienceMs: number,
  trouble = 'it is not on the page',
): Promise<EngineSendResult> {
  const { page, times } = outbound;
  const { wireId, chatId } = message;
  const end = performance.now() + patienceMs;
  let lastError = trouble;
  do {
    try {
      const sent = await withDeadline(
        page.evaluate(findSent, { wireId, chatId }),
        times.pageCallMs,
        'look-up',
      );
      if (sent.found) return resultOf(sent);
    } catch (error) {
      if (page.isClosed()) break;
      lastError = describe(error);
    }
    await pause(250);
  } while (performance.now() < end);
  return { outcome: 'unknown', message: `Its fate is not known: ${lastError}` };
}

function resultOf(sent: Extract<SentOnPage, { found: true }>): EngineSendResult {
  if (sent.ack < 0) return failed('MESSAGE_FAILED', 'WhatsApp reported an error for this message.');
  return { outcome: sent.ack >= 1 ? 'sent' : 'accepted', wireKey: sent.wireKey };
}

/** @throws when the page cannot be asked: that is not the same as "not found" */
export async function lookUpMessage(
  page: LibraryPage,
  times: OutboundTimes,
  wireId: string,
  chatId: string,
): Promise<EngineLookUp> {
  return withDeadline(page.evaluate(findSent, { wireId, chatId }), times.pageCallMs, 'look-up');
}

/** The message's file cannot be sent, whoever asks and however often. */
class FileRefused extends Error {}

async function readMedia({
  content,
  filePath,
}: EngineSend): Promise<InstanceType<typeof MessageMedia>> {
  if (filePath === undefined || content.mimetype === undefined)
    throw new FileRefused('The message has media and no file was given.');
  try {
    const { size } = await stat(filePath);
    if (size > OUTBOUND_FILE_LIMIT)
      throw new FileRefused(`The file has ${size} bytes; the limit is ${OUTBOUND_FILE_LIMIT}.`);
    const data = await readFile(filePath, 'base64');
    return new MessageMedia(content.mimetype, data, content.filename ?? basename(filePath));
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw new FileRefused(`The file cannot be read: ${describe(error)}`, { cause: error });
  }
}

function failed(
  code: 'RECIPIENT_NOT_ON_WHATSAPP' | 'MESSAGE_FAILED' | 'UNAVAILABLE',
  message: string,
): EngineSendResult {
  return { outcome: 'failed', code, message };
}
