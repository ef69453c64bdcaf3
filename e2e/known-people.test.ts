import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { HAS_LEFT, onlineSession, settled } from './testing/session.ts';
import { until } from './testing/until.ts';
import { worldOf } from './testing/world.ts';

const Message = z.object({
  id: z.string(),
  chatId: z.string(),
  direction: z.string(),
  wireId: z.string().nullable(),
  from: z.object({ id: z.string(), lid: z.string().nullable() }).nullable(),
});
const Sent = z.object({ id: z.string(), chatId: z.string() });
const Session = z.object({ phoneSeenAt: z.iso.datetime().nullable(), phoneUnseen: z.boolean() });

describe('who is who', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment.dispose());

  it.each(['stock', '2026-09'] as const)(
    'a LID that appears for a person known by number makes no second chat, on the %s page',
    async (sandboxProfile) => {
      const { api } = deployment;
      const { id, phoneNumber } = await onlineSession(deployment, `known-${sandboxProfile}`, {
        sandboxProfile,
      });
      const { phone, at } = await worldOf(deployment, phoneNumber);
      // One world for both pages: each meets somebody of its own.
      const number = sandboxProfile === 'stock' ? '15550109001' : '15550109002';
      const chatId = `${number}@c.us`;
      const { lid } = await phone.contact({ world: at.world, phone: number, hides: 'lid' });

      const hears = async (body: string) => {
        const { wireId } = await phone.message({ ...at, from: number, body });
        return until(`${body} to be listed`, async () => {
          const path = `/v1/messages?sessionId=${id}&direction=inbound`;
          const messages = (await api.call('GET', path)).data(z.array(Message));
          return messages.find((message) => message.wireId === wireId);
        });
      };
      const first = await hears('known by number');
      expect(first).toMatchObject({ chatId, from: { id: chatId, lid: null } });

      await phone.contact({ world: at.world, phone: number, hides: null });
      const second = await hears('known by both');
      expect(second).toMatchObject({ chatId, from: { id: chatId, lid } });

      const answers = [
        await api.call('POST', `/v1/messages/${first.id}/reply`, { body: { text: 'to the old' } }),
        await api.call('POST', '/v1/messages/text', {
          body: { sessionId: id, to: lid, text: 'b' },
        }),
        await api.call('POST', '/v1/messages/text', {
          body: { sessionId: id, to: `+${number}`, text: 'c' },
        }),
      ].map((answer) => answer.data(Sent));
      expect(answers.map((answer) => answer.chatId)).toEqual([chatId, chatId, chatId]);
      for (const answer of answers) {
        const { status } = await settled(deployment, answer.id);
        expect(HAS_LEFT).toContain(status);
      }
      const { records } = await phone.wire(at);
      expect(new Set(records.map(({ to }) => to))).toEqual(new Set([chatId]));
      const page = `window.require('WAWebCollections').Chat.getModelsArray().filter(({ id }) => ['${chatId}', '${lid}'].includes(String(id))).length`;
      expect(await phone.pageEval({ ...at, js: page })).toEqual({ value: 1 });
      expect(await phone.violations(at)).toEqual({ violations: [] });
    },
  );

  it('linking counts as a sign of the phone', async () => {
    const { id } = await onlineSession(deployment, 'seen');
    const session = (await deployment.api.call('GET', `/v1/sessions/${id}`)).data(Session);
    expect(session.phoneUnseen).toBe(false);
    expect(Date.parse(session.phoneSeenAt ?? '')).toBeGreaterThan(Date.now() - 600_000);
  });
});
