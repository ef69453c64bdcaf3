import { describe, expect, test } from 'vitest';
import { FactReport } from '../protocol/runner-reports.ts';
import { ReportedPerson } from './person.ts';

const LID = '90000000001@lid';
const unnamed = { username: null, name: null };

describe('a person whom a runner of an earlier version reports', () => {
  test.each([
    ['by number', { id: '91@c.us', lid: null, name: 'Ada' }, { phone: '91', name: 'Ada' }],
    ['by both ids', { id: '91@c.us', lid: LID, name: null }, { phone: '91', lid: LID }],
    ['by LID', { id: LID, lid: LID, name: null }, { phone: null, lid: LID }],
    ['as a mention', LID, { id: LID, phone: null, lid: LID }],
    ['as a mention by number', '91@c.us', { id: '91@c.us', phone: '91', lid: null }],
  ])('%s is whole', (_how, reported, expected) => {
    const given = typeof reported === 'string' ? { id: reported } : reported;
    expect(ReportedPerson.parse(reported)).toEqual({ ...unnamed, ...given, ...expected });
  });

  test('is whole in each place of an event', () => {
    const ada = { id: '91@c.us', lid: null, name: 'Ada' };
    const data = { groupId: '1@g.us', change: 'added', members: [ada], by: ada };
    const report = { kind: 'relayed', key: 'k', timestamp: 1 };
    const whole = { ...ada, phone: '91', username: null };
    expect(FactReport.parse({ ...report, event: { type: 'group.members', data } })).toMatchObject({
      event: { data: { members: [whole], by: whole } },
    });
    expect(
      FactReport.parse({
        ...report,
        event: { type: 'group.members', data: { ...data, by: null } },
      }),
    ).toMatchObject({ event: { data: { by: null } } });
    const call = { callId: 'c', from: ada, isVideo: false, isGroup: false, rejected: false };
    expect(
      FactReport.parse({ ...report, event: { type: 'call.received', data: call } }),
    ).toMatchObject({ event: { data: { from: whole } } });
  });
});

test.each([
  ['no id', { lid: null }],
  ['a wrong LID', { id: '91@c.us', lid: 7 }],
  ['nothing', null],
])('a person with %s is none', (_what, reported) => {
  expect(ReportedPerson.safeParse(reported).success).toBe(false);
});
