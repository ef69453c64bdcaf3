import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FactReport } from '../../../shared/protocol/runner-reports.ts';
import { SANDBOX_PROFILES } from '../../../shared/session-status.ts';
import {
  isWanted,
  ackFact,
  editFact,
  factName,
  pollVoteFact,
  reactionFact,
  receivedFact,
  revokeFact,
} from './mapping.ts';
import { fields } from './payload.ts';
import { idsIn, type People } from './people.ts';

const Recording = z.object({
  people: z.record(
    z.string(),
    z.object({
      phoneId: z.string(),
      lid: z.string(),
      username: z.string().nullable().default(null),
      name: z.string().nullable(),
    }),
  ),
  samples: z.array(
    z.object({
      name: z.string(),
      payload: z.looseObject({}),
      ack: z.number().exactOptional(),
      text: z.string().exactOptional(),
    }),
  ),
});

const BOB = '15550100002@c.us';
const NOW = 1_800_000_000_000;
const nobody: People = () => undefined;

/** A message as the page sends it over, in its smallest form. */
function payload(more: Record<string, unknown> = {}): Record<string, unknown> {
  const id = { fromMe: false, remote: BOB, id: '3A', _serialized: `false_${BOB}_3A` };
  return { id, type: 'chat', body: 'hi', from: BOB, t: 1_700_000_000, ...more };
}

