import { rm } from 'node:fs/promises';
import { describe } from '../describe-error.ts';
import { WorkLane } from '../../work-lane.ts';
import type { Awaited, AwaitedFile, WantedFile } from './awaited.ts';
import type { InboundDeps } from './inbound.ts';
import { downloadMedia, type Downloaded } from './inbound-media.ts';

/** A file that takes the page down each time must not do so for ever. */
const MOST_TRIES = 10;

type Deps = Pick<InboundDeps, 'page' | 'filesDir' | 'emit' | 'now'> & { awaited: Awaited };

/**
 * Fetches the files of messages, one at a time. What came of each is a fact of its own. One that is interrupted by the end of the
 * page, its line or this engine is taken up again when there is one.
 */
export class InboundFiles {
  readonly #deps: Deps;
  readonly #downloads = new WorkLane();
  /** Serialized keys of those that are being fetched, or wait for their turn. */
  readonly #queued = new Set<string>();
  #state: 'open' | 'interrupted' | 'ended' = 'open';
  #interruptions = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Fetches a file, and reports what came of it. */
  fetch(wanted: WantedFile): void {
    const { awaited } = this.#deps;
    if (!awaited.files.has(wanted.wireKey))
      awaited.files.set(wanted.wireKey, { ...wanted, tries: 0 });
    void awaited.save();
    this.#queue(wanted.wireKey);
  }

  /** The page or its line is gone, and what is fetched from it fails. */
  interrupted(): void {
    this.#interruptions += 1;
    if (this.#state === 'open') this.#state = 'interrupted';
  }

  /** The page is ready: what was interrupted is taken up again, also by an earlier engine. */
  resume(): void {
    if (this.#state === 'interrupted') this.#state = 'open';
    for (const wireKey of this.#deps.awaited.files.keys()) this.#queue(wireKey);
  }

  /** The engine ends: nothing is reported any more. */
  end(): void {
    this.#state = 'ended';
  }

  /** Resolves when nothing is being fetched or waits for its turn. */
  idle(): Promise<void> {
    return this.#downloads.idle();
  }

  #queue(wireKey: string): void {
    if (this.#queued.has(wireKey)) return;
    this.#queued.add(wireKey);
    void this.#downloads.run(async () => {
      const again = await this.#fetch(wireKey);
      this.#queued.delete(wireKey);
      if (again) this.#queue(wireKey);
    });
  }

  /** @returns whether it was interrupted, and the page is back already */
  async #fetch(wireKey: string): Promise<boolean> {
    const { awaited } = this.#deps;
    const wanted = awaited.files.get(wireKey);
    if (wanted === undefined || this.#state !== 'open') return false;
    wanted.tries += 1;
    await awaited.save();
    const before = this.#interruptions;
    const file = await this.#download(wanted);
    const interrupted = before !== this.#interruptions;
    if (this.#isEnded()) {
      if (file !== null && 'path' in file) await rm(file.path, { force: true });
      return false;
    }
    if (file !== null && !(interrupted && 'error' in file)) this.#report(wanted, file);
    else if (wanted.tries < MOST_TRIES) return interrupted;
    else this.#report(wanted, { error: 'WhatsApp Web went away each time the file was fetched' });
    return false;
  }

  #isEnded(): boolean {
    return this.#state === 'ended';
  }

  #report(wanted: AwaitedFile, came: Downloaded): void {
    const { awaited, emit, now } = this.#deps;
    const { wireId, wireKey, chatId, mimetype, filename } = wanted;
    const failed = 'error' in came;
    const error = failed ? came.error : null;
    const sizeBytes = failed ? wanted.sizeBytes : came.sizeBytes;
    const media = { mimetype, filename, sizeBytes, mediaId: null, error };
    const kind = 'message.media' as const;
    const fact = { kind, wireId, wireKey, chatId, media, timestamp: now() };
    emit({ type: 'fact', fact, ...(failed ? {} : { file: { ...came, mimetype, filename } }) });
    awaited.files.delete(wireKey);
    void awaited.save();
  }

  /** @returns null when the page went away */
  async #download(wanted: WantedFile): Promise<Downloaded | null> {
    const { page, filesDir } = this.#deps;
    try {
      return await downloadMedia(page, filesDir, wanted);
    } catch (error) {
      return { error: describe(error) };
    }
  }
}
