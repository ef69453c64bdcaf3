import { describe, expect, it } from 'vitest';
import { factEventId, ID_PREFIXES, type IdKind, isId, newId } from './ids.ts';

const KINDS = Object.keys(ID_PREFIXES) as IdKind[];

describe.each(KINDS)('an id of a %s', (kind) => {
  it('has its prefix, and is one of this kind and of no other', () => {
    const id = newId(kind);
    expect(id).toMatch(new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`));
    expect(KINDS.filter((other) => isId(other, id))).toEqual([kind]);
  });
});

describe('ids', () => {
  it('have prefixes of their own', () => {
    expect(new Set(Object.values(ID_PREFIXES)).size).toBe(KINDS.length);
  });

  it('sort by the time they were made at', () => {
    const times = [0, 1, 31, 32, 1_023, 1_024, 1_795_255_673_923, 253_402_300_799_999];
    const ids = times.map((time) => newId('event', time));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('differ within a millisecond', () => {
    const ids = Array.from({ length: 1_000 }, () => newId('message', 1));
    expect(new Set(ids).size).toBe(1_000);
  });

  it.each([
    '',
    'msg_',
    'msg_01k2q8z6m4c8f7h3n5r9t1v0w',
    'MSG_01k2q8z6m4c8f7h3n5r9t1v0wx',
    'msg_01k2q8z6m4c8f7h3n5r9t1v0wi',
    ' msg_01k2q8z6m4c8f7h3n5r9t1v0wx',
  ])('"%s" is none', (text) => {
    expect(isId('message', text)).toBe(false);
  });
});

describe('the id of a fact', () => {
  it('is the same for the same fact, and looks like any event’s', async () => {
    const parts = ['ses_1', '3EB0', 'message.read'];
    const id = await factEventId(parts);
    expect(await factEventId([...parts])).toBe(id);
    expect(isId('event', id)).toBe(true);
  });

  it.each([
    [
      ['a', 'bc'],
      ['ab', 'c'],
    ],
    [['a|1:b'], ['a', 'b']],
    [['a'], ['a', '']],
    [['1:a'], ['a']],
  ])('tells %j from %j', async (one, other) => {
    expect(await factEventId(one)).not.toBe(await factEventId(other));
  });
});
