import { expect, it } from 'vitest';
import { attentionOf } from './attention.ts';

const fine = { id: 'ses_1', name: 'shop', status: 'online', phoneUnseen: false } as const;
const healthy = {
  id: 'whk_1',
  url: 'https://example.com',
  disabledReason: null,
  health: { status: 'healthy' },
} as const;

it('asks for nothing where all is well', () => {
  expect(attentionOf({ sessions: [fine], webhooks: [healthy], oldestQueued: null })).toEqual([]);
});

it('names each thing that a person has to do, the worst first', () => {
  const found = attentionOf({
    sessions: [
      { ...fine, id: 'ses_2', phoneUnseen: true },
      { ...fine, id: 'ses_3', status: 'qr' },
      { ...fine, id: 'ses_4', status: 'logged_out' },
    ],
    webhooks: [
      { ...healthy, health: { status: 'failing' } },
      { ...healthy, id: 'whk_2', disabledReason: 'gone', health: { status: 'disabled' } },
    ],
    oldestQueued: '2026-11-21T10:00:00.000Z',
  });
  expect(found.map(({ key, tone }) => `${tone} ${key}`)).toEqual([
    'bad ses_4',
    'bad whk_2',
    'wait ses_2',
    'wait ses_3',
    'wait whk_1',
    'wait queue',
  ]);
  expect(found.find(({ key }) => key === 'whk_2')?.advice).toBe('gone');
});
