import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { RememberingRouter } from './remembering-router.ts';

const app = new Hono({ router: new RememberingRouter() });
app.get('/messages/text', (c) => c.text('text'));
app.get('/messages/:id', (c) => c.text(c.req.param('id')));
app.post('/messages/:id', (c) => c.text(`posted ${c.req.param('id')}`));

test('every address has its own answer, the first time and again, however many there are', async () => {
  const words = ['text', ...Array.from({ length: 600 }, (_, index) => `msg_${index}`)];
  for (const word of [...words, ...words]) {
    expect(await (await app.request(`/messages/${word}`)).text()).toBe(word);
  }
  expect(await (await app.request('/messages/msg_1', { method: 'POST' })).text()).toBe(
    'posted msg_1',
  );
  expect((await app.request('/messages/msg_1/none')).status).toBe(404);
});
