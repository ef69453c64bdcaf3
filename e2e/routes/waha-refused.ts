import { expect, it } from 'vitest';
import { z } from 'zod';
import { jsonIn } from '../testing/answers.ts';
import { coversRefusal } from '../testing/covers.ts';
import type { Deployment } from '../testing/deployment.ts';

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) })),
  ),
});

/** What WAHA's clients can ask of a session, and the engine cannot do. */
export function wahaRefused(running: () => Deployment, session: string): void {
  coversRefusal(
    'DELETE /compat/waha/api/{session}/chats/{chatId}/messages',
    'PUT /compat/waha/api/{session}/contacts/{chatId}',
    'DELETE /compat/waha/api/{session}/groups/{id}',
    'POST /compat/waha/api/{session}/labels',
    'POST /compat/waha/api/{session}/channels',
    'POST /compat/waha/api/{session}/status/voice',
    'GET /compat/waha/api/{session}/auth/passkey/{step}',
    'POST /compat/waha/api/{session}/auth/passkey',
    'POST /compat/waha/api/{session}/auth/passkey/confirm',
    'PUT /compat/waha/api/{session}/labels/{labelId}',
    'DELETE /compat/waha/api/{session}/labels/{labelId}',
    'DELETE /compat/waha/api/{session}/channels/{id}',
    'POST /compat/waha/api/{session}/channels/{id}/mute',
    'POST /compat/waha/api/{session}/channels/{id}/unmute',
    'GET /compat/waha/api/{session}/channels/{id}/messages/preview',
    'POST /compat/waha/api/{session}/channels/search/{by}',
    'GET /compat/waha/api/{session}/channels/search/{by}',
    'GET /compat/waha/api/{session}/status/new-message-id',
    'POST /compat/waha/api/{session}/events',
    'POST /compat/waha/api/{session}/media/convert/{kind}',
    'POST /compat/waha/api/keys/media',
    'POST /compat/waha/api/keys/control',
    'POST /compat/waha/api/{session}/auth/authorize-code',
    'GET /compat/waha/api/{session}/auth/captcha',
    'POST /compat/waha/api/{session}/auth/captcha',
    'GET /compat/waha/api/sendText',
    'GET /compat/waha/api/{session}/presence',
    'GET /compat/waha/api/{session}/groups/{id}/picture',
    'POST /compat/waha/api/{session}/channels/{id}',
    'GET /compat/waha/api/server/status',
    'GET /compat/waha/api/server/environment',
    'POST /compat/waha/api/server/stop',
    'GET /compat/waha/api/server/debug/cpu',
    'GET /compat/waha/api/server/debug/heapsnapshot',
    'GET /compat/waha/api/server/debug/browser/trace/{session}',
    'GET /compat/waha/api/apps',
    'POST /compat/waha/api/apps',
    'GET /compat/waha/api/apps/{id}',
    'PUT /compat/waha/api/apps/{id}',
    'DELETE /compat/waha/api/apps/{id}',
    'GET /compat/waha/api/apps/chatwoot/locales',
  );

  it('what the engine cannot do is 501 with the reason', async () => {
    const { api } = running();
    const { paths } = Document.parse(jsonIn(await api.call('GET', '/openapi/waha.json'), 200));
    for (const [path, methods] of Object.entries(paths))
      for (const [method, { responses }] of Object.entries(methods)) {
        if (Object.keys(responses).some((status) => /^[12]/.test(status))) continue;
        const address = path.replace('{session}', session).replaceAll(/\{\w+\}/g, 'any');
        const body = method === 'get' ? {} : { body: {} };
        const answer = await api.call(method.toUpperCase(), address, body);
        expect(jsonIn(answer, 501), path).toMatchObject({ code: 'NOT_SUPPORTED' });
      }
  });
}
