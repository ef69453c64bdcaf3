import type { Services } from '../../context.ts';
import { sampleInPlaceOf, toPublicEvent } from '../../events/public-event.ts';
import { wahaFrame, wahaHeaders } from '../../values/waha/webhook.ts';
import { signWebhook } from '../../webhooks/signing.ts';
import { openSecrets } from '../webhooks/sealed-endpoint.ts';
import type { Claimed } from './claim-due.ts';
import { shapeEvolution } from './shape-evolution.ts';

type Due = Claimed['due'][number];
/** What one attempt sends, beside the endpoint's own headers. */
export type Shaped = {
  body: string;
  headers: Record<string, string>;
  /** Where it goes, if not to the endpoint's own address. */
  url?: string;
};

/** The event in the shape of its endpoint. Null where the endpoint's source system has nothing for it. */
export async function shape(
  services: Services,
  claim: Claimed,
  due: Due,
  startedAt: Date,
): Promise<Shaped | null> {
  const { workspaceId, includeCodes: codes } = claim;
  const { event, eventName: name } = due;
  const shown = toPublicEvent(event, { workspaceId, name, codes }, services);
  const sample = sampleInPlaceOf(shown);
  if (claim.compat !== null && shown.type !== 'webhook.test')
    return claim.compat.system === 'evolution'
      ? shapeEvolution(services, claim, due, shown)
      : shapeWaha(services, claim, { due, shown, startedAt });
  const body = JSON.stringify(sample ?? shown);
  const signature = await signWebhook({
    secrets: openSecrets(services, claim),
    eventId: event.id,
    timestamp: Math.floor(startedAt.getTime() / 1_000),
    body,
  });
  return { body, headers: { ...(sample !== null && { 'webhook-test': 'true' }), ...signature } };
}

async function shapeWaha(
  services: Services,
  claim: Claimed,
  { due, shown, startedAt }: { due: Due; shown: ReturnType<typeof toPublicEvent>; startedAt: Date },
): Promise<Shaped | null> {
  const { workspaceId, compat } = claim;
  const { session = null, about = null } = due.compat ?? {};
  if (session === null || compat === null) return null;
  const opened =
    about === null
      ? null
      : { ...about, content: services.contentSeal.open(workspaceId, about.content) };
  const frame = wahaFrame(shown, { session, about: opened }, compat.events);
  if (frame === null) return null;
  const body = JSON.stringify(frame);
  const [key = null] = compat.isSigned ? openSecrets(services, claim) : [];
  const timestamp = startedAt.getTime();
  return { body, headers: await wahaHeaders({ requestId: due.id, timestamp, body, key }) };
}
