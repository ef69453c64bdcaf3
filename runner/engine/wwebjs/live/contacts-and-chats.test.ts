import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListEnd } from '../../../../shared/catalogue/live/fields.ts';
import { SANDBOX_PROFILES } from '../../../../shared/session-status.ts';
import type { EngineInput, EngineOperation, EngineOutput } from '../../operations.ts';
import { engineLink } from '../testing/engine-link.ts';
import type { SandboxLink } from '../testing/sandbox-link.ts';
import { newWireId, startTestSandbox, type TestSandbox } from '../testing/sandbox-link.ts';

const [alice, bob, pat, nobody] = [
  '15550100001@c.us',
  '15550100002@c.us',
  '15550100009@c.us',
  '19991110000@c.us',
];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describe.each(SANDBOX_PROFILES)('on the page %s', (profile) => {
  let link: SandboxLink;

  beforeAll(async () => {
    link = engineLink(sandbox, profile);
    await link.link();
  });
  afterAll(() => link.end());

  const ask = <Name extends EngineOperation>(name: Name, input: EngineInput<Name>) =>
    link.engine.ask(name, input);
  const refused = (code: string) => expect.objectContaining({ code });
  const person = (
    phone: string,
    change: { hides?: 'lid' | 'phone'; name?: string; username?: string },
  ) => sandbox.phone.contact({ world: link.world, phone, ...change });

  /** Somebody writes, and the page has it. */
  async function hears(from: string, body = 'hi'): Promise<void> {
    const { wireId } = await sandbox.phone.message({ ...link.at, from, body });
    await link.fact('message.received', (fact) => fact.wireId === wireId);
  }

  describe('contacts', () => {
    it('are checked, many at once, each under both ids', async () => {
      const { lid } = await person('15550104101', {});
      const { lid: uma } = await person('15550104108', { hides: 'phone', username: 'uma' });
      const { results } = await ask('checkContacts', { ids: [alice, nobody, lid, uma] });
      const username = null;
      expect(results).toEqual([
        { id: alice, exists: true, chatId: alice, lid: expect.stringMatching(/@lid$/), username },
        { id: nobody, exists: false, chatId: null, lid: null, username },
        { id: lid, exists: true, chatId: '15550104101@c.us', lid, username },
        { id: uma, exists: true, chatId: uma, lid: uma, username: 'uma' },
      ]);
    });

    it('are asked about once, and then remembered', async () => {
      const phone = '15550104105';
      const check = () => ask('checkContacts', { ids: [`${phone}@c.us`] });
      const first = await check();
      await sandbox.phone.contact({ world: link.world, phone, registered: false });
      expect(await check()).toEqual(first);
    });

    it('are refused with the reason where WhatsApp wants fewer questions and nothing is known', async () => {
      await sandbox.phone.faults({ ...link.at, limitChecks: 1 });
      const check = ask('checkContacts', { ids: ['15550104141@c.us'] });
      await expect(check).rejects.toEqual(refused('RATE_LIMITED'));
    });

    it('are unknown from where WhatsApp wants fewer questions, and it is not asked on', async () => {
      const [known, ...others] = Array.from(
        { length: 12 },
        (_, index) => `155501042${10 + index}@c.us`,
      );
      await ask('checkContacts', { ids: [known ?? ''] });
      await sandbox.phone.faults({ ...link.at, limitChecks: 100 });
      const { results } = await ask('checkContacts', { ids: [known ?? '', ...others] });
      expect(results.map(({ exists }) => exists)).toEqual([true, ...others.map(() => 'unknown')]);
      // They are asked about five at a time.
      expect(await sandbox.phone.faults({ ...link.at })).toMatchObject({ limitChecks: 96 });
      await sandbox.phone.faults({ ...link.at, limitChecks: 0 });
    });

    it.each([
      ['Brazil', 'the ninth digit', '551187654321', '5511987654321'],
      ['Mexico', 'the 1 of former years', '5215512345678', '525512345678'],
    ])('of %s are found with and without %s, as one account with one chat', async (...row) => {
      const [, , own, written] = row;
      await person(own, {});
      const [account, other] = [`${own}@c.us`, `${written}@c.us`];
      const { results } = await ask('checkContacts', { ids: [other, account] });
      expect(results.map(({ exists, chatId }) => [exists, chatId])).toEqual([
        [true, account],
        [true, account],
      ]);
      for (const chatId of [account, other]) {
        const wireId = newWireId();
        const content = { type: 'text', text: 'oi', linkPreview: false } as const;
        expect(await link.send({ wireId, chatId, content })).toMatchObject({ outcome: 'sent' });
        const { fact } = await link.fact('message.ack', (ack) => ack.wireId === wireId);
        expect(fact.chatId).toBe(account);
        expect((await link.wire()).find((record) => record.wireId === wireId)?.to).toBe(account);
      }
      const { chats } = await ask('listChats', { after: null, limit: 100, archived: null });
      const ids = chats.map(({ id }) => id).filter((id) => id === account || id === other);
      expect(ids).toEqual([account]);
    });

    it('are unknown where WhatsApp does not answer', async () => {
      await sandbox.phone.network({ ...link.at, online: false, forMs: 500 });
      const { results } = await ask('checkContacts', { ids: [bob] });
      expect(results).toEqual([
        { id: bob, exists: 'unknown', chatId: null, lid: null, username: null },
      ]);
      await link.event('connection', ({ connected }) => connected);
    });

    it('give LID and phone, whichever is asked for', async () => {
      const { lid } = await person('15550104102', {});
      const ids = { id: '15550104102@c.us', lid, phone: '15550104102', username: null };
      expect(await ask('getContactIds', { chatId: ids.id })).toEqual(ids);
      expect(await ask('getContactIds', { chatId: lid })).toEqual(ids);
      const hidden = await person('15550104103', { hides: 'phone', username: 'hidden.h' });
      expect(await ask('getContactIds', { chatId: hidden.lid })).toEqual({
        id: hidden.lid,
        lid: hidden.lid,
        phone: null,
        username: 'hidden.h',
      });
      await expect(ask('getContactIds', { chatId: nobody })).rejects.toEqual(refused('NOT_FOUND'));
    });

    it('show name, about and whether they are saved', async () => {
      expect(await ask('getContact', { chatId: alice })).toMatchObject({
        id: alice,
        name: 'Alice',
        saved: true,
        blocked: false,
        about: expect.stringContaining('WhatsApp'),
        pictureUrl: null,
      });
      await person('15550104104', {});
      expect(await ask('getContact', { chatId: '15550104104@c.us' })).toMatchObject({
        saved: false,
      });
    });

    it('are listed in pages, friends told from strangers', async () => {
      const listed: string[] = [];
      let after: ListEnd | null = null;
      do {
        const input: EngineInput<'listContacts'> = { after, limit: 2, saved: true, blocked: null };
        const page: EngineOutput<'listContacts'> = await ask('listContacts', input);
        listed.push(...page.contacts.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      expect(listed).toEqual([...new Set(listed)]);
      expect(listed).toEqual(expect.arrayContaining([alice, bob, pat]));
      const strangers = await ask('listContacts', {
        after: null,
        limit: 100,
        saved: false,
        blocked: null,
      });
      expect(strangers.contacts.map(({ id }) => id)).not.toContain(alice);
    });

    it.each([alice, 'lid'])('are blocked and unblocked by %s', async (by) => {
      const { lid } = await ask('getContactIds', { chatId: alice });
      const chatId = by === 'lid' ? (lid ?? '') : by;
      expect(await ask('blockContact', { chatId, blocked: true })).toMatchObject({ blocked: true });
      expect(await ask('getContact', { chatId: alice })).toMatchObject({ blocked: true });
      const input = { after: null, limit: 100, saved: null, blocked: true };
      expect((await ask('listContacts', input)).contacts).toMatchObject([{ id: alice }]);
      const others = await ask('listContacts', { ...input, blocked: false });
      expect(others.contacts.map(({ id }) => id)).not.toContain(alice);
      expect(await ask('blockContact', { chatId, blocked: false })).toMatchObject({
        blocked: false,
      });
    });

    it('cannot be the session’s own number when they are blocked', async () => {
      const chatId = `${link.phoneNumber}@c.us`;
      const block = ask('blockContact', { chatId, blocked: true });
      await expect(block).rejects.toEqual(refused('VALIDATION_ERROR'));
    });
  });

  describe('chats', () => {
    it('are listed in pages, newest first', async () => {
      for (const from of ['15550104111', '15550104112', '15550104113']) await hears(from);
      const first = await ask('listChats', { after: null, limit: 2, archived: null });
      expect(first.chats).toHaveLength(2);
      const rest = await ask('listChats', { after: first.next, limit: 100, archived: null });
      expect(rest.next).toBeNull();
      const all = [...first.chats, ...rest.chats];
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      const times = all.map(({ lastMessageAt }) => lastMessageAt ?? '');
      expect(times).toEqual(times.toSorted().toReversed());
      expect(all.find(({ id }) => id === '15550104113@c.us')).toMatchObject({
        type: 'person',
        unreadCount: 1,
        saved: false,
      });
    });

    it('are archived, pinned, muted and marked, as read back', async () => {
      await hears('15550104114');
      const chatId = '15550104114@c.us';
      const change = (input: Omit<EngineInput<'updateChat'>, 'chatId'>) =>
        ask('updateChat', { chatId, ...input });
      expect(await change({ archived: true })).toMatchObject({ archived: true });
      expect(await change({ archived: false, pinned: true })).toMatchObject({
        archived: false,
        pinned: true,
      });
      const until = Math.floor(Date.now() / 1_000) + 3_600;
      expect(await change({ mutedUntil: until })).toMatchObject({
        muted: true,
        mutedUntil: new Date(until * 1_000).toISOString(),
      });
      expect(await change({ mutedUntil: -1 })).toMatchObject({ muted: true, mutedUntil: null });
      expect(await change({ mutedUntil: 0 })).toMatchObject({ muted: false });
      expect(await ask('markChatSeen', { chatId })).toMatchObject({ unreadCount: 0 });
      expect(await change({ unread: true })).toMatchObject({ markedUnread: true });
      expect(await change({ unread: false })).toMatchObject({ markedUnread: false });
      expect(await ask('getChat', { chatId })).toMatchObject({ pinned: true, muted: false });
    });

    it('give their messages in pages, each once and newest first', async () => {
      const bodies = ['one', 'two', 'three', 'four', 'five'];
      for (const body of bodies) await hears('15550104115', body);
      const chatId = '15550104115@c.us';
      const listed: string[] = [];
      let after: ListEnd | null = null;
      do {
        const page: EngineOutput<'listChatMessages'> = await ask('listChatMessages', {
          chatId,
          after,
          limit: 2,
        });
        listed.push(...page.messages.map(({ text }) => text ?? ''));
        after = page.next;
      } while (after !== null);
      expect(listed).toEqual(bodies.toReversed());
      const { messages } = await ask('listChatMessages', { chatId, after: null, limit: 1 });
      expect(messages).toMatchObject([{ fromMe: false, from: { id: chatId }, type: 'chat' }]);
    });

    it('show that somebody types', async () => {
      await hears('15550104116');
      const chatId = '15550104116@c.us';
      for (const state of ['typing', 'recording', 'none'] as const)
        expect(await ask('showChatState', { chatId, state, forMs: 0 })).toEqual({ state });
    });

    it('are deleted, and then not there', async () => {
      await hears('15550104117');
      const chatId = '15550104117@c.us';
      await ask('updateChat', { chatId, unread: true });
      expect(await ask('deleteChat', { chatId })).toEqual({ deleted: true });
      // What the page said of the chat before comes out before what is heard now.
      await hears('15550104118');
      await expect(ask('getChat', { chatId })).rejects.toEqual(refused('NOT_FOUND'));
    });
  });

  it('the profile is shown and changed, as read back', async () => {
    const me = `${link.phoneNumber}@c.us`;
    expect(await ask('getProfile', {})).toMatchObject({ id: me, name: 'Zed', pictureUrl: null });
    expect(await ask('updateProfile', { name: 'Desk', about: 'At the desk' })).toMatchObject({
      name: 'Desk',
      about: 'At the desk',
    });
    const picture = { mimetype: 'image/png', base64: PNG };
    expect(await ask('setProfilePicture', { picture })).toMatchObject({
      pictureUrl: expect.stringContaining('https://pps.whatsapp.net/'),
    });
    expect(await ask('setProfilePicture', { picture: null })).toMatchObject({ pictureUrl: null });
  });
});
