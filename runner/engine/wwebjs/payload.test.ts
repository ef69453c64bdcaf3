import { describe, expect, it } from 'vitest';
import { idText, messageKey } from './payload.ts';

describe('messageKey', () => {
  const parts = { fromMe: true, remote: '15550100001@c.us', id: '3EB0AA' };
  const whole = 'true_15550100001@c.us_3EB0AA';
  const expected = {
    wireKey: whole,
    wireId: '3EB0AA',
    fromMe: true,
    remote: '15550100001@c.us',
    participant: null,
  };

  it.each([
    ['the stock build', { ...parts, _serialized: whole }],
    ['the build with $1', { ...parts, $1: whole }],
    ['a key without its text form', parts],
    ['a remote that is an object', { ...parts, remote: { server: 'c.us', user: '15550100001' } }],
    ['text', whole],
  ])('reads %s', (_name, key) => {
    expect(messageKey(key)).toEqual(expected);
  });

  it('carries the participant of a group message', () => {
    const key = {
      fromMe: false,
      remote: '120363@g.us',
      id: '3A',
      participant: { _serialized: '91@lid' },
    };
    expect(messageKey(key)).toEqual({
      wireKey: 'false_120363@g.us_3A_91@lid',
      wireId: '3A',
      fromMe: false,
      remote: '120363@g.us',
      participant: '91@lid',
    });
    expect(messageKey('false_120363@g.us_3A_91@lid')?.participant).toBe('91@lid');
  });

  it.each([[undefined], [null], [7], [''], ['no key'], [{}], [{ id: 'x' }], [[]]])(
    'is null for %j',
    (value) => {
      expect(messageKey(value)).toBeNull();
    },
  );
});

describe('idText', () => {
  it.each([
    ['15550100001@c.us', '15550100001@c.us'],
    ['15550100001@s.whatsapp.net', '15550100001@c.us'],
    [{ _serialized: '91@lid' }, '91@lid'],
    [{ $1: '91@lid' }, '91@lid'],
    [{ user: '91', server: 'lid' }, '91@lid'],
    ['', null],
    [{}, null],
    [undefined, null],
  ])('%j is %s', (value, expected) => {
    expect(idText(value)).toBe(expected);
  });
});
