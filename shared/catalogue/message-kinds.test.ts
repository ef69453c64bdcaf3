import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chatSortOf } from './kinds/kind.ts';
import {
  INBOUND_TYPES,
  MESSAGE_KIND_NAMES,
  MESSAGE_KINDS,
  OutboundContent,
  saidFields,
} from './message-kinds.ts';

describe.each(MESSAGE_KIND_NAMES)('the kind %s', (kind) => {
  const { fields, media, chats, example } = MESSAGE_KINDS[kind];
  const Body = z.strictObject(saidFields(kind));

  it('has an example that its own fields take', () => {
    expect(Body.parse(example)).toMatchObject(example);
  });

  it('takes a URL if it has a file, and only then', () => {
    expect('url' in saidFields(kind)).toBe(media !== null);
    expect(Object.keys(fields)).not.toContain('url');
  });

  it.each(['type', 'to', 'sessionId', 'expiresIn', 'sendAt', 'mediaId', 'mimetype', 'filename'])(
    'has no field %s, which means something of every message',
    (name) => {
      expect(Object.keys(fields)).not.toContain(name);
    },
  );

  it('can be sent somewhere, and come in', () => {
    expect(chats.length).toBeGreaterThan(0);
    expect(INBOUND_TYPES).toContain(kind);
  });

  it('stands in the queue as it was said', () => {
    const content = { type: kind, ...Body.parse(example) };
    expect(OutboundContent.parse(content)).toEqual(content);
  });
});

it('names each inbound type once', () => {
  expect(new Set(INBOUND_TYPES).size).toBe(INBOUND_TYPES.length);
});

it.each([undefined, null, 'text', {}, { type: 'unheard of' }])('%j is no content', (content) => {
  expect(OutboundContent.safeParse(content).success).toBe(false);
});

it.each([
  ['15550100001@c.us', 'person'],
  ['90000000001@lid', 'person'],
  ['120363000000000000@g.us', 'group'],
  ['120363000000000000@newsletter', 'channel'],
])('%s is a %s', (chatId, sort) => {
  expect(chatSortOf(chatId)).toBe(sort);
});
