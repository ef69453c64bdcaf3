import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { PublicEvent } from '../../../shared/catalogue/events/index.ts';
import { toBase64 } from '../../../shared/base64.ts';
import type { Services } from '../../context.ts';
import { media } from '../../db/schema/index.ts';
import { addressOf, bearerOf, evolutionFrame } from '../../values/evolution/webhook.ts';
import { openSecrets } from '../webhooks/sealed-endpoint.ts';
import type { Claimed } from './claim-due.ts';
import type { Shaped } from './shape.ts';

/** Larger files are not put into a webhook: a batch of them has to fit into memory. */
const MOST_BYTES = 4 * 1024 * 1024;

const WithFile = z.object({ media: z.object({ id: z.string(), status: z.literal('ready') }) });

/** The event as Evolution sends it. Null where Evolution has nothing for it. */
export async function shapeEvolution(
  services: Services,
  claim: Claimed,
  due: Claimed['due'][number],
  shown: PublicEvent,
): Promise<Shaped | null> {
  const { workspaceId, compat, url } = claim;
  const { session = null, about = null } = due.compat ?? {};
  if (session === null || compat === null) return null;
  const content = about === null ? null : services.contentSeal.open(workspaceId, about.content);
  const context = { session, about: about === null ? null : { ...about, content } };
  const to = { wanted: compat.events, url, baseUrl: services.env.BASE_URL };
  const frame = evolutionFrame(shown, context, to);
  if (frame === null) return null;
  const drawn = shown.type === 'session.qr' ? await withPicture(frame.data) : frame.data;
  const data = compat.base64 ? await withFile(services, workspaceId, shown, drawn) : drawn;
  const [key = null] = compat.isSigned ? openSecrets(services, claim) : [];
  return {
    body: JSON.stringify({ ...frame, data }),
    headers: {
      'webhook-id': due.id,
      ...(key !== null && { authorization: await bearerOf(key, services.now()) }),
    },
    url: addressOf(url, frame.event, compat.byEvents),
  };
}

const Qr = z.object({ qrcode: z.looseObject({ code: z.string() }) });

/** Adds the picture of a code. */
async function withPicture(data: object): Promise<object> {
  const { qrcode } = Qr.parse(data);
  // Drawing is no part of the Worker's start.
  const { qrPng } = await import('../../media/qr-image.ts');
  const base64 = `data:image/png;base64,${toBase64(await qrPng(qrcode.code))}`;
  return { qrcode: { ...qrcode, base64 } };
}

/** Adds the file of a message, where it is not too large. */
async function withFile(
  services: Services,
  workspaceId: string,
  { data: said }: PublicEvent,
  data: object,
): Promise<object> {
  const read = WithFile.safeParse(said);
  if (!read.success || !('message' in data)) return data;
  const [file] = await services.db
    .select({ objectKey: media.objectKey, sizeBytes: media.sizeBytes })
    .from(media)
    .where(and(eq(media.workspaceId, workspaceId), eq(media.id, read.data.media.id)));
  if (file === undefined || file.sizeBytes > MOST_BYTES) return data;
  const bytes = await services.objects.read(file.objectKey);
  if (bytes === null) return data;
  const base64 = toBase64(new Uint8Array(await new Response(bytes).arrayBuffer()));
  return { ...data, message: { ...Object(data.message), base64 } };
}
