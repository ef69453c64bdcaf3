import { MESSAGE_KINDS } from '../../shared/catalogue/message-kinds.ts';
import { AppError, ERRORS, type ErrorCode } from '../../shared/errors.ts';
import type { ClaimedMessage } from '../../shared/protocol/outbound-message.ts';
import { deriveWireId } from '../../shared/wire-id.ts';
import type { Clock } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { EngineSend, EngineSendResult, WhatsAppEngine } from '../engine/port.ts';
import type { SendJournal } from '../journal/send-journal.ts';
import type { Log } from '../log.ts';
import type { PreparedFile } from '../media/prepare-file.ts';
import { judgeSend } from './judge-send.ts';
import type { MediaDownload } from './outbound-media.ts';
import type { Settlement } from './settlements.ts';
import type { MaybeSent, UnsettledMessages } from './unsettled.ts';

/** Longer than any engine's own deadline for a send: only an engine that breaks its contract runs into it. */
const SEND_DEADLINE_MS = 150_000;

type CarryDeps = {
  sessionKey: string;
  epoch: number;
  clock: Clock;
  log: Log;
  journal: SendJournal;
  unsettled: UnsettledMessages;
  settle: (settlement: Settlement) => Promise<void>;
  download: MediaDownload;
  filesDir: string;
  /** The engine that may send at this moment, or null: not online, lease not current, or stopping. */
  engine: () => WhatsAppEngine | null;
  /** Called when the engine is about to be touched. */
  began: (wireId: string) => void;
};

/**
 * `done`: settled, or in the hands of `unsettled`. Otherwise it is known not to have left: `not_now`, since the session
 * cannot send; `again`, since it was turned away, `attempts` times by now.
 */
type Carried = { result: 'done' } | { result: 'not_now' } | { result: 'again'; attempts: number };

const DONE: Carried = { result: 'done' };
const NOT_NOW: Carried = { result: 'not_now' };

/**
 * Takes one claimed message to WhatsApp at most once: wire id, file, `begun` on the disk, engine, outcome on the disk,
 * report. A message that the journal knows already is never sent, only looked up.
 */
export async function carry(
  message: ClaimedMessage,
  engine: WhatsAppEngine,
  deps: CarryDeps,
): Promise<Carried> {
  const { messageId, queueSeq, chatId } = message;
  const wireId = await deriveWireId(deps.sessionKey, messageId);
  const itself: MaybeSent = { messageId, queueSeq, chatId, wireId, claimEpoch: deps.epoch };
  const known = deps.journal.stateOf(itself).state;
  if (known === 'begun' || known === 'done') {
    await deps.unsettled.add(itself);
    return DONE;
  }

  const fetched = await fetchFile(message, deps);
  if (!fetched.ok) return fetched.carried;
  const { file } = fetched;
  try {
    // Its file may have taken longer than it may wait.
    if (message.expiresAt <= deps.clock.now()) {
      await deps.settle(failure(messageId, 'EXPIRED', ERRORS.EXPIRED.message));
      return DONE;
    }
    if (deps.engine() !== engine) return NOT_NOW;
    await deps.journal.begin({ messageId, queueSeq, wireId, epoch: deps.epoch });
    // The disk may have taken its time: the lease could be gone by now.
    if (deps.engine() !== engine) {
      await deps.journal.withdraw(messageId);
      return NOT_NOW;
    }
    deps.began(wireId);
    const { quotedWireId } = message;
    const result = await send(engine, deps, {
      wireId,
      chatId,
      content: file?.content ?? message.content,
      ...(quotedWireId === undefined ? {} : { quotedWireId }),
      ...(file === null ? {} : { filePath: file.path }),
      ...(file?.sound == null ? {} : { sound: file.sound }),
    });
    return await conclude(itself, result, { ...deps, attempts: message.attempts ?? 0 });
  } finally {
    await file?.remove();
  }
}

async function fetchFile(
  message: ClaimedMessage,
  deps: CarryDeps,
): Promise<{ ok: true; file: PreparedFile | null } | { ok: false; carried: Carried }> {
  const { messageId, mediaUrl, content, attempts = 0 } = message;
  if (MESSAGE_KINDS[content.type].media === null) return { ok: true, file: null };
  try {
    if (mediaUrl === undefined)
      throw new AppError(
        'MEDIA_REJECTED',
        'The message came without a place to read its file from.',
      );
    const from = { url: mediaUrl, directory: deps.filesDir, messageId, content };
    return { ok: true, file: await deps.download(from) };
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    const text = error instanceof Error ? error.message : String(error);
    if (code === 'UNAVAILABLE') {
      const judged = judgeSend({ outcome: 'failed', code, message: text }, attempts);
      if (judged.verdict === 'again')
        return { ok: false, carried: { result: 'again', attempts: judged.attempts } };
    }
    await deps.settle(failure(messageId, code, text));
    return { ok: false, carried: DONE };
  }
}

async function send(
  engine: WhatsAppEngine,
  deps: CarryDeps,
  message: EngineSend,
): Promise<EngineSendResult> {
  try {
    return await withDeadline(engine.send(message), SEND_DEADLINE_MS, 'send', deps.clock);
  } catch (error) {
    return { outcome: 'unknown', message: error instanceof Error ? error.message : String(error) };
  }
}

async function conclude(
  itself: MaybeSent,
  result: EngineSendResult,
  deps: CarryDeps & { attempts: number },
): Promise<Carried> {
  const { messageId, wireId } = itself;
  const { journal, log } = deps;
  const judged = judgeSend(result, deps.attempts);
  switch (judged.verdict) {
    case 'sent': {
      const { wireKey } = judged;
      // Not waited for: the next `begun` stands behind this in the journal, so that a kill never finds both in doubt.
      void Promise.all([
        journal.finish(messageId, { outcome: 'sent', wireKey, error: null }),
        deps.settle({ messageId, outcome: 'sent', wireId, wireKey, error: null }),
      ]).catch((error: unknown) => log.error('send.settle_failed', { messageId, error }));
      break;
    }
    case 'watch':
      deps.unsettled.watch(itself, judged.wireKey);
      break;
    case 'failed': {
      const { code, message } = judged;
      await journal.finish(messageId, {
        outcome: 'failed',
        wireKey: null,
        error: { code, message },
      });
      await deps.settle(failure(messageId, code, message, wireId));
      break;
    }
    case 'again':
      await journal.withdraw(messageId);
      return { result: 'again', attempts: judged.attempts };
    case 'look_up':
      log.warn('send.outcome_unknown', { messageId, wireId, detail: judged.message });
      await deps.unsettled.add(itself);
  }
  return DONE;
}

export function failure(
  messageId: string,
  code: ErrorCode,
  message: string,
  wireId: string | null = null,
): Settlement {
  return { messageId, outcome: 'failed', wireId, wireKey: null, error: { code, message } };
}