describe.each(SANDBOX_PROFILES)('payloads recorded on the %s page', (profile) => {
  const file = new URL(`./fixtures/payloads-${profile}.json`, import.meta.url);
  const recording = Recording.parse(JSON.parse(readFileSync(file, 'utf8')));
  const people: People = (id) => recording.people[id];
  const sample = (name: string) => {
    const found = recording.samples.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no recording of ${name}`);
    return found;
  };
  const received = (name: string) => receivedFact(sample(name).payload, people);

  it('a text', () => {
    const fact = received('text');
    expect(fact).toMatchObject({
      wireId: expect.stringMatching(/^[0-9A-F]+$/),
      wireKey: expect.stringMatching(/^false_\d+@(c\.us|lid)_[0-9A-F]+$/),
      chatId: BOB,
      from: { id: BOB, lid: expect.stringMatching(/@lid$/), name: 'Bob' },
      isGroup: false,
      type: 'text',
      text: 'hello',
      media: null,
      quotedWireId: null,
      mentions: [],
      timestamp: expect.any(Number),
    });
    expect(String(fact?.timestamp)).toHaveLength(13);
  });

  it.each([
    ['image', { type: 'image', text: 'look', media: { mimetype: 'image/png', sizeBytes: 70 } }],
    ['voice', { type: 'voice', text: null, media: { mimetype: 'audio/ogg', filename: null } }],
    ['document', { type: 'document', text: null, media: { filename: 'a.pdf' } }],
    ['location', { location: { latitude: 1.5, longitude: 2.5, name: 'Home', address: null } }],
    ['contact', { type: 'contact', text: null, vcards: ['BEGIN:VCARD\nFN:A\nEND:VCARD'] }],
    ['poll', { poll: { name: 'Tea?', options: ['yes', 'no'], allowMultiple: true } }],
    [
      'reply',
      {
        type: 'text',
        text: 're',
        mentions: [expect.objectContaining({ phone: '15550100003', name: 'Carol' })],
      },
    ],
    ['group', { isGroup: true, chatId: expect.stringMatching(/@g\.us$/), from: { id: BOB } }],
  ])('%s', (name, expected) => {
    expect(received(name)).toMatchObject(expected);
  });

  it('a reply names the message it quotes', () => {
    expect(received('reply')?.quotedWireId).toBe(received('text')?.wireId);
  });

  it('reaction, edit and revoke are about that message and that chat', () => {
    const about = { wireId: received('text')?.wireId, chatId: BOB };
    const from = { id: BOB };
    expect(reactionFact(sample('reaction').payload, people)).toMatchObject({
      ...about,
      from,
      emoji: '👍',
    });
    expect(reactionFact(sample('unreaction').payload, people)).toMatchObject({
      ...about,
      emoji: '',
    });
    const edit = sample('edit');
    expect(editFact(edit.payload, edit.text, people)).toMatchObject({ ...about, text: 'hello!' });
    expect(revokeFact(sample('revoke').payload, people, NOW)).toMatchObject(about);
  });

  it('an ack', () => {
    const { payload: acked, ack } = sample('ack');
    expect(ackFact(acked, ack, people)).toMatchObject({ chatId: BOB, ack: 1 });
  });

  it('every fact is one of the protocol', () => {
    const edit = sample('edit');
    const facts = [
      ...recording.samples.map((each) => receivedFact(each.payload, people)),
      reactionFact(sample('reaction').payload, people),
      editFact(edit.payload, edit.text, people),
      revokeFact(sample('revoke').payload, people, NOW),
      ackFact(sample('ack').payload, 1, people),
    ].filter((fact) => fact !== null);
    expect(facts.length).toBeGreaterThan(10);
    for (const fact of facts) expect(FactReport.parse(fact)).toEqual(fact);
  });

  it('a reaction keeps its name when the number of a LID becomes known', () => {
    const reaction = { ...fields(sample('reaction').payload), senderId: '77@lid' };
    const knowing = [undefined, { phoneId: BOB, lid: '77@lid', username: null, name: null }];
    const facts = knowing
      .map((known) => reactionFact(reaction, () => known))
      .filter((fact) => fact !== null);
    expect(facts).toMatchObject([{ from: { id: '77@lid' } }, { from: { id: BOB } }]);
    expect(new Set(facts.map(factName)).size).toBe(1);
  });

  it('names the people whose other id is needed', () => {
    for (const { payload: each } of recording.samples) {
      for (const id of idsIn(each)) expect(id).toMatch(/^\d+@(c\.us|lid)$/);
    }
    expect(idsIn(sample('reply').payload)).toHaveLength(2);
  });
});

describe('receivedFact', () => {
  it.each([
    ['a number', '91@c.us', { phoneId: '91@c.us', lid: null }, { phone: '91', lid: null }],
    ['a LID alone', '9@lid', { phoneId: null, lid: '9@lid' }, { phone: null, lid: '9@lid' }],
    ['both', '9@lid', { phoneId: '91@c.us', lid: '9@lid' }, { phone: '91', lid: '9@lid' }],
  ])('tells a person by %s, username and name', (_by, from, ids, expected) => {
    const id = { fromMe: false, remote: from, id: '3A', _serialized: `false_${from}_3A` };
    const people: People = () => ({ ...ids, username: 'ada.l', name: 'Ada' });
    const told = { id: ids.phoneId ?? from, ...expected, username: 'ada.l', name: 'Ada' };
    const fact = receivedFact(payload({ id, from, mentionedJidList: [from] }), people);
    expect([fact?.from, fact?.mentions]).toEqual([told, [told]]);
  });

  it('keeps a LID where no phone id is known', () => {
    const id = { fromMe: false, remote: '91@lid', id: '3A', $1: 'false_91@lid_3A' };
    expect(receivedFact(payload({ id, from: '91@lid' }), nobody)).toMatchObject({
      wireKey: 'false_91@lid_3A',
      chatId: '91@lid',
      from: { id: '91@lid', lid: '91@lid', name: null },
    });
  });

  it('names the author of a status post, and its chat', () => {
    const post = { id: { fromMe: false, remote: 'status@broadcast', id: '3A' }, author: BOB };
    expect(receivedFact(payload(post), nobody)).toMatchObject({
      chatId: 'status@broadcast',
      from: { id: BOB },
    });
  });

  it.each([
    ['a chat', {}, [true, true, true]],
    [
      'a status post',
      { id: { fromMe: false, remote: 'status@broadcast', id: '3A' } },
      [false, true, false],
    ],
    ['a status post by its mark', { isStatusV3: true }, [false, true, false]],
    [
      'a channel post',
      { id: { fromMe: false, remote: '120363@newsletter', id: '3A' } },
      [false, false, true],
    ],
  ])('%s is wanted by default, with statuses, with channels: %o', (_name, more, wanted) => {
    const settings = [
      { status: false, channels: false },
      { status: true, channels: false },
      { status: false, channels: true },
    ];
    expect(settings.map((traffic) => isWanted(payload(more), traffic))).toEqual(wanted);
  });

  it.each([
    ['made on this page', { id: { fromMe: true, remote: BOB, id: '3A' }, local: true }],
    ['an encryption notice', { type: 'e2e_notification' }],
    ['a group notice', { type: 'gp2', subtype: 'add' }],
    ['not decrypted yet', { type: 'ciphertext' }],
    ['without a key', { id: undefined }],
  ])('is null for a message that is %s', (_name, more) => {
    expect(receivedFact(payload(more), nobody)).toBeNull();
  });

  it.each([
    ['phone', '3A5F0C431C26A1916E07'],
    ['device', '3EB0C431C26A1916E07A5D'],
  ])('says that a message of our own was written on a %s', (writtenOn, id) => {
    const own = payload({ id: { fromMe: true, remote: BOB, id } });
    expect(receivedFact(own, nobody)).toMatchObject({ writtenOn, chatId: BOB });
  });

  it.each([
    [
      'a type nobody has heard of',
      { type: 'hologram', body: 'AAAA' },
      { type: 'unknown', text: null },
    ],
    ['no type', { type: undefined }, { type: 'unknown', text: null }],
    [
      'a thumbnail for a body',
      { type: 'location', body: '/9j/4AAQ', lat: 1, lng: 2 },
      { text: null },
    ],
    ['a button that was pressed', { type: 'buttons_response', body: 'Yes' }, { text: 'Yes' }],
    ['no time', { t: undefined }, { timestamp: 0 }],
    ['a size that is none', { directPath: '/v', size: 'big' }, { media: { sizeBytes: 0 } }],
    ['a list of cards that is none', { type: 'multi_vcard', vcardList: 7 }, { vcards: [] }],
    ['a poll without options', { type: 'poll_creation' }, { poll: { name: '', options: [] } }],
  ])('maps a message with %s', (_name, more, expected) => {
    const fact = receivedFact(payload(more), nobody);
    expect(fact).toMatchObject(expected);
    expect(FactReport.safeParse(fact).success).toBe(true);
  });
});

describe('editFact', () => {
  it('is null for a body that merely arrived late', () => {
    expect(editFact(payload(), 'hi', nobody)).toBeNull();
  });
});

describe('revokeFact', () => {
  it('names the message that was taken back, not the notice, and when', () => {
    const notice = payload({
      type: 'revoked',
      protocolMessageKey: { fromMe: false, remote: BOB, id: '3B', $1: `false_${BOB}_3B` },
      revokeTimestamp: 1_700_000_009,
    });
    expect(revokeFact(notice, nobody, NOW)).toMatchObject({
      wireId: '3B',
      timestamp: 1_700_000_009_000,
    });
  });
});

describe('whatever the page sends', () => {
  const junk = [undefined, null, 0, '', 'x', [], {}, { id: {} }, { id: 'x' }, { id: { id: 7 } }];
  it.each(junk.map((value) => [value]))('does not throw for %j', (value) => {
    expect(receivedFact(value, nobody)).toBeNull();
    expect(ackFact(value, 'one', nobody)).toBeNull();
    expect(reactionFact(value, nobody)).toBeNull();
    expect(editFact(value, null, nobody)).toBeNull();
    expect(revokeFact(value, nobody, NOW)).toBeNull();
    expect(idsIn(value)).toEqual([]);
  });
});

describe('a vote', () => {
  const vote = (selectedOptions: unknown[]) =>
    pollVoteFact(
      {
        msgId: { fromMe: true, remote: BOB, id: '3EB0' },
        senderId: BOB,
        interractedAtTs: 1_700_000_000_000,
        selectedOptions,
      },
      nobody,
    );

  it('in a poll that the page does not have is for the numbers of the options, and not withdrawn', () => {
    const chosen = [{ localId: 2 }, { name: 'no', localId: 1 }];
    expect(vote(chosen)).toMatchObject({ wireId: '3EB0', options: [2, 'no'] });
    expect(vote([])).toMatchObject({ options: [] });
  });
});
