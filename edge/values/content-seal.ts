import { Buffer } from 'node:buffer';
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { is, SQL } from 'drizzle-orm';
import { AppError } from '../../shared/errors.ts';
import type { EncryptionKeys } from './master-keys.ts';

/** Keeps this use of the master key apart from every other. */
const LABEL = 'waypost content';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^sealed:([\w-]{1,32}):([A-Za-z0-9+/]+={0,2})$/;
/** Derived keys that an isolate keeps. */
const MOST_KEYS = 2_000;

/**
 * Fields that stay as they are wherever they stand in content: kinds, ids, people, and what describes a file. Statements look
 * for them, and they say nothing of what was written.
 */
const CLEAR: ReadonlySet<string> = new Set([
  'type',
  'mentions',
  'fromName',
  'quotedWireId',
  'media',
  'mediaId',
  'mimetype',
  'filename',
]);

/** Seals one workspace's content. */
export type Seal = <Value>(value: Value) => Value;

/**
 * Seals content under keys derived from the master keys, one for each workspace. Each word is sealed by itself, so that
 * content keeps its shape and statements can move, replace and count its parts: a string or number becomes
 * `sealed:<version>:<base64 of nonce, ciphertext and tag>`; booleans, null and empty strings stay. Synchronous, since
 * statements and views are.
 */
export class ContentSeal {
  readonly #masters: EncryptionKeys;
  readonly #derived = new Map<string, KeyObject>();

  constructor(masters: EncryptionKeys) {
    this.#masters = masters;
  }

  /** The version that new seals are under. */
  get newest(): string {
    const [newest] = this.#masters;
    if (newest === undefined) throw new Error('no master key');
    return newest.version;
  }

  /** All words of a value, but for the fields that stay clear. What a statement makes (SQL) is left to it. */
  seal<Value>(workspaceId: string, value: Value): Value {
    // A number becomes a string, and is one again when it is opened: only statements see it sealed.
    return mapWords(value, (word) => this.#sealWord(workspaceId, word)) as Value;
  }

  /** `seal` for one workspace. */
  for(workspaceId: string): Seal {
    return (value) => this.seal(workspaceId, value);
  }

  /**
   * The reverse. What was written before content was sealed is given back as it stands; a word that was sealed for another
   * workspace, or changed since, is null.
   * @throws AppError UNAVAILABLE when its master key is not configured any more
   */
  open<Value>(workspaceId: string, value: Value): Value {
    return mapWords(value, (word) => this.#openWord(workspaceId, word)) as Value;
  }

  /** Whether something in it is clear, or sealed under an older key. */
  isStale(value: unknown): boolean {
    let stale = false;
    mapWords(value, (word) => {
      const [, version] = SEALED.exec(String(word)) ?? [];
      stale ||= version !== this.newest;
      return word;
    });
    return stale;
  }

  #sealWord(workspaceId: string, word: string | number): string {
    const version = this.newest;
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const cipher = createCipheriv(CIPHER, this.#keyOf(workspaceId, version), iv);
    cipher.setAAD(boundTo(workspaceId, version));
    const parts = [iv, cipher.update(JSON.stringify(word), 'utf8'), cipher.final()];
    return `sealed:${version}:${Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64')}`;
  }

  #openWord(workspaceId: string, word: string | number): unknown {
    const [, version, text] = SEALED.exec(String(word)) ?? [];
    if (version === undefined || text === undefined) return word;
    const key = this.#keyOf(workspaceId, version);
    const whole = Buffer.from(text, 'base64');
    try {
      const decipher = createDecipheriv(CIPHER, key, whole.subarray(0, IV_BYTES));
      decipher.setAAD(boundTo(workspaceId, version));
      decipher.setAuthTag(whole.subarray(-TAG_BYTES));
      const opened = [decipher.update(whole.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
      return JSON.parse(Buffer.concat(opened).toString('utf8'));
    } catch {
      // The cipher says no more than that it does not open.
      return null;
    }
  }

  #keyOf(workspaceId: string, version: string): KeyObject {
    const name = `${version}:${workspaceId}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const master = this.#masters.find((each) => each.version === version);
    if (master === undefined)
      throw new AppError('UNAVAILABLE', undefined, {
        part: 'content',
        reason: `SESSION_ENCRYPTION_KEY has no ${version}`,
      });
    const info = JSON.stringify([LABEL, workspaceId]);
    const key = createSecretKey(
      Buffer.from(hkdfSync('sha256', Buffer.from(master.secret, 'hex'), '', info, 32)),
    );
    if (this.#derived.size >= MOST_KEYS) this.#derived.clear();
    this.#derived.set(name, key);
    return key;
  }
}

const boundTo = (workspaceId: string, version: string): Buffer =>
  Buffer.from(JSON.stringify([LABEL, workspaceId, version]));

function mapWords(value: unknown, word: (word: string | number) => unknown): unknown {
  if (value === '' || is(value, SQL)) return value;
  if (typeof value === 'string' || typeof value === 'number') return word(value);
  if (Array.isArray(value)) return value.map((item) => mapWords(item, word));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, CLEAR.has(key) ? item : mapWords(item, word)]),
  );
}
