import type { Services } from '../../context.ts';
import { afterCommit } from '../../events/after-commit.ts';
import type { EndpointBell, NewBell } from '../../events/append.ts';
import { ring } from '../../events/ring.ts';
import { describeError } from '../../log/describe-error.ts';
import { deliver } from './deliver.ts';

/** Of more, QStash's calls make batches with what comes meanwhile. */
const AT_MOST = 4;
/** Cloudflare lets a request work for 30 s after its answer, and an attempt may take 15. */
const LOOK_AGAIN_WITHIN_MS = 10_000;

/**
 * Sends what a request has committed after its answer, without a call of QStash, when that is little and goes to endpoints
 * that answer. For the rest it rings; retries are QStash's in any case. What a worker that dies has not sent, the sweeper finds.
 */
export function deliverSoon(services: Services, bells: readonly NewBell[]): void {
  const number = bells.reduce((sum, bell) => sum + ('deliveries' in bell ? bell.deliveries : 0), 0);
  const isNow = (bell: NewBell): bell is EndpointBell =>
    number <= AT_MOST && 'answers' in bell && bell.answers;
  const now = bells.filter(isNow);
  afterCommit(
    services,
    bells.filter((bell) => !isNow(bell)),
  );
  for (const bell of new Map(now.map((one) => [one.endpointId, one])).values())
    services.waitUntil(deliverOrRing(services, bell));
}

async function deliverOrRing(services: Services, bell: EndpointBell): Promise<void> {
  const { endpointId } = bell;
  try {
    const input = { endpointId, notBefore: null, lookAgainWithinMs: LOOK_AGAIN_WITHIN_MS };
    await deliver({ services, input });
  } catch (error) {
    services.log({ event: 'delivery_put_off', endpointId, ...describeError(error) });
    await ring(services, [{ ...bell, notBefore: null }]);
  }
}
