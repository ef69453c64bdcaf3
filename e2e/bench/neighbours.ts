import { startDeployment } from '../testing/deployment.ts';
import { slowWorkspace } from '../testing/slow-workspace.ts';
import { inboundToWebhook } from './latency.ts';
import { openSession } from './memory.ts';
import type { Row } from './report.ts';

/** Workspaces whose receivers do not answer, with 50 endpoints each. */
const SLOW_WORKSPACES = 2;
/** Each makes a delivery to every endpoint of its workspace. */
const EVENTS = 10;

/** What a workspace's webhooks take while 100 endpoints of others never answer, beside what they take alone. */
export async function neighbours(tell: (text: string) => void): Promise<Row[]> {
  tell('Starting a deployment in a temporary folder …');
  const deployment = await startDeployment({ environment: { WAYPOST_RUNNERS: '1' } });
  try {
    const session = await openSession(deployment, 'bench-neighbour');
    await inboundToWebhook(deployment, session); // what is built on first use is built
    const quiet = await inboundToWebhook(deployment, session);
    tell('Making 100 endpoints that do not answer …');
    for (let number = 0; number < SLOW_WORKSPACES; number += 1)
      await slowWorkspace(deployment, `slow-${number}`, EVENTS);
    const attacked = await inboundToWebhook(deployment, session);
    return (['p50', 'p95'] as const).map((figure) => ({
      what: `inbound → webhook received, while 100 endpoints of others do not answer, ${figure}`,
      unit: 'ms',
      actual: attacked[figure],
      beside: { what: 'with nothing else going on', actual: quiet[figure], goal: 2 },
    }));
  } finally {
    await deployment.dispose();
  }
}
