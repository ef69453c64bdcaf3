import { describe } from '../describe-error.ts';
import type { InboundFile } from '../port.ts';
import { WorkLane } from '../../work-lane.ts';
import type { InboundDeps } from './inbound.ts';
import { downloadMedia } from './inbound-media.ts';

/** A message's file, as it is asked for. */
export type WantedFile = {
  wireId: string;
  wireKey: string;
  chatId: string;
  mimetype: string;
  filename: string | null;
  sizeBytes: number;
};

type Deps = Pick<InboundDeps, 'page' | 'filesDir' | 'emit' | 'now'>;

/** Fetches the files of messages, one at a time. What came of each is a fact of its own. */
export class InboundFiles {
  readonly #deps: Deps;
  readonly #downloads = new WorkLane();
  /** When the message of each file came that is being fetched, or waits for it, by serialized key. */
  readonly #fetching = new Map<string, number>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Fetches a file, and reports what came of it. Until then the message counts as not out: a restart finds it again.
   * @param at when the message came
   */
  fetch(wanted: WantedFile, at = this.#deps.now()): void {
    const { wireId, wireKey, chatId, mimetype, filename } = wanted;
    if (this.#fetching.has(wireKey)) return;
    this.#fetching.set(wireKey, at);
    void this.#downloads.run(async () => {
      const file = await this.#download(wanted);
      const failed = 'error' in file;
      const error = failed ? file.error : null;
      const sizeBytes = failed ? wanted.sizeBytes : file.sizeBytes;
      const media = { mimetype, filename, sizeBytes, mediaId: null, error };
      const timestamp = this.#deps.now();
      const fact = { kind: 'message.media' as const, wireId, wireKey, chatId, media, timestamp };
      this.#deps.emit({ type: 'fact', fact, ...(failed ? {} : { file }) });
      this.#fetching.delete(wireKey);
    });
  }

  /** When the messages came whose files are not out yet, in Unix ms. */
  awaitedSince(): Iterable<number> {
    return this.#fetching.values();
  }

  /** Resolves when every file so far has been reported. */
  idle(): Promise<void> {
    return this.#downloads.idle();
  }

  async #download(wanted: WantedFile): Promise<InboundFile | { error: string }> {
    const { page, filesDir } = this.#deps;
    const { mimetype, filename } = wanted;
    try {
      const file = await downloadMedia(page, filesDir, wanted);
      return 'error' in file ? file : { ...file, mimetype, filename };
    } catch (error) {
      return { error: describe(error) };
    }
  }
}
