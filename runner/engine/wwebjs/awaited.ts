import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WorkLane } from '../../work-lane.ts';

const FILE = 'waypost-awaited.json';
/** A message's file, as it is asked for. */
const WantedFile = z.object({
  wireId: z.string(),
  wireKey: z.string(),
  chatId: z.string(),
  mimetype: z.string(),
  filename: z.string().nullable(),
  sizeBytes: z.number(),
});
export type WantedFile = z.infer<typeof WantedFile>;

/** `tries`: how often it was begun to be fetched. */
const AwaitedFile = WantedFile.extend({ tries: z.number().int() });
export type AwaitedFile = z.infer<typeof AwaitedFile>;

/** `at`: when the message came, in Unix ms. */
const Unreadable = z.object({ wireKey: z.string(), at: z.number() });

const Saved = z.object({
  linkedAt: z.number().default(0),
  files: z.array(AwaitedFile).default([]),
  unreadable: z.array(Unreadable).default([]),
});

/**
 * What is still to come of messages, by serialized key: files of those that were reported, and the content of those that are
 * still ciphertext. Kept in the profile, so that a restart goes on.
 */
export class Awaited {
  readonly files: Map<string, AwaitedFile>;
  /** When this device was linked, in Unix ms; 0 where that was elsewhere. What came before is not awaited. */
  linkedAt: number;
  /** When each came, in Unix ms. */
  readonly unreadable: Map<string, number>;
  readonly #path: string;
  readonly #onError: (error: unknown) => void;
  readonly #writes = new WorkLane();
  #changed = false;

  private constructor(
    path: string,
    saved: z.infer<typeof Saved>,
    onError: (error: unknown) => void,
  ) {
    this.#path = path;
    this.#onError = onError;
    this.linkedAt = saved.linkedAt;
    this.files = new Map(saved.files.map((file) => [file.wireKey, file]));
    this.unreadable = new Map(saved.unreadable.map(({ wireKey, at }) => [wireKey, at]));
  }

  /** @param onError a change could not be written */
  static async open(profileDir: string, onError: (error: unknown) => void): Promise<Awaited> {
    const path = join(profileDir, FILE);
    const text = await readFile(path, 'utf8').catch(() => '{}');
    const saved = Saved.safeParse(parse(text));
    return new Awaited(path, saved.success ? saved.data : Saved.parse({}), onError);
  }

  /** Resolves when all that was changed so far is on the disk. */
  async save(): Promise<void> {
    this.#changed = true;
    await this.#writes.run(() => this.#write()).catch((error: unknown) => this.#onError(error));
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const saved: z.infer<typeof Saved> = {
      linkedAt: this.linkedAt,
      files: [...this.files.values()],
      unreadable: [...this.unreadable].map(([wireKey, at]) => ({ wireKey, at })),
    };
    await writeFile(`${this.#path}.new`, JSON.stringify(saved), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
