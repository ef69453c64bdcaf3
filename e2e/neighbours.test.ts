import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { onlineSession } from './testing/session.ts';
import { SLOW_ENDPOINTS, slowWorkspace } from './testing/slow-workspace.ts';
import { worldOf } from './testing/world.ts';

const EVENTS = 4;

describe('a workspace whose receivers do not answer', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment.dispose());

  it('delays only its own webhooks', async () => {
    const { inspector, api } = deployment;
    const session = await onlineSession(deployment, 'neighbour');
    await api.call('POST', '/v1/webhooks', {
      body: {
        url: inspector.url('neighbour'),
        eventTypes: ['message.received'],
        sessionIds: [session.id],
      },
    });

    await slowWorkspace(deployment, 'slow', EVENTS);
    const { phone, at } = await worldOf(deployment, session.phoneNumber);
    for (let index = 0; index < 10; index += 1) {
      const body = `on time ${index}`;
      await phone.message({ ...at, from: '15550100001', body });
      await inspector.waitFor(
        'neighbour',
        body,
        ({ event }) => event.type === 'message.received' && event.data.text === body,
      );
    }
    expect((await inspector.all('slow')).length).toBeLessThan(SLOW_ENDPOINTS * EVENTS);
  });
});
