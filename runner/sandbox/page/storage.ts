/** What the profile directory carries, in IndexedDB: keys, credentials, the ratchet counter, messages, chats, reactions and votes. */
type StoreName = 'kv' | 'message' | 'chat' | 'reaction' | 'vote';
export type Put = { store: StoreName; key: string; value: unknown };

const stores: StoreName[] = ['kv', 'message', 'chat', 'reaction', 'vote'];

const settle = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'));
  });

const finished = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new Error('IndexedDB transaction aborted'));
  });

type Waiting = { puts: Put[]; done: { resolve: () => void; reject: (error: unknown) => void } };

/** Writes are durable when their promise resolves; those that wait for one another share a transaction. */
export class Storage {
  readonly #db: IDBDatabase;
  #waiting: Waiting[] = [];
  #writing = false;

  private constructor(db: IDBDatabase) {
    this.#db = db;
  }

  static async open(): Promise<Storage> {
    const request = indexedDB.open('wawc', 2);
    request.onupgradeneeded = () => {
      for (const name of stores) {
        if (request.result.objectStoreNames.contains(name)) continue;
        const store = request.result.createObjectStore(name);
        if (name === 'message') {
          store.createIndex('chat', ['chat', 'order']);
          store.createIndex('wireId', 'wireId');
          store.createIndex('pending', 'pending');
        }
      }
    };
    return new Storage(await settle(request));
  }

  write(puts: Put[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ puts, done: { resolve, reject } });
      if (!this.#writing) void this.#drain();
    });
  }

  async get(store: StoreName, key: string): Promise<unknown> {
    return settle(this.#db.transaction(store).objectStore(store).get(key));
  }

  async all(store: StoreName): Promise<unknown[]> {
    return settle(this.#db.transaction(store).objectStore(store).getAll());
  }

  async byIndex(store: StoreName, index: string, key: IDBValidKey): Promise<unknown[]> {
    return settle(this.#db.transaction(store).objectStore(store).index(index).getAll(key));
  }

  /** The newest messages of a chat that come before `order`, newest first. */
  newest(chat: string, before: number, limit: number): Promise<unknown[]> {
    const range = IDBKeyRange.bound([chat, -Infinity], [chat, before], false, true);
    const request = this.#db
      .transaction('message')
      .objectStore('message')
      .index('chat')
      .openCursor(range, 'prev');
    const found: unknown[] = [];
    return new Promise((resolve, reject) => {
      request.onerror = () => reject(request.error ?? new Error('IndexedDB cursor failed'));
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null || found.length >= limit) {
          resolve(found);
          return;
        }
        found.push(cursor.value);
        cursor.continue();
      };
    });
  }

  async remove(store: StoreName, keys: string[]): Promise<void> {
    const transaction = this.#db.transaction(store, 'readwrite', { durability: 'strict' });
    for (const key of keys) transaction.objectStore(store).delete(key);
    await finished(transaction);
  }

  async clear(): Promise<void> {
    const transaction = this.#db.transaction(stores, 'readwrite', { durability: 'strict' });
    for (const name of stores) transaction.objectStore(name).clear();
    await finished(transaction);
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const transaction = this.#db.transaction(stores, 'readwrite', { durability: 'strict' });
        for (const { puts } of batch) {
          for (const { store, key, value } of puts) transaction.objectStore(store).put(value, key);
        }
        await finished(transaction);
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#writing = false;
  }
}
