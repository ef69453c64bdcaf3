import type { z } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { FILE_SOURCES } from '../../shared/catalogue/kinds/file-source.ts';
import type { MediaRule } from '../../shared/catalogue/kinds/kind.ts';
import type { AppEnv, ServiceContext } from '../context.ts';
import { malformedJson } from '../http/malformed-json.ts';
import { badForm, isForm } from '../media/form-parts.ts';
import { discardObject } from '../services/media/discard-object.ts';
import { receiveForm } from '../services/media/receive-upload.ts';
import { findBadValue } from '../values/storable-text.ts';

/** What a form may hold beside its file. A field `type` is the kind of the file, which a form always names. */
export type FormBody = { fields: z.ZodObject; rule: MediaRule };

/**
 * Takes a form in place of JSON. Its file is stored while it arrives; from there on the request is the JSON that its other parts
 * say, with the file as `mediaId`. A file that nothing has taken by the end goes again.
 * @param admit refuses who may not do this, before anything is stored
 */
export const acceptForm = (
  { fields: schema, rule }: FormBody,
  admit: (ctx: ServiceContext) => void,
) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const request = c.req.raw;
    if (!isForm(request)) return next();
    const ctx = c.get('ctx');
    admit(ctx);
    const { file, fields } = await receiveForm(ctx, request, { rule, withFields: true });
    ctx.formFile = file;
    try {
      const body = { ...readFields(fields, schema), mediaId: file.id };
      const headers = new Headers(request.headers);
      headers.set('content-type', 'application/json');
      c.req.raw = new Request(request.url, { method: request.method, headers });
      c.req.bodyCache = { json: Promise.resolve(body) };
      await next();
    } finally {
      if (ctx.formFile !== undefined) ctx.waitUntil(discardObject(ctx, ctx.formFile.objectKey));
    }
  });

function readFields(fields: ReadonlyMap<string, string>, schema: z.ZodObject): object {
  const payload = fields.get('payload');
  if (payload !== undefined && fields.size > 1)
    throw badForm('payload', 'holds all fields as JSON; no part but `file` stands beside it');
  const said = payload === undefined ? fieldByField(fields, schema) : readPayload(payload);
  const source = FILE_SOURCES.find((name) => name in said);
  if (source !== undefined)
    throw badForm(source, 'stands beside a file; a message has one of the two');
  const type = Object.hasOwn(schema.shape, 'type') ? schema.shape['type'] : undefined;
  const read = type?.safeParse(Object(said).type);
  if (read?.success === false)
    throw badForm('type', 'must be the kind of the file, such as `image`');
  const bad = findBadValue(said);
  if (bad !== null) throw badForm(bad.field.slice(0, 200), bad.message);
  return said;
}

function readPayload(payload: string): object {
  let read: unknown;
  try {
    read = JSON.parse(payload);
  } catch {
    throw malformedJson(payload);
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw badForm('payload', 'must be a JSON object');
  return read;
}

/** A part is a text where its field takes that text, and JSON otherwise: `600`, `true`, `["+15550100002"]`. */
function fieldByField(fields: ReadonlyMap<string, string>, { shape }: z.ZodObject): object {
  return Object.fromEntries(
    [...fields].map(([name, text]) => {
      const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
      const isText = field === undefined || field.safeParse(text).success;
      return [name, isText ? text : jsonOr(text)];
    }),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The field's schema says what it should be.
  }
}
