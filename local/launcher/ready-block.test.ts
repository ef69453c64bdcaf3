import { expect, test } from 'vitest';
import { readyBlock } from './ready-block.ts';

const printed = (signInToken: string | null): string =>
  readyBlock({
    stack: { inspectorUrl: 'http://127.0.0.1:1001', mailUrl: 'http://127.0.0.1:1002' },
    publicUrl: 'https://wa.example.com/whatsapp',
    account: { workspaceId: 'wks_1', apiKey: 'wp_live_1', sessionId: 'ses_1' },
    directory: '/data',
    visitorSecret: 'a secret of visitors',
    signInToken,
  });

test('the link that signs in, the dashboard, the docs and the call have the public address', () => {
  const text = printed('a-token');
  for (const path of ['/sign-in/link#a-token\n', '/)', '/docs\n', '/v1/messages/text '])
    expect(text).toContain(`https://wa.example.com/whatsapp${path}`);
});

test('where others keep what is printed, no secret is in it', () => {
  const text = printed(null);
  expect(text).toContain('https://wa.example.com/whatsapp/docs');
  for (const secret of ['sign-in/link', 'wp_live_1', 'a secret of visitors'])
    expect(text).not.toContain(secret);
});
