import { expect, test } from 'vitest';
import { bodyOf, type Draft } from './draft.ts';

const DRAFT: Draft = {
  name: 'Shop',
  timeZone: 'Europe/Berlin',
  defaultCountry: '',
  defaultSessionId: '',
  region: '',
  minIntervalMs: '',
  jitterMs: '',
  mediaRetentionHours: '24',
  contentRetentionDays: '30',
  cleanupTime: '00:00',
  stopWords: 'stop, end',
  captureLeads: false,
};
/** As it is sent. */
const sent = (change: Partial<Draft>) =>
  JSON.parse(JSON.stringify(bodyOf({ ...DRAFT, ...change })));

test('what may be none is none where it is empty', () => {
  expect(sent({})).toMatchObject({
    defaultCountry: null,
    defaultSessionId: null,
    region: null,
    pacing: null,
    stopWords: ['stop', 'end'],
  });
});

test('an emptied number is not 0: that would erase content at once, and send without a pause', () => {
  expect(sent({ contentRetentionDays: ' ', mediaRetentionHours: '' })).toMatchObject({
    contentRetentionDays: null,
    mediaRetentionHours: null,
  });
  expect(sent({ jitterMs: '500' }).pacing).toEqual({ minIntervalMs: null, jitterMs: 500 });
});
