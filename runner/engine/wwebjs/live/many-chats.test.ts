import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListEnd } from '../../../../shared/catalogue/live/fields.ts';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

const CHATS = 5_000;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('an account with thousands of chats, on the page %s', (profile) => {
  let link: SandboxLink;
  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await sandbox.phone.crowd({ ...link.at, chats: CHATS });
    await link.link();
  });
  afterAll(() => link.end());

  /** All rows of a list, page after page. */
  async function allOf<Row>(
    page: (after: ListEnd | null) => Promise<{ rows: Row[]; next: ListEnd | null }>,
  ): Promise<Row[]> {
    const all: Row[] = [];
    let after: ListEnd | null = null;
    do {
      const { rows, next } = await page(after);
      all.push(...rows);
      after = next;
    } while (after !== null);
    return all;
  }

  it('lists each once, newest first, and tells friends from strangers', async () => {
    const chats = await allOf(async (after) => {
      const input = { after, limit: 100, archived: null };
      const { chats: rows, next } = await link.engine.ask('listChats', input);
      return { rows, next };
    });
    const names = chats.map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: CHATS }, (_, at) => `Person ${at + 1}`));
    expect(new Set(chats.map(({ id }) => id)).size).toBe(CHATS);
    expect(chats.map(({ saved }) => saved)).toEqual(chats.map((_, at) => at % 2 === 1));
  });

  it.each([true, false])('lists its people by whether they are saved: %s', async (saved) => {
    const people = await allOf(async (after) => {
      const input = { after, limit: 100, saved, blocked: null };
      const { contacts: rows, next } = await link.engine.ask('listContacts', input);
      return { rows, next };
    });
    const crowd = people.filter(({ name }) => name?.startsWith('Person ') === true);
    expect(new Set(crowd.map(({ id }) => id)).size).toBe(CHATS / 2);
    expect(crowd.every((person) => person.saved === saved)).toBe(true);
  });
});
