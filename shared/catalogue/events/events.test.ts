import { describe, expect, test } from 'vitest';
import { parseExactEvent } from '../../testing/exact-event.ts';
import { personOf } from '../person.ts';
import {
  aliasesOf,
  EVENT_ALIASES,
  EVENT_TYPES,
  EVENTS,
  eventTypeOf,
  sampleEvent,
} from './index.ts';

describe.each(EVENT_TYPES)('%s', (type) => {
  const row = EVENTS[type];

  test('has an example that fits, under each of its names', () => {
    for (const name of [type, ...aliasesOf(type)]) {
      expect(parseExactEvent(sampleEvent(type, name))).toMatchObject({ type: name });
      expect(eventTypeOf(name)).toBe(type);
    }
  });

  test('says when it comes in one sentence', () => {
    expect(row.when).toMatch(/^[A-Z].*[^.]\.$/);
  });

  test('has a time at which its credential expires, if it holds one, and can do without it then', () => {
    expect('expiresAt' in row.data.shape).toBe(row.credential !== null);
    const expired = row.credential === null ? {} : { [row.credential]: null };
    expect(row.data.parse({ ...row.example, ...expired })).toMatchObject(expired);
  });
});

test('no two events share an alias, and none is a type', () => {
  const aliases = EVENT_TYPES.flatMap((type) => aliasesOf(type));
  expect(new Set(aliases).size).toBe(aliases.length);
  expect(aliases).toEqual([...EVENT_ALIASES.keys()]);
  expect(EVENT_TYPES.filter((type) => EVENT_ALIASES.has(type))).toEqual([]);
  expect(aliases).toEqual(
    expect.arrayContaining(['message_received', 'message_delivered', 'message_read']),
  );
});

test('what the catalogue does not name is found in the depth of an event', () => {
  const { data, ...envelope } = sampleEvent('message.received');
  const told = { ...envelope, data: { ...data, from: { ...personOf({ id: 'x' }), age: 7 } } };
  expect(() => parseExactEvent(told)).toThrow('data.from.age of message.received');
  expect(() => parseExactEvent({ ...envelope, data: { ...data, text: 7 } })).toThrow('text');
  expect(() => parseExactEvent({ ...envelope, type: 'message.seen', data })).toThrow('type');
});
